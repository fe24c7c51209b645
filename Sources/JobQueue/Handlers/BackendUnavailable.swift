import Postgres
import Redis

/// A server that is out of reach or cannot work: not the job's fault, so it costs no attempt, and a request is
/// answered as one to be repeated.
public enum BackendUnavailable: Sendable {
  /// Redis.
  case redis
  /// PostgreSQL.
  case postgres

  /// Nil when the error has another cause.
  public init?(_ error: any Error) {
    if let error = error as? RedisError {
      guard Self.isTrouble(error) else { return nil }
      self = .redis
    } else if let error = error as? PostgresError {
      guard error.isServerTrouble else { return nil }
      self = .postgres
    } else {
      return nil
    }
  }

  /// Starting up, without its disk or memory, without its master or replicas, read-only after a failover, or busy.
  private static let refusals: Set = [
    "LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "MISCONF", "OOM", "NOREPLICAS", "BUSY",
    "TRYAGAIN",
  ]

  private static func isTrouble(_ error: RedisError) -> Bool {
    switch error.code {
    case .connection, .timeout, .closed: return true
    case .server:
      if refusals.contains(error.serverPrefix ?? "") { return true }
      // Older servers put the refusal of a script's command into the script's error.
      return refusals.contains { error.message.contains("-\($0) ") }
    default: return false
    }
  }
}

/// The causes of an error that left the work on some items.
public enum ErrorCause {
  /// Whether an error says nothing about the items: a server's trouble, a cancellation, a lost lease. Any other
  /// is taken as one of the items: the work is divided until the item stands alone, so that it does not hold
  /// up the others.
  public static func isElsewhere(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError, is JobCancellation, is JobSuperseded, is QueueFull, is RedisError:
      return true
    case let error as PostgresError:
      if error.isServerTrouble { return true }
      switch error.code {
      case .server:
        // The transaction had failed before, or a plan became stale.
        return error.isRetryable || error.sqlState == .inFailedSQLTransaction
      case .decoding: return false
      default: return true
      }
    default: return false
    }
  }
}
