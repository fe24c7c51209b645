package import Foundation
package import Postgres

/// A pause of the mail channel: nothing is handed over, and no attempt is used up (EML-225).
package struct ChannelPause: Sendable, Equatable {
  /// The cause, for the operator.
  package var reason: String
  /// The beginning.
  package var at: Date
}

/// The pauses of the mail channel in the database; at most one is open.
package enum ChannelPauseStore {
  /// Returns the current pause; nil while messages go out.
  ///
  /// - Throws: `PostgresError`.
  package static func current(on pool: PostgresPool) async throws -> ChannelPause? {
    try await pool.query("SELECT reason, date_paused FROM mail_pauses WHERE date_resumed IS NULL")
      .first.map {
        ChannelPause(reason: try $0.decode("reason"), at: try $0.decode("date_paused"))
      }
  }

  /// Begins a pause.
  ///
  /// - Returns: Whether the channel was open before.
  /// - Throws: `PostgresError`.
  package static func begin(
    _ reason: String, at now: Date, on pool: PostgresPool
  ) async throws -> Bool {
    let reason = String(reason.prefix(1000)).replacing("\0", with: " ")
    return try await !pool.query(
      """
      INSERT INTO mail_pauses (reason, date_paused) VALUES (\(reason), \(now))
      ON CONFLICT DO NOTHING RETURNING id
      """
    ).isEmpty
  }

  /// Ends the current pause.
  ///
  /// - Returns: Whether there was one.
  /// - Throws: `PostgresError`.
  package static func end(at now: Date, on pool: PostgresPool) async throws -> Bool {
    try await !pool.query(
      """
      UPDATE mail_pauses SET date_resumed = \(now) WHERE date_resumed IS NULL RETURNING id
      """
    ).isEmpty
  }
}
