import Foundation
import JobQueue
import Postgres

/// Returned messages that could not be recorded (EML-427), with their content.
enum BounceAsideStore {
  /// The maximum number of attempts to record a message.
  static let attempts = 5
  /// The pause between attempts, in seconds.
  static let pause: TimeInterval = 3_600

  /// Keeps a message that could not be recorded.
  static func add(_ message: [UInt8], _ error: any Error, now: Date, in pool: PostgresPool)
    async throws
  {
    try await pool.query(
      """
      INSERT INTO email_bounces_aside (content, attempts, error, retry_at)
      VALUES (\(message), 1, \(text(error)), \(now.addingTimeInterval(pause)))
      """)
  }

  /// Returns the next message that is due again, and has it due no more for the length of a pause, so that others go on
  /// should it end this worker.
  static func take(now: Date, in pool: PostgresPool) async throws -> (id: Int64, message: [UInt8])?
  {
    let rows = try await pool.query(
      """
      UPDATE email_bounces_aside SET attempts = attempts + 1,
        retry_at = CASE WHEN attempts + 1 < \(attempts)
          THEN \(now.addingTimeInterval(pause))::timestamptz END
      WHERE id = ANY (ARRAY(SELECT id FROM email_bounces_aside WHERE retry_at <= \(now)
        ORDER BY retry_at, id LIMIT 1 FOR UPDATE SKIP LOCKED))
      RETURNING id, content
      """)
    return try rows.first.map { (try $0.decode(at: 0), try $0.decode(at: 1)) }
  }

  /// Notes another failure.
  static func note(_ id: Int64, _ error: any Error, in pool: PostgresPool) async throws {
    try await pool.query(
      "UPDATE email_bounces_aside SET error = \(text(error)) WHERE id = \(id)")
  }

  /// Deletes a message that was recorded.
  static func delete(_ id: Int64, in pool: PostgresPool) async throws {
    try await pool.query("DELETE FROM email_bounces_aside WHERE id = \(id)")
  }

  private static func text(_ error: any Error) -> String {
    String("\(error)".unicodeScalars.filter { $0 != "\0" }.prefix(1_000))
  }
}
