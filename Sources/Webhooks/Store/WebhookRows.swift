import Contacts
import Foundation
import Postgres

extension Webhook {
  /// The columns of a webhook and its lane: `webhooks` joined to `webhook_lanes AS l`.
  static let columns: SQL = """
    webhooks.id, name, description, category_id, webhook_url, secret, events, events_order, batch_size,
    is_paused, disabled_reason, is_published, failures, \(sql: RecordDates.columns(of: "webhooks"))
    """

  static let source: SQL = "webhooks JOIN webhook_lanes l ON l.webhook_id = webhooks.id"

  /// Decodes webhooks, with their categories in one further statement.
  static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Webhook] {
    let filed = try rows.compactMap { try $0.decode("category_id", as: Int64?.self) }
    let categories = try await CategoryStore.categories(Set(filed).sorted(), on: connection)
    return try rows.map { row in
      let values = try WebhookValues(row)
      return Webhook(
        id: try row.decode("id"), values: values,
        category: values.category.flatMap { categories[$0] },
        isPaused: try row.decode("is_paused"), disabledReason: try row.decode("disabled_reason"),
        failures: try row.decode("failures"), dates: try RecordDates(row))
    }
  }
}

extension WebhookValues {
  static let columns: SQL = """
    name, description, category_id, webhook_url, secret, events, events_order, batch_size, is_published
    """

  init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    description = try row.decode("description")
    category = try row.decode("category_id")
    url = try row.decode("webhook_url")
    secret = try row.decode("secret")
    events = try row.decode("events", as: [String].self).compactMap(WebhookEvent.init)
    order = try row.decode("events_order", as: String?.self).flatMap(Webhook.Order.init)
    batchSize = try row.decode("batch_size")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  var sql: SQL {
    """
    \(name), \(description)::text, \(category)::bigint, \(url), \(secret),
    \(events.map(\.rawValue))::text[], \(order?.rawValue)::text, \(batchSize)::integer, \(isPublished)
    """
  }
}

extension WebhookDelivery {
  static let columns: SQL =
    "id, webhook_id, state, events, attempts, status_code, note, date_added"

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    webhook = try row.decode("webhook_id")
    state = try row.decode("state")
    events = try row.decode("events")
    attempts = try row.decode("attempts")
    status = try row.decode("status_code")
    note = try row.decode("note")
    date = try row.decode("date_added")
  }
}
