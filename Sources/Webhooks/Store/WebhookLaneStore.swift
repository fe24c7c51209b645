import Foundation
import JobQueue
import Postgres
import Users

/// The lane of a webhook: who sends for it, what waits, and what came of it.
///
/// A lane has one holder at a time, named by a token: the requests of a webhook follow one another, so that a receiver
/// hears of a contact in the order of its changes. A holder that has lost the lane writes nothing any more.
enum WebhookLaneStore {
  /// Takes lanes in which something waits that is due, those first that have waited longest for their turn.
  ///
  /// - Parameter busy: The webhooks for which the holder is sending.
  /// - Returns: The webhooks, in no particular order.
  static func take(
    _ count: Int, except busy: [Int64], token: UUID, until end: Date, in transaction: Transaction
  ) async throws -> [Int64] {
    let now = transaction.now
    return try await transaction.query(
      """
      WITH due AS (
        SELECT l.webhook_id FROM webhook_lanes l JOIN webhooks h ON h.id = l.webhook_id
        WHERE h.is_published AND NOT h.is_paused AND l.webhook_id <> ALL (\(busy))
          AND (l.busy_until IS NULL OR l.busy_until <= \(now))
          AND (l.retry_at IS NULL OR l.retry_at <= \(now))
          AND (EXISTS (SELECT FROM webhook_queue q WHERE q.webhook_id = l.webhook_id)
            OR EXISTS (SELECT FROM webhook_deliveries d WHERE d.webhook_id = l.webhook_id
              AND d.state = \(literal: WebhookDelivery.State.waiting)))
        ORDER BY l.busy_until NULLS FIRST, l.webhook_id LIMIT \(count) FOR UPDATE OF l SKIP LOCKED
      )
      UPDATE webhook_lanes l SET holder = \(token), busy_until = \(end)
      FROM due WHERE l.webhook_id = due.webhook_id RETURNING l.webhook_id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Holds lanes of a holder for longer.
  static func extend(
    _ webhooks: [Int64], token: UUID, until end: Date, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE webhook_lanes SET busy_until = \(end)
      WHERE webhook_id = ANY (\(webhooks)) AND holder = \(token)
      """)
  }

  /// Holds a lane for longer, and returns its webhook; nil if it is another's by now, or is not to send.
  static func hold(
    _ webhook: Int64, token: UUID, until end: Date, on connection: PostgresConnection
  ) async throws -> Webhook? {
    // Webhooks are locked before lanes, as when one is edited.
    await connection.sendWithNext("SELECT FROM webhooks WHERE id = \(webhook) FOR KEY SHARE")
    let held = try await connection.query(
      """
      UPDATE webhook_lanes l SET busy_until = \(end) FROM webhooks h
      WHERE l.webhook_id = \(webhook) AND l.holder = \(token) AND h.id = l.webhook_id
        AND h.is_published AND NOT h.is_paused RETURNING l.webhook_id
      """)
    guard !held.isEmpty else { return nil }
    return try await WebhookStore.find(webhook, on: connection)
  }

