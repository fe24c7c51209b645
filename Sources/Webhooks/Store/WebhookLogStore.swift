package import Foundation
package import JobQueue
package import Postgres

/// The log of deliveries, and sending them again.
package enum WebhookLogStore {
  /// The days for which deliveries are kept, and events that nobody took.
  static let days = 30
  /// The number of deliveries kept of a webhook.
  static let mostDeliveries = 10_000

  /// Returns the deliveries of a webhook, newest first, and the total number.
  ///
  /// - Parameter state: Only those in this state; nil for all.
  package static func page(
    of webhook: Int64, state: WebhookDelivery.State? = nil, start: Int, limit: Int,
    on pool: PostgresPool
  ) async throws -> (deliveries: [WebhookDelivery], total: Int) {
    let condition: SQL =
      "webhook_id = \(webhook) AND state = coalesce(\(state?.rawValue)::smallint, state)"
    return try await pool.page(
      WebhookDelivery.columns, from: "webhook_deliveries", where: condition,
      order: "ORDER BY id DESC", start: start, limit: limit
    ) { rows, _ in try rows.map(WebhookDelivery.init) }
  }

  /// Returns the numbers of events and deliveries that wait, by webhook.
  package static func waiting(on pool: PostgresPool) async throws -> [Int64: Int] {
    let rows = try await pool.query(
      """
      SELECT webhook_id, sum(count)::bigint FROM (
        SELECT webhook_id, count(*) AS count FROM webhook_queue GROUP BY webhook_id
        UNION ALL
        SELECT webhook_id, sum(events) FROM webhook_deliveries
        WHERE state = \(literal: WebhookDelivery.State.waiting) GROUP BY webhook_id
      ) AS counts GROUP BY webhook_id
      """)
    var counts: [Int64: Int] = [:]
    for row in rows { counts[try row.decode(at: 0)] = try row.decode(at: 1) }
    return counts
  }

  /// Sends deliveries again, before anything else that waits; the receiver sees the same name as at first.
  ///
  /// - Parameter ids: Deliveries of the webhook; unknown ones are left out.
  /// - Returns: The deliveries that wait now.
  package static func replay(
    _ ids: [Int64], of webhook: Int64, in transaction: Transaction
  ) async throws -> [WebhookDelivery] {
    let deliveries = try await transaction.query(
      """
      UPDATE webhook_deliveries SET state = \(literal: WebhookDelivery.State.waiting)
      WHERE webhook_id = \(webhook) AND id = ANY (\(ids)) RETURNING \(sql: WebhookDelivery.columns)
      """
    ).map(WebhookDelivery.init).sorted { $0.id < $1.id }
    if !deliveries.isEmpty { transaction.announce(WebhooksDue.self) }
    return deliveries
  }

  /// Deletes a bounded number of old deliveries and events, and those of deleted webhooks.
  ///
  /// - Returns: Whether there may be more.
  static func prune(_ count: Int, in transaction: Transaction) async throws -> Bool {
    let limit = transaction.now.addingTimeInterval(-Double(days) * 86_400)
    let deliveries = try await transaction.query(
      """
      DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(
        SELECT id FROM webhook_deliveries WHERE date_added < \(limit)
        ORDER BY date_added LIMIT \(count)))
      RETURNING id
      """)
    // Of each webhook, by the id at which its latest ones begin.
    let surplus = try await transaction.query(
      """
      DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(
        SELECT d.id FROM webhook_lanes l CROSS JOIN LATERAL (
          SELECT id FROM webhook_deliveries WHERE webhook_id = l.webhook_id
          ORDER BY id DESC OFFSET \(mostDeliveries) LIMIT 1
        ) AS newest CROSS JOIN LATERAL (
          SELECT id FROM webhook_deliveries WHERE webhook_id = l.webhook_id AND id <= newest.id
            AND state = \(literal: WebhookDelivery.State.delivered)
          ORDER BY id LIMIT \(count)
        ) AS d LIMIT \(count)))
      RETURNING id
      """)
    let events = try await transaction.query(
      """
      WITH RECURSIVE named AS (
        (SELECT webhook_id FROM webhook_queue ORDER BY webhook_id LIMIT 1)
        UNION ALL
        SELECT (SELECT q.webhook_id FROM webhook_queue q WHERE q.webhook_id > n.webhook_id
          ORDER BY q.webhook_id LIMIT 1) FROM named n WHERE n.webhook_id IS NOT NULL
      )
      DELETE FROM webhook_queue WHERE (webhook_id, id) IN (
        SELECT n.webhook_id, q.id FROM named n CROSS JOIN LATERAL (
          SELECT id, at FROM webhook_queue WHERE webhook_id = n.webhook_id
          ORDER BY id LIMIT \(count)
        ) AS q
        WHERE q.at < \(limit)
          OR NOT EXISTS (SELECT FROM webhooks h WHERE h.id = n.webhook_id)
      ) RETURNING id
      """)
    return max(deliveries.count, surplus.count) == count || events.count >= count
  }
}
