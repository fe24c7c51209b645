import Foundation
import Postgres

/// Writes the last activity of contacts.
enum ContactActivityStore {
  static func write(_ times: [Int64: Date], on connection: PostgresConnection) async throws {
    try await connection.query(statement(times))
  }

  static func statement(_ times: [Int64: Date]) -> SQL {
    let contacts = times.keys.sorted()
    return """
      UPDATE contacts c SET last_active = n.at
      FROM unnest(\(contacts)::bigint[], \(contacts.compactMap { times[$0] })::timestamptz[])
        AS n (id, at)
      WHERE c.id = n.id AND (c.last_active IS NULL OR c.last_active < n.at)
      """
  }
}
