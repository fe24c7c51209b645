import Contacts
import Foundation
package import Postgres

extension WebhookValues: RecordValues {
  package static let columns: SQL = """
    name, description, category_id, webhook_url, secret, events, events_order, batch_size, is_published
    """

  package init(_ row: PostgresRow) throws {
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
  package var sql: SQL {
    """
    \(name), \(description)::text, \(category)::bigint, \(url), \(secret),
    \(events.map(\.rawValue))::text[], \(order?.rawValue)::text, \(batchSize)::integer, \(isPublished)
    """
  }
}

extension WebhookDelivery {
  static let columns: SQL =
    "id, webhook_id, state, events, attempts, status_code, note, date_added"

  package init(_ row: PostgresRow) throws {
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
