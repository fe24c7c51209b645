import Foundation
import Postgres

/// The statements of the segment refresh.
enum RefreshStore {
  /// Takes marks of changed contacts until they hold this number of contacts.
  static func take(_ count: Int) -> SQL {
    "SELECT contacts, topics FROM take_contact_changes(\(count)::integer)"
  }

  /// Whether there are marks older than an instant.
  static func hasMarks(before limit: Date, on pool: PostgresPool) async throws -> Bool {
    try await pool.query("SELECT EXISTS (SELECT FROM contact_changes WHERE at < \(limit))")
      .first?.decode(at: 0) ?? false
  }

  /// Records why a segment cannot be evaluated, unless a reason is recorded already.
  static func recordFailure(
    _ reason: String, of segment: Int64, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      "UPDATE segments SET build_error = \(reason) WHERE id = \(segment) AND build_error IS NULL")
  }
}
