import Foundation
import Postgres

/// Acts that were taken in and not written down yet.
enum ActStore {
  static func append(_ acts: [MailAct], to pool: PostgresPool) async throws {
    try await pool.query(
      """
      INSERT INTO email_acts (act, kind, hash, at, ip_address, user_agent)
      SELECT * FROM unnest(\(acts.map(\.id))::uuid[], \(acts.map(\.word))::text[],
        \(acts.map(\.hash))::uuid[], \(acts.map(\.at))::timestamptz[],
        \(acts.map(\.address))::text[], \(acts.map(\.agent))::text[])
      """)
  }

  /// Takes acts away, in the transaction in which they are written down; those that others are at are theirs.
  static func take(_ limit: Int, on connection: PostgresConnection) async throws -> [MailAct] {
    let rows = try await connection.query(
      """
      DELETE FROM email_acts WHERE id = ANY (ARRAY(
        SELECT id FROM email_acts ORDER BY id LIMIT \(limit) FOR UPDATE SKIP LOCKED))
      RETURNING act, kind, hash, at, ip_address, user_agent
      """)
    return try rows.compactMap { row in
      let kind = try MailAct.Kind(word: row.decode("kind", as: String.self))
      return try kind.map { kind in
        try MailAct(
          kind, hash: row.decode("hash"), at: row.decode("at"), address: row.decode("ip_address"),
          agent: row.decode("user_agent"), id: row.decode("act"))
      }
    }
  }
}
