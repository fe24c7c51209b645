import Postgres
import Redis

/// A server that is out of reach: not the job's fault, so it costs no attempt.
enum BackendUnavailable: Sendable {
  case redis
  case postgres

  /// Nil when the error has another cause.
  init?(_ error: any Error) {
    if let error = error as? RedisError {
      switch error.code {
      case .connection, .timeout, .closed: self = .redis
      case .server:
        // Starting up, without its disk, without its master, or read-only after a failover.
        guard
          ["LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "MISCONF"]
            .contains(error.serverPrefix ?? "")
        else { return nil }
        self = .redis
      default: return nil
      }
    } else if let error = error as? PostgresError {
      switch error.code {
      case .connection, .poolTimeout, .closed: self = .postgres
      case .server:
        // Class 08: connection lost; 57P01 to 57P03: shut down, crashed, starting; 53300: full.
        let state = error.sqlState?.rawValue ?? ""
        guard state.hasPrefix("08") || state.hasPrefix("57P0") || state == "53300" else {
          return nil
        }
        self = .postgres
      default: return nil
      }
    } else {
      return nil
    }
  }
}
