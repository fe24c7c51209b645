import CHiredis
import Glibc
import Synchronization

/// The requests of tasks to a connection since its thread last looked.
struct Mail: ~Copyable, Sendable {
  var output = OutputBuffer()
  var commands: [PendingCommand] = []
  var cancelled: [UInt64] = []
  /// The thread is about to wait, or waits, and must be woken.
  var isAsleep = false
  var isClosing = false
  var thread = Thread.none
  var closers: [CheckedContinuation<Void, Never>] = []

  enum Thread { case none, running, ended }

  var isEmpty: Bool { commands.isEmpty && cancelled.isEmpty && !isClosing }
}

/// The commands that tasks leave for a connection's thread. All commands that have gathered when the thread looks form
/// one pipeline.
final class Mailbox: Sendable {
  private let content = Mutex(Mail())
  /// An eventfd; -1 when the process is out of file descriptors.
  let wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
  private let nextTicket = Atomic<UInt64>(1)

  let state = Atomic<UInt8>(RedisConnection.State.connecting.rawValue)
  let commandsSent = Atomic<Int>(0)
  let connectionsMade = Atomic<Int>(0)

  deinit {
    if wakeDescriptor >= 0 { Glibc.close(wakeDescriptor) }
  }

  func makeTicket() -> UInt64 { nextTicket.wrappingAdd(1, ordering: .relaxed).oldValue }

  enum Admission {
    case accepted
    /// Accepted, and the caller has to start the thread.
    case acceptedFirst
    case refused(RedisError)
  }

  /// Leaves a command for the thread; `encode` writes its bytes.
  func submit(
    _ command: consuming PendingCommand, _ encode: (inout OutputBuffer) -> Void
  ) -> Admission {
    var command = command
    var mustWake = false
    let admission: Admission = content.withLock { mail in
      // Under the lock, so that a cancellation is either seen here or, its ticket coming later than
      // the command, found by the thread.
      if Task.isCancelled {
        return .refused(RedisError(.cancelled, "the task was cancelled before it asked"))
      }
      if mail.isClosing || mail.thread == .ended { return .refused(.closed) }
      if wakeDescriptor < 0 {
        return .refused(RedisError(.connection, "no file descriptor left for a connection"))
      }
      let before = mail.output.count
      encode(&mail.output)
      command.size = mail.output.count - before
      mail.commands.append(command)
      mustWake = mail.isAsleep
      mail.isAsleep = false
      guard mail.thread == .none else { return .accepted }
      mail.thread = .running
      return .acceptedFirst
    }
    if mustWake { wake() }
    return admission
  }

  func cancel(_ ticket: UInt64) {
    let mustWake = content.withLock { mail in
      guard mail.thread == .running else { return false }
      mail.cancelled.append(ticket)
      defer { mail.isAsleep = false }
      return mail.isAsleep
    }
    if mustWake { wake() }
  }

  /// Asks the thread to end. The waiting task, if any, is resumed when it has.
  func close(_ closer: CheckedContinuation<Void, Never>? = nil) {
    let (mustWake, hasEnded) = content.withLock { mail in
      mail.isClosing = true
      if mail.thread == .none { mail.thread = .ended }
      guard mail.thread == .running else { return (false, true) }
      if let closer { mail.closers.append(closer) }
      defer { mail.isAsleep = false }
      return (mail.isAsleep, false)
    }
    if hasEnded {
      state.store(RedisConnection.State.closed.rawValue, ordering: .relaxed)
      closer?.resume()
    }
    if mustWake { wake() }
  }

  private func wake() {
    var one: UInt64 = 1
    // It can only fail when the counter is full, and then the thread is awake.
    _ = write(wakeDescriptor, &one, MemoryLayout.size(ofValue: one))
  }
}

// The thread's side.
extension Mailbox {
  /// Moves what has gathered into the queue. True when the thread should end.
  func collect(
    into queue: inout CommandQueue, connected: Bool, now: Int64
  ) -> (commands: Int, isClosing: Bool) {
    content.withLock { mail in
      mail.isAsleep = false
      let commands = queue.take(&mail, now: now)
      if !mail.cancelled.isEmpty {
        queue.cancel(mail.cancelled, connected: connected)
        mail.cancelled.removeAll()
      }
      return (commands, mail.isClosing)
    }
  }

  /// Whether the thread may wait: nothing has come since it last looked. From now on it is woken.
  func fallAsleep() -> Bool {
    content.withLock { mail in
      mail.isAsleep = mail.isEmpty
      return mail.isAsleep
    }
  }

  /// Clears the wake-up, so that the next one is noticed.
  func clearWakeUp() {
    var count: UInt64 = 0
    _ = read(wakeDescriptor, &count, MemoryLayout.size(ofValue: count))
  }

  /// Marks the end of the thread, which has failed the commands in its queue.
  func end() {
    let closers = content.withLock { mail in
      mail.isClosing = true
      mail.thread = .ended
      for index in mail.commands.indices { mail.commands[index].fail(.closed) }
      mail.commands = []
      defer { mail.closers = [] }
      return mail.closers
    }
    state.store(RedisConnection.State.closed.rawValue, ordering: .relaxed)
    for closer in closers { closer.resume() }
  }
}

extension RedisError {
  static var closed: RedisError { RedisError(.closed, "the connection was closed") }
}
