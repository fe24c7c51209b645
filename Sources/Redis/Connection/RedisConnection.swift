public import Logging
import Synchronization

/// A connection to a Redis server that any number of tasks share.
///
/// It has one socket and its own thread. Concurrent commands go out together as one pipeline, and replies come in the
/// order of the commands. It connects on first use, and again, with growing pauses, whenever the connection is lost.
///
/// Commands that have not been written wait for a connection within their timeout. Commands that had
/// been written when it was lost fail with ``RedisError/mayHaveBeenApplied``.
///
/// A command that blocks on the server (`XREADGROUP … BLOCK`) blocks all later commands: give it a `RedisConnection` of
/// its own, and a timeout longer than it blocks.
public final class RedisConnection: Sendable {
  /// Whether there is a connection.
  public enum State: UInt8, Sendable {
    /// Not yet or no longer; commands wait for it.
    case connecting
    /// Commands flow.
    case connected
    /// Closed permanently.
    case closed
  }

  /// The address of the server and the timeouts.
  public let configuration: RedisConfiguration
  /// The name of the connection in logs and in the server's `CLIENT LIST`.
  public let name: String

  private let logger: Logger
  private let mailbox = Mailbox()
  private let defaultTimeout: Int64

  /// A connection that connects on first use.
  public init(_ configuration: RedisConfiguration, name: String, logger: Logger) {
    self.configuration = configuration
    self.name = name
    self.logger = logger
    defaultTimeout = configuration.commandTimeout.nanoseconds
  }

  deinit { mailbox.close() }

  /// Whether there is a connection.
  public var state: State {
    State(rawValue: mailbox.state.load(ordering: .relaxed)) ?? .connecting
  }

  /// The number of commands handed to the connection since it was made.
  public var commandsSent: Int { mailbox.commandsSent.load(ordering: .relaxed) }

  /// The number of times the connection was made. More than before means that the server may have been
  /// restarted, or emptied, in between.
  public var connectionsMade: Int { mailbox.connectionsMade.load(ordering: .relaxed) }

  /// Sends a command and waits for its reply.
  ///
  /// - Parameters:
  ///   - arguments: The command's name and arguments.
  ///   - timeout: The timeout, including the wait for a connection; nil means the configuration's.
  /// - Returns: The reply, never an error.
  /// - Throws: A ``RedisError``; an error reply of the server among them. When the waiting task is
  ///   cancelled the call ends at once with `.cancelled`, and the reply is ignored.
  public func send(
    _ arguments: [RedisArgument], timeout: Duration? = nil
  ) async throws(RedisError) -> RedisValue {
    let ticket = mailbox.makeTicket()
    let time = timeout?.nanoseconds ?? defaultTimeout
    let result: RedisResult = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        submit(PendingCommand(waiter: .single(continuation), ticket: ticket, timeout: time)) {
          $0.append(command: arguments)
        }
      }
    } onCancel: {
      mailbox.cancel(ticket)
    }
    return try result.get()
  }

  /// Sends a command and waits for its reply.
  ///
  /// - Parameters:
  ///   - arguments: The command's name and arguments.
  ///   - timeout: The timeout, including the wait for a connection; nil means the configuration's.
  /// - Returns: The reply, never an error.
  /// - Throws: A ``RedisError``; an error reply of the server among them.
  public func send(
    _ arguments: RedisArgument..., timeout: Duration? = nil
  ) async throws(RedisError) -> RedisValue {
    try await send(arguments, timeout: timeout)
  }

  /// Sends commands one right behind the other and waits for all replies.
  ///
  /// Other tasks' commands may run before or after them on this connection, not between; commands of
  /// other connections may run between (use `MULTI` or a script against that).
  ///
  /// - Parameters:
  ///   - commands: The commands, each its name and arguments.
  ///   - timeout: The timeout, including the wait for a connection; nil means the configuration's.
  /// - Returns: The outcome of each command, in order: a reply or the server's error.
  /// - Throws: A ``RedisError`` when the replies did not all come. With `mayHaveBeenApplied`, any
  ///   number of the commands, counted from the first, may have been executed.
  public func pipeline(
    _ commands: [[RedisArgument]], timeout: Duration? = nil
  ) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
    guard !commands.isEmpty else { return [] }
    let ticket = mailbox.makeTicket()
    let time = timeout?.nanoseconds ?? defaultTimeout
    let result: Result<[RedisResult], RedisError> = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let pending = PendingCommand(
          waiter: .pipeline(continuation), ticket: ticket, timeout: time, replies: commands.count)
        submit(pending) { output in
          for command in commands { output.append(command: command) }
        }
      }
    } onCancel: {
      mailbox.cancel(ticket)
    }
    return try result.get()
  }

  /// Closes the connection and returns when its thread has ended. Pending and later commands fail with `.closed`.
  public func close() async {
    await withCheckedContinuation { mailbox.close($0) }
  }

  private func submit(_ command: PendingCommand, _ encode: (inout OutputBuffer) -> Void) {
    switch mailbox.submit(command, encode) {
    case .accepted:
      break
    case .acceptedFirst:
      start()
    case .refused(let error):
      var command = command
      command.fail(error)
    }
  }

  private func start() {
    let (configuration, name, logger, mailbox) = (configuration, name, logger, mailbox)
    do throws(RedisError) {
      try ConnectionThread.start {
        ConnectionLoop(
          configuration: configuration, name: name, logger: logger, mailbox: mailbox
        ).run()
      }
    } catch {
      logger.error("Cannot start a Redis connection", metadata: ["error": "\(error.message)"])
      mailbox.end()
    }
  }
}
