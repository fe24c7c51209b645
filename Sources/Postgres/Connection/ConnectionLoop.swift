import Glibc
import Synchronization

/// The loop behind `ConnectionThread`: a queue of jobs, one socket to wait for, a pipe to be woken by.
///
/// `@unchecked Sendable`: the queue is behind a lock; `socketWait` and `watched` are touched by jobs of
/// this loop and by the loop itself, hence by one thread alone; the pipe's ends never change.
final class ConnectionLoop: @unchecked Sendable {
  struct Job {
    let job: UnownedJob
    let serial: UnownedSerialExecutor
    let task: UnownedTaskExecutor
  }

  /// Wait until the socket has something to read.
  static let readable = Int16(POLLIN)
  /// Wait until the socket takes more.
  static let writable = Int16(POLLOUT)

  /// The outcome of a wait for the socket.
  enum Readiness: Sendable {
    case ready
    case timedOut
    case interrupted
  }

  private struct Queue: Sendable {
    var jobs: [Job] = []
    var sleeping = false
    var stopping = false
  }

  private struct SocketWait {
    var descriptor: Int32
    var events: Int16
    var deadline: UInt64?
    var continuation: UnsafeContinuation<Readiness, Never>
  }

  private let queue = Mutex(Queue())
  private let wakeRead: Int32
  private let wakeWrite: Int32
  private var socketWait: SocketWait?
  /// An idle socket to watch for unexpected data; -1 for none.
  private var watched: Int32 = -1
  /// The action for that case.
  private var watchAction: (@Sendable () -> Void)?

  /// - Throws: when the process has no descriptors left.
  init() throws(PostgresError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw PostgresError(.connection, "no descriptor for a connection: errno \(errno)")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (wakeRead, wakeWrite) = (ends[0], ends[1])
  }

  deinit {
    close(wakeRead)
    close(wakeWrite)
  }

  /// - Throws: when the system gives no further thread.
  func start() throws(PostgresError) {
    let box = Unmanaged.passRetained(self)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // Tasks keep their state on the heap; half a megabyte is plenty for libpq with TLS.
    pthread_attr_setstacksize(&attributes, 512 * 1024)
    var thread = pthread_t()
    let failure = pthread_create(&thread, &attributes, connectionThreadMain, box.toOpaque())
    pthread_attr_destroy(&attributes)
    guard failure == 0 else {
      box.release()
      throw PostgresError(.connection, "no thread for a connection: error \(failure)")
    }
  }

  func stop() {
    let sleeping = queue.withLock { queue in
      queue.stopping = true
      return queue.sleeping
    }
    if sleeping { wake() }
  }

  /// Swift's runtime does not hold the executor: the loop and its pipe may be gone as soon as the job can run. So the
  /// thread is woken under the lock.
  func enqueue(_ job: Job) {
    queue.withLock { queue in
      queue.jobs.append(job)
      if queue.sleeping { wake() }
      queue.sleeping = false
    }
  }

  /// Suspends until the socket is ready or the deadline has passed. Call it on this loop's thread;
  /// one wait at a time.
  func wait(
    _ descriptor: Int32, events: Int16, deadline: UInt64?,
    isolation: isolated (any Actor)? = #isolation
  ) async -> Readiness {
    await withUnsafeContinuation { continuation in
      socketWait = SocketWait(
        descriptor: descriptor, events: events, deadline: deadline, continuation: continuation)
    }
  }

  /// Moves the deadline of the wait that is under way, if there is one.
  func setDeadline(_ deadline: UInt64) { socketWait?.deadline = deadline }

  /// Ends the wait that is under way, if there is one.
  func interrupt() {
    guard let waiting = socketWait else { return }
    socketWait = nil
    waiting.continuation.resume(returning: .interrupted)
  }

  /// Sets the action, called once for every `watch`, when a watched socket has something to read.
  func onWatchedReadable(_ action: @escaping @Sendable () -> Void) { watchAction = action }

  /// Watches an idle socket.
  func watch(_ descriptor: Int32) { watched = descriptor }

  func unwatch() { watched = -1 }

  /// Nanoseconds of the monotonic clock.
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private func wake() {
    var byte: UInt8 = 1
    // A full pipe wakes as well as one byte more.
    _ = write(wakeWrite, &byte, 1)
  }

  fileprivate func run() {
    var batch: [Job] = []
    var turns = 0
    while true {
      batch.removeAll(keepingCapacity: true)
      let stopping = queue.withLock { queue in
        swap(&batch, &queue.jobs)
        queue.sleeping = batch.isEmpty && !queue.stopping
        return queue.stopping
      }
      for job in batch {
        job.job.runSynchronously(isolatedTo: job.serial, taskExecutor: job.task)
      }
      if batch.isEmpty {
        if stopping { return }
        poll(blocking: true)
      } else {
        // Tasks that keep each other busy must not keep the server's answer waiting forever.
        turns &+= 1
        if turns % 64 == 0, socketWait != nil { poll(blocking: false) }
      }
    }
  }

  private func poll(blocking: Bool) {
    var descriptors = (
      pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0), pollfd(fd: -1, events: 0, revents: 0)
    )
    var timeout: Int32 = blocking ? -1 : 0
    if let socketWait {
      descriptors.1 = pollfd(fd: socketWait.descriptor, events: socketWait.events, revents: 0)
      if blocking, let deadline = socketWait.deadline {
        let now = ConnectionLoop.now()
        let left = deadline > now ? (deadline - now + 999_999) / 1_000_000 : 0
        timeout = Int32(clamping: left)
      }
    } else if watched >= 0 {
      descriptors.1 = pollfd(fd: watched, events: Int16(POLLIN), revents: 0)
    }
    let count = withUnsafeMutablePointer(to: &descriptors) { pointer in
      pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { systemPoll($0, 2, timeout) }
    }
    queue.withLock { $0.sleeping = false }
    if count > 0, descriptors.0.revents != 0 { drainWakes() }
    if let waiting = socketWait {
      if count > 0, descriptors.1.revents != 0 {
        socketWait = nil
        waiting.continuation.resume(returning: .ready)
      } else if let deadline = waiting.deadline, deadline <= ConnectionLoop.now() {
        socketWait = nil
        waiting.continuation.resume(returning: .timedOut)
      }
    } else if watched >= 0, count > 0, descriptors.1.revents != 0 {
      watched = -1
      watchAction?()
    }
  }

  private func drainWakes() {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      while read(wakeRead, buffer.baseAddress, 64) == 64 {}
    }
  }
}

private func systemPoll(
  _ descriptors: UnsafeMutablePointer<pollfd>, _ count: Int, _ timeout: Int32
) -> Int32 {
  poll(descriptors, nfds_t(count), timeout)
}

private func connectionThreadMain(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let box else { return nil }
  Unmanaged<ConnectionLoop>.fromOpaque(box).takeRetainedValue().run()
  return nil
}
