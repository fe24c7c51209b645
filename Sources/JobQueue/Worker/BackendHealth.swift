import Logging
import Synchronization

/// Which servers are out of reach. Says so once when it begins and once when it ends.
final class BackendHealth: Sendable {
  private struct State {
    var since: [BackendUnavailable: ContinuousClock.Instant] = [:]
    var failures: [BackendUnavailable: Int] = [:]
  }
  private let state = Mutex(State())
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  func isAway(_ server: BackendUnavailable) -> Bool { state.withLock { $0.since[server] != nil } }

  /// Notes a failure. Returns how long a job that met it should pause; longer each time.
  @discardableResult
  func away(_ server: BackendUnavailable, _ error: any Error) -> Duration {
    let (isNew, failures) = state.withLock { state in
      let isNew = state.since[server] == nil
      if isNew { state.since[server] = .now }
      state.failures[server, default: 0] += 1
      return (isNew, state.failures[server] ?? 1)
    }
    if isNew {
      logger.warning(
        "\(server) is out of reach: waiting for it", metadata: ["error": "\(error)"])
    }
    return .milliseconds(min(30_000, 250 << min(failures, 7)))
  }

  /// Notes a success.
  func back(_ server: BackendUnavailable) {
    let since = state.withLock { state in
      guard let since = state.since.removeValue(forKey: server) else {
        return nil as ContinuousClock.Instant?
      }
      state.failures[server] = nil
      return since
    }
    guard let since else { return }
    logger.notice(
      "\(server) is back", metadata: ["after": "\((ContinuousClock.now - since).seconds) s"])
  }

  /// While PostgreSQL is away, fetching would only hand jobs back and forth: wait until it answers.
  func waitForPostgres(_ worker: Worker) async {
    while isAway(.postgres), !worker.isDraining {
      do {
        _ = try await worker.client.postgres.query("SELECT 1")
        back(.postgres)
      } catch {
        away(.postgres, error)
        await worker.drain.wait(atMost: .milliseconds(500))
      }
    }
  }
}

extension BackendUnavailable: CustomStringConvertible {
  var description: String {
    switch self {
    case .redis: "Redis"
    case .postgres: "PostgreSQL"
    }
  }
}
