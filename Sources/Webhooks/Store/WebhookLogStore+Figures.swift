import Foundation
package import Postgres

extension WebhookLogStore {
  /// The most events that are counted of a webhook.
  package static let mostCounted = 10_000

  /// Returns a delivery with all that is kept of it; nil for one that is unknown, or another webhook's.
  package static func record(
    _ id: Int64, of webhook: Int64, on pool: PostgresPool
  ) async throws -> WebhookDeliveryRecord? {
    try await pool.withConnection { connection in
      let rows = try await connection.query(
        """
        SELECT \(sql: WebhookDelivery.columns), body FROM webhook_deliveries
        WHERE id = \(id) AND webhook_id = \(webhook)
        """)
      guard let row = rows.first else { return nil }
      let attempts = try await connection.query(
        """
        SELECT status_code, note, runtime, date_added FROM webhook_logs
        WHERE delivery_id = \(id) ORDER BY id DESC LIMIT \(WebhookDeliveryRecord.mostAttempts)
        """
      ).map { row in
        WebhookAttempt(
          status: try row.decode("status_code"), note: try row.decode("note"),
          seconds: try row.decode("runtime"), date: try row.decode("date_added"))
      }
      return WebhookDeliveryRecord(
        delivery: try WebhookDelivery(row), body: try row.decode("body"), attempts: attempts)
    }
  }

  /// Returns how far a webhook is.
  package static func figures(
    of webhook: Int64, on pool: PostgresPool
  ) async throws -> WebhookFigures {
    let waiting = WebhookDelivery.State.waiting
    let rows = try await pool.query(
      """
      SELECT (SELECT count(*) FROM (SELECT FROM webhook_queue WHERE webhook_id = \(webhook)
          LIMIT \(mostCounted)) AS queued) AS queued,
        count(*) FILTER (WHERE state = \(literal: waiting)) AS waiting,
        count(*) FILTER (WHERE state = \(literal: waiting) AND attempts > 0) AS failing,
        count(*) FILTER (WHERE state <> \(literal: waiting)) AS delivered,
        (SELECT retry_at FROM webhook_lanes WHERE webhook_id = \(webhook)) AS retry_at
      FROM webhook_deliveries WHERE webhook_id = \(webhook)
      """)
    let row = rows[0]
    return WebhookFigures(
      queued: try row.decode("queued"), waiting: try row.decode("waiting"),
      failing: try row.decode("failing"), delivered: try row.decode("delivered"),
      retry: try row.decode("retry_at"))
  }
}
