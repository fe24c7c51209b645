import Foundation
import JobQueue
import Postgres

/// Engagements that were accepted and not recorded yet.
enum EngagementStore {
  static func append(_ engagements: [MailEngagement], to pool: PostgresPool) async throws {
    try await pool.query(
      """
      INSERT INTO email_acts (act, kind, hash, at, ip_address, user_agent, visit)
      SELECT * FROM unnest(\(engagements.map(\.id))::uuid[], \(engagements.map(\.word))::text[],
        \(engagements.map(\.hash))::uuid[], \(engagements.map(\.at))::timestamptz[],
        \(engagements.map(\.address))::text[], \(engagements.map(\.agent))::text[],
        \(engagements.map(\.visit))::text[])
      """)
  }

  /// Clicks wait until those that follow them within seconds have come too (EML-363).
  private static func isRipe(_ ripe: Date) -> SQL { "(kind NOT LIKE 'click:%' OR at <= \(ripe))" }

  /// Takes engagements in the transaction that records them; rows that others have locked are skipped.
  ///
  /// - Parameter ripe: The instant up to which clicks are taken.
  static func take(
    _ limit: Int, ripe: Date, on connection: PostgresConnection
  ) async throws -> [MailEngagement] {
    try await take("WHERE \(sql: isRipe(ripe)) ORDER BY id LIMIT \(limit)", on: connection)
  }

  /// Returns the instant of the oldest click that waits for others; nil if none does.
  static func firstUnripe(_ ripe: Date, in pool: PostgresPool) async throws -> Date? {
    try await pool.query(
      "SELECT min(at) FROM email_acts WHERE NOT \(sql: isRipe(ripe))"
    ).first.flatMap { try $0.decode(at: 0, as: Date?.self) }
  }

  /// The condition of the index by the hashes of sends, word for word.
  private static let isFollowed: SQL = "(kind LIKE 'click:%' OR kind = 'trap')"
  /// The maximum number of waiting clicks that are looked at.
  private static let followed = 5_000

  /// Returns the clicks on some sends that wait, by the hashes of the sends.
  static func waitingClicks(
    of hashes: [UUID], on connection: PostgresConnection
  ) async throws -> [MailEngagement] {
    try await connection.query(
      """
      SELECT act, kind, hash, at, ip_address, user_agent, visit
      FROM email_acts WHERE hash = ANY (\(hashes)) AND \(sql: isFollowed) LIMIT \(followed)
      """
    ).compactMap { try engagement($0) }
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
      RETURNING act, kind, hash, at, ip_address, user_agent, visit
      """)
    return try rows.compactMap { try engagement($0) }
  }

  private static func engagement(_ row: PostgresRow) throws -> MailEngagement? {
    guard let kind = try MailEngagement.Kind(word: row.decode("kind", as: String.self)) else {
      return nil
    }
    return try MailEngagement(
      kind, hash: row.decode("hash"), at: row.decode("at"), address: row.decode("ip_address"),
      agent: row.decode("user_agent"), visit: row.decode("visit"), id: row.decode("act"))
  }

  // MARK: Set aside

  /// The maximum number of attempts to record an engagement.
  static let attempts = 5
  /// The pause between attempts, in seconds.
  static let pause: TimeInterval = 3_600

  /// Returns the first rows that may be taken, including those that are locked.
  static func rows(_ limit: Int, ripe: Date, in pool: PostgresPool) async throws -> [Int64] {
    try await pool.query(
      "SELECT id FROM email_acts WHERE \(sql: isRipe(ripe)) ORDER BY id LIMIT \(limit)"
    ).map { try $0.decode(at: 0) }
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
        (act, kind, hash, at, ip_address, user_agent, visit, attempts, error, retry_at)
      SELECT act, kind, hash, at, ip_address, user_agent, visit, attempts + 1, \(text),
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
      INSERT INTO email_acts (act, kind, hash, at, ip_address, user_agent, visit, attempts)
      SELECT act, kind, hash, at, ip_address, user_agent, visit, attempts FROM due ORDER BY id
      """)
  }
}
