import Foundation
import JobQueue
import Postgres

/// Engagements that were accepted and not recorded yet.
enum EngagementStore {
  static func append(_ engagements: [MailEngagement], to pool: PostgresPool) async throws {
    try await pool.query(
      """
      INSERT INTO email_acts (act, kind, hash, at, ip_address, user_agent)
      SELECT * FROM unnest(\(engagements.map(\.id))::uuid[], \(engagements.map(\.word))::text[],
        \(engagements.map(\.hash))::uuid[], \(engagements.map(\.at))::timestamptz[],
        \(engagements.map(\.address))::text[], \(engagements.map(\.agent))::text[])
      """)
  }

  /// Takes engagements in the transaction that records them; rows that others have locked are skipped.
  static func take(_ limit: Int, on connection: PostgresConnection) async throws -> [MailEngagement]
  {
    try await take("ORDER BY id LIMIT \(limit)", on: connection)
  }

  /// Takes one engagement by the id of its row; nil if another transaction holds it.
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

  /// The maximum number of attempts to record an engagement.
  static let attempts = 5
  /// The pause between attempts, in seconds.
  static let pause: TimeInterval = 3_600

  /// Returns the first rows, including those that are locked.
  static func rows(_ limit: Int, in pool: PostgresPool) async throws -> [Int64] {
    try await pool.query("SELECT id FROM email_acts ORDER BY id LIMIT \(limit)").map {
      try $0.decode(at: 0)
    }
  }

  /// Sets aside an engagement that could not be recorded (EML-346).
  ///
  /// - Returns: The engagement's id and number of attempts; nil if another transaction holds it.
  static func setAside(
    row: Int64, _ error: any Error, in transaction: Transaction
  ) async throws -> (engagement: UUID, attempts: Int)? {
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

  /// Puts back the engagements that were set aside and are due again.
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
