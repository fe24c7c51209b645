import Foundation
import JobQueue
import Postgres

/// Hits that wait in the database until they are recorded.
enum HitIntakeStore {
  /// The maximum number of attempts to record a hit.
  static let attempts = 5
  /// The pause between attempts, in seconds.
  static let pause: TimeInterval = 3_600

  static func append(_ hits: [Hit], to pool: PostgresPool) async throws {
    try await pool.query(insert(hits))
  }

  /// Appends hits together with what else a transaction writes.
  static func append(_ hits: [Hit], on connection: PostgresConnection) async throws {
    try await connection.query(insert(hits))
  }

  static func insert(_ hits: [Hit]) -> SQL {
    """
    INSERT INTO page_hit_intake (part, content)
    SELECT * FROM unnest(\(hits.map(\.part))::integer[], \(hits.map(\.text))::text[])
    """
  }

  /// Returns the newest hit that waits and was not tried yet; nil if there is none.
  static func last(in pool: PostgresPool) async throws -> Int64? {
    try await pool.query(
      "SELECT id FROM page_hit_intake WHERE attempts = 0 ORDER BY id DESC LIMIT 1"
    ).first?.decode(at: 0)
  }

  /// Whether a hit up to an id waits and was not tried yet.
  static func isWaiting(upTo last: Int64, in pool: PostgresPool) async throws -> Bool {
    try await pool.query(
      "SELECT EXISTS (SELECT FROM page_hit_intake WHERE id <= \(last) AND attempts = 0)"
    )[0].decode(at: 0)
  }

  /// Takes hits of a part in the transaction that records them; rows that others have locked are skipped.
  static func take(
    _ limit: Int, of part: Int, on connection: PostgresConnection
  ) async throws -> [String] {
    try await take("WHERE part = \(part) ORDER BY id LIMIT \(limit)", on: connection)
  }

  /// Takes one hit by the id of its row; nil if another transaction holds it.
  static func take(row: Int64, on connection: PostgresConnection) async throws -> String? {
    try await take("WHERE id = \(row)", on: connection).first
  }

  private static func take(
    _ which: SQL, on connection: PostgresConnection
  ) async throws -> [String] {
    let rows = try await connection.query(
      """
      WITH gone AS (
        DELETE FROM page_hit_intake WHERE id = ANY (ARRAY(
          SELECT id FROM page_hit_intake \(sql: which) FOR UPDATE SKIP LOCKED))
        RETURNING id, content
      )
      SELECT content FROM gone ORDER BY id
      """)
    return try rows.map { try $0.decode(at: 0) }
  }

  /// Returns the hit of a row as text; nil if it is gone.
  static func text(of row: Int64, in pool: PostgresPool) async throws -> String? {
    try await pool.query("SELECT content FROM page_hit_intake WHERE id = \(row)")
      .first?.decode(at: 0)
  }

  /// Returns the first rows of a part, including those that are locked.
  static func rows(_ limit: Int, of part: Int, in pool: PostgresPool) async throws -> [Int64] {
    try await pool.query(
      "SELECT id FROM page_hit_intake WHERE part = \(part) ORDER BY id LIMIT \(limit)"
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the parts with hits that wait.
  static func parts(in pool: PostgresPool) async throws -> [Int] {
    try await pool.query(
      """
      SELECT p FROM generate_series(0, \(TrackingQueue.parts - 1)) AS p
      WHERE EXISTS (SELECT FROM page_hit_intake i WHERE i.part = p)
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Sets a hit aside that could not be recorded, so that it does not block the others.
  ///
  /// - Returns: The number of attempts; nil if another transaction holds it.
  static func setAside(
    row: Int64, _ error: any Error, in transaction: Transaction
  ) async throws -> Int? {
    let text = String("\(error)".unicodeScalars.filter { $0 != "\0" }.prefix(1_000))
    return try await transaction.query(
      """
      WITH gone AS (
        DELETE FROM page_hit_intake WHERE id = ANY (ARRAY(
          SELECT id FROM page_hit_intake WHERE id = \(row) FOR UPDATE SKIP LOCKED))
        RETURNING *
      )
      INSERT INTO page_hits_aside (part, attempts, content, error, date_added, retry_at)
      SELECT part, attempts + 1, content, \(text), \(transaction.now), CASE WHEN attempts + 1 < \(attempts)
        THEN \(transaction.now.addingTimeInterval(pause))::timestamptz END
      FROM gone RETURNING attempts
      """
    ).first?.decode(at: 0)
  }

  /// Sets texts aside that are no hits to this version.
  static func setAside(
    _ texts: [[UInt8]], of part: Int, now: Date, in pool: PostgresPool
  ) async throws {
    let storable = texts.map { String(decoding: $0.filter { $0 != 0 }, as: UTF8.self) }
    try await pool.query(
      """
      INSERT INTO page_hits_aside (part, attempts, content, error, date_added, retry_at)
      SELECT \(part), 1, content, 'the hit cannot be read', \(now)::timestamptz,
        \(now.addingTimeInterval(pause))::timestamptz
      FROM unnest(\(storable)::text[]) AS content
      """)
  }

  /// Puts back the hits that were set aside and are due again.
  static func putBack(_ limit: Int, now: Date, in pool: PostgresPool) async throws {
    try await pool.query(
      """
      WITH due AS (
        DELETE FROM page_hits_aside WHERE id = ANY (ARRAY(
          SELECT id FROM page_hits_aside WHERE retry_at <= \(now)
          ORDER BY retry_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED))
        RETURNING *
      )
      INSERT INTO page_hit_intake (part, attempts, content)
      SELECT part, attempts, content FROM due ORDER BY id
      """)
  }
}
