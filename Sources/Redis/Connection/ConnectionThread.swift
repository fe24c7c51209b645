import Glibc

/// Starts the thread of a connection.
enum ConnectionThread {
  /// The stack size in bytes; host name look-ups by the C library need most of it.
  static let stackSize = 256 << 10

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `body` on a new detached thread.
  ///
  /// - Throws: `.connection` when the system allows no further thread.
  static func start(_ body: @escaping @Sendable () -> Void) throws(RedisError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let retained = Unmanaged.passRetained(Body(body))
    // The new thread inherits the mask: signals are for the process's other threads.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, retained.toOpaque())
    if code != 0 {
      retained.release()
      let reason = String(cString: strerror(code))
      throw RedisError(.connection, "no thread for a connection: \(reason)")
    }
  }
}
