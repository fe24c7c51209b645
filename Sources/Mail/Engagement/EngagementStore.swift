import Foundation
import JobQueue
import Postgres

/// Acts that were taken in and not written down yet.
enum EngagementStore {
  static func append(_ acts: [MailEngagement], to pool: PostgresPool) async throws {
    try await pool.query(
      """
      INSERT INTO email_acts (act, kind, hash, at, ip_address, user_agent)
      SELECT * FROM unnest(\(acts.map(\.id))::uuid[], \(acts.map(\.word))::text[],
        \(acts.map(\.hash))::uuid[], \(acts.map(\.at))::timestamptz[],
        \(acts.map(\.address))::text[], \(acts.map(\.agent))::text[])
      """)
  }

  /// Takes acts away, in the transaction in which they are written down; those that others are at are theirs.
  static func take(_ limit: Int, on connection: PostgresConnection) async throws -> [MailEngagement]
  {
    try await take("ORDER BY id LIMIT \(limit)", on: connection)
  }

  /// The same with one, by the number of its row; nil where it is somebody else's.
  static func take(row: Int64, on connection: PostgresConnection) async throws -> MailEngagement? {
    try await take("WHERE id = \(row)", on: connection).first
  }

  private static func take(
    _ which: SQL, on connection: PostgresConnection
  ) async throws -> [MailEngagement] {
    let rows = try await connection.query(
      """
      DELETE FROM email_acts WHERE id = ANY (ARRAY(
        SELECT id FROM email_acts \(sql: which) FOR UPDATE SKIP LOCKED))
      RETURNING act, kind, hash, at, ip_address, user_agent
      """)
    return try rows.compactMap { row in
      let kind = try MailEngagement.Kind(word: row.decode("kind", as: String.self))
      return try kind.map { kind in
        try MailEngagement(
          kind, hash: row.decode("hash"), at: row.decode("at"), address: row.decode("ip_address"),
          agent: row.decode("user_agent"), id: row.decode("act"))
      }
    }
  }

  // MARK: Set aside

  /// An act is tried so often …
  static let attempts = 5
  /// … with this pause between.
  static let pause: TimeInterval = 3_600

  /// The first rows, whoever is at them.
  static func rows(_ limit: Int, in pool: PostgresPool) async throws -> [Int64] {
    try await pool.query("SELECT id FROM email_acts ORDER BY id LIMIT \(limit)").map {
      try $0.decode(at: 0)
    }
  }

  /// Sets an act aside that could not be written down (EML-346).
  ///
  /// - Returns: Which act, and how often it was tried; nil where it is somebody else's.
  static func setAside(
    row: Int64, _ error: any Error, in transaction: Transaction
  ) async throws -> (act: UUID, attempts: Int)? {
    let text = String("\(error)".unicodeScalars.filter { $0 != "\0" }.prefix(1_000))
    return try await transaction.query(
      """
      WITH gone AS (
        DELETE FROM email_acts WHERE id = ANY (ARRAY(
          SELECT id FROM email_acts WHERE id = \(row) FOR UPDATE SKIP LOCKED))
        RETURNING *
      )
      INSERT INTO email_acts_aside
        (act, kind, hash, at, ip_address, user_agent, attempts, error, retry_at)
      SELECT act, kind, hash, at, ip_address, user_agent, attempts + 1, \(text),
        CASE WHEN attempts + 1 < \(attempts)
          THEN \(transaction.now.addingTimeInterval(pause))::timestamptz END
      FROM gone RETURNING act, attempts
      """
    ).first.map { (try $0.decode(at: 0), try $0.decode(at: 1)) }
  }

  /// Puts acts back that were set aside and are to be tried again.
  static func putBack(_ limit: Int, now: Date, in pool: PostgresPool) async throws {
    try await pool.query(
      """
      WITH due AS (
        DELETE FROM email_acts_aside WHERE id = ANY (ARRAY(
          SELECT id FROM email_acts_aside WHERE retry_at <= \(now)
          ORDER BY retry_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED))
        RETURNING *
      )
      INSERT INTO email_acts (act, kind, hash, at, ip_address, user_agent, attempts)
      SELECT act, kind, hash, at, ip_address, user_agent, attempts FROM due ORDER BY id
      """)
  }
}
