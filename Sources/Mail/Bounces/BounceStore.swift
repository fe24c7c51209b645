import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Primitives

/// Reads the sends that bounces are about.
extension BounceRecorder {
  func find(
    _ report: BounceReport, locking lock: SQL, on connection: PostgresConnection
  ) async throws -> BouncedSend? {
    guard let hash = report.hash else { return nil }
    let rows = try await connection.query(
      """
      SELECT s.id, s.contact_id, s.email_id, s.family_id, s.source_kind, s.source_id,
        s.bounce_count, s.is_failed,
        -- The bounce may arrive before the address is recorded.
        coalesce(s.address, (SELECT email FROM contacts c WHERE c.id = s.contact_id)) AS address,
        EXISTS (SELECT FROM emails e WHERE e.id = s.email_id AND e.bcc IS NOT NULL) AS has_copies
      FROM email_sends s WHERE s.hash = \(hash) \(sql: lock)
      """)
    return try rows.first.map { row in
      BouncedSend(
        event: SendEvent(
          send: try row.decode("id"), contact: try row.decode("contact_id"),
          email: try row.decode("email_id"), family: try row.decode("family_id"),
          source: SendSource(
            kind: try row.decode("source_kind"), id: try row.decode("source_id")), at: report.at),
        address: try row.decode("address", as: String?.self) ?? report.address ?? "",
        softBounces: try row.decode("bounce_count"), isFailed: try row.decode("is_failed"),
        hasCopies: try row.decode("has_copies"))
    }
  }
}
