import Foundation
import Postgres
import Redis

/// Errors in an operator's words.
package enum Problem {
  /// Returns what an operator reads.
  package static func text(of error: any Error) -> String {
    switch error {
    case let error as PostgresError where error.sqlState?.rawValue == "42P01":
      return "the schema is missing or old: run `martlet migrate`"
    case let error as PostgresError:
      switch error.code {
      case .connection, .poolTimeout, .timeout:
        return "PostgreSQL (MARTLET_DATABASE_URL) is out of reach: \(error.message)"
      default: return error.description
      }
    case let error as RedisError:
      switch error.code {
      case .connection, .timeout:
        return "Redis (MARTLET_REDIS_URL) is out of reach: \(error.message)"
      default: return error.description
      }
    case let error as any LocalizedError: return error.errorDescription ?? "\(error)"
    case let error as CocoaError: return error.localizedDescription
    default: return "\(error)"
    }
  }
}
