public import Logging
import Primitives

/// Listens for NOTIFY on a connection of its own, connecting again when it is lost.
public struct PostgresListener: Sendable {
  /// An event of a listener.
  public enum Event: Sendable, Equatable {
    /// Someone notified a channel.
    case notification(channel: String, payload: String)
    /// The connection is up (again): notifications before this may have been missed, so read the
    /// state anew. The first event is always this one.
    case connected
  }

  private let configuration: PostgresConfiguration
  private let channels: [String]
  private let logger: Logger

  /// Prepares a listener; it connects when `events()` is called.
  public init(_ configuration: PostgresConfiguration, channels: [String], logger: Logger) {
    self.configuration = configuration
    self.channels = channels
    self.logger = logger
  }

  /// The events, without end. The connection is closed when the stream is no longer read or the
  /// reading task is cancelled.
  public func events() -> AsyncStream<Event> {
    AsyncStream { stream in
      let task = Task {
        await listen(stream)
        stream.finish()
      }
      stream.onTermination = { _ in task.cancel() }
    }
  }

  private func listen(_ stream: AsyncStream<Event>.Continuation) async {
    var attempt = 0
    while !Task.isCancelled {
      do {
        var quiet = configuration
        // A listener is idle by nature.
        quiet.statementTimeout = nil
        let connection = try await PostgresConnection.connect(quiet, logger: logger)
        let listen = channels.map { "LISTEN \(SQL.quoted(identifier: $0));" }.joined()
        try await connection.execute(script: listen)
        attempt = 0
        stream.yield(.connected)
        while true {
          for (channel, payload) in try await connection.notifications() {
            stream.yield(.notification(channel: channel, payload: payload))
          }
        }
      } catch {
        if Task.isCancelled { return }
        logger.log(
          level: attempt == 0 ? .warning : .debug, "listener lost its connection",
          metadata: ["place": "\(configuration.place)", "error": "\(error)"])
        let pause = RetryPause.spread(after: attempt)
        attempt += 1
        do {
          try await Task.sleep(for: pause)
        } catch {
          return
        }
      }
    }
  }
}