  /// Gives a lane back; `busy_until` keeps the end of the turn, by which others come first.
  static func release(
    _ webhook: Int64, token: UUID, retryAt: Date? = nil, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE webhook_lanes SET holder = NULL, busy_until = \(transaction.now),
        retry_at = coalesce(\(retryAt)::timestamptz, retry_at)
      WHERE webhook_id = \(webhook) AND holder = \(token)
      """)
  }

  /// The first delivery that waits.
  static func waiting(
    _ webhook: Int64, on connection: PostgresConnection
  ) async throws -> (id: Int64, body: String)? {
    try await connection.query(
      """
      SELECT id, body FROM webhook_deliveries
      WHERE webhook_id = \(webhook) AND state = \(literal: WebhookDelivery.State.waiting)
      ORDER BY id LIMIT 1
      """
    ).first.map { (try $0.decode(at: 0), try $0.decode(at: 1)) }
  }

  /// The events that wait, the oldest first.
  static func events(
    _ webhook: Int64, limit: Int, on connection: PostgresConnection
  ) async throws -> [QueuedEvent] {
    try await connection.query(
      """
      SELECT id, event, contact, subject, data::text AS data,
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS at
      FROM webhook_queue WHERE webhook_id = \(webhook) ORDER BY id LIMIT \(limit)
      """
    ).compactMap { row in
      guard let event = WebhookEvent(rawValue: try row.decode("event")) else { return nil }
      return QueuedEvent(
        id: try row.decode("id"), event: event, contact: try row.decode("contact"),
        subject: try row.decode("subject"), data: try row.decode("data"),
        timestamp: try row.decode("at"))
    }
  }

  /// Deletes events that were put into a delivery, or that nobody can be told of.
  static func remove(
    _ events: [Int64], of webhook: Int64, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      "DELETE FROM webhook_queue WHERE webhook_id = \(webhook) AND id = ANY (\(events))")
  }

  /// Keeps a new delivery.
  ///
  /// - Returns: Its id.
  static func insert(
    _ body: String, events: Int, of webhook: Int64, in transaction: Transaction
  ) async throws -> Int64 {
    try await transaction.query(
      """
      INSERT INTO webhook_deliveries (webhook_id, body, events, state, date_added)
      VALUES (\(webhook), \(body), \(events)::integer, \(literal: WebhookDelivery.State.waiting),
        \(transaction.now))
      RETURNING id
      """
    )[0].decode(at: 0)
  }

  /// Records the outcome of a request, unless the lane is another's by now.
  ///
  /// - Returns: The number of failures in a row; nil if the lane is lost.
  static func record(
    _ outcome: WebhookOutcome, of call: WebhookCall, token: UUID, in transaction: Transaction
  ) async throws -> Int? {
    let isSuccess = outcome.isSuccess
    await transaction.sendWithNext(
      "SELECT FROM webhooks WHERE id = \(call.webhook) FOR NO KEY UPDATE")
    let lane = try await transaction.query(
      """
      UPDATE webhook_lanes l SET retry_at = NULL, failures = CASE WHEN \(isSuccess) THEN 0
        WHEN h.webhook_url = \(call.url) THEN failures + 1 ELSE failures END
      FROM webhooks h
      WHERE h.id = l.webhook_id AND l.webhook_id = \(call.webhook) AND l.holder = \(token)
      RETURNING failures
      """)
    guard let failures: Int = try lane.first?.decode(at: 0) else { return nil }
    let state = isSuccess ? WebhookDelivery.State.delivered : .waiting
    try await transaction.query(
      """
      WITH changed AS (
        UPDATE webhook_deliveries SET state = \(state), attempts = attempts + 1,
          status_code = \(outcome.status)::integer, note = \(outcome.note)
        WHERE id = \(call.delivery) RETURNING id
      )
      INSERT INTO webhook_logs (webhook_id, delivery_id, status_code, note, runtime, date_added)
      SELECT \(call.webhook), id, \(outcome.status)::integer, \(outcome.note), \(outcome.seconds),
        \(transaction.now) FROM changed
      """)
    return failures
  }

  /// Switches a webhook off and tells its owner, or else the first administrator; not one that has another address by now.
  static func switchOff(
    _ webhook: Webhook, because reason: String, in transaction: Transaction
  ) async throws {
    let changed = try await transaction.query(
      """
      UPDATE webhooks SET is_published = false, disabled_reason = \(reason),
        date_modified = \(transaction.now), modified_by = NULL, modified_by_user = NULL
      WHERE id = \(webhook.id) AND is_published AND webhook_url = \(webhook.values.url) RETURNING id
      """)
    guard !changed.isEmpty else { return }
    let owner = webhook.dates.modifiedBy ?? webhook.dates.createdBy
    try await InboxStore.post(
      to: try await InboxStore.user(owner, on: transaction.connection),
      title: "The webhook \(webhook.values.name) was switched off",
      body: """
        \(reason)

        Nothing is sent to \(webhook.values.url) any more. What waits is kept for a while and is sent when the webhook \
        is published again.
        """, in: transaction)
    try await AuditLog.write(
      [.init("update", "webhook", webhook.id, details: .object(["disabled": .string(reason)]))],
      by: .system, in: transaction)
  }
}
