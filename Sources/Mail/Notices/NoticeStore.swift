import Fields
import Foundation
import JobQueue
import Postgres
import Primitives

/// Reads and claims notices.
extension NoticeHandler {
  func find(_ id: Int64) async throws -> Notice? {
    let rows = try await pool.query(
      """
      SELECT id, hash, address, email_id, contact_id, subject, body, tokens, attempts, state
      FROM mail_notices WHERE id = \(id) AND state IN (\(sql: SendState.claimableList))
      """)
    guard let row = rows.first else { return nil }
    let subject: String? = try row.decode("subject")
    let tokens: JSON? = try row.decode("tokens")
    return Notice(
      id: id, hash: try row.decode("hash"), address: try row.decode("address"),
      email: try row.decode("email_id"), contact: try row.decode("contact_id"),
      text: try subject.map { ($0, try row.decode("body", as: String?.self) ?? "") },
      tokens: try tokens?.decode() ?? [:], attempts: try row.decode("attempts", as: Int.self) + 1,
      isTaken: try row.decode("state", as: Int16.self) == SendState.sending.rawValue)
  }

  /// Claims a notice.
  ///
  /// - Returns: Whether it may be handed over; false if a worker that died had claimed it.
  func take(_ notice: Notice, _ context: JobContext) async throws -> Bool {
    let isLost = notice.isTaken && !transport.isIdempotent
    return try await context.transaction { transaction in
      let rows = try await transaction.query(
        """
        UPDATE mail_notices SET attempts = attempts + 1, state = \(isLost ? SendState.unknown : SendState.sending)::smallint
        WHERE id = \(notice.id) AND state IN (\(sql: SendState.claimableList)) RETURNING id
        """)
      return !isLost && !rows.isEmpty
    }
  }
}
