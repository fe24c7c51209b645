package import Contacts
package import Query

/// A receiver of events: an address of another server, and what it is told (api.md 9).
package struct Webhook: TableRecord, Equatable {
  /// The order of events within one request.
  package enum Order: String, Sendable {
    case oldestFirst = "ASC"
    case newestFirst = "DESC"
  }

  /// The webhook's id.
  package var id: Int64
  /// The values that users set.
  package var values: WebhookValues
  /// The category it is filed under.
  package var category: Category?
  /// Whether events are kept back and nothing is sent until it is resumed.
  package var isPaused: Bool
  /// The reason for which Martlet switched it off; `nil` since it was last published.
  package var disabledReason: String?
  /// The number of failed requests in a row.
  package var failures: Int
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The values of a webhook that users set.
package struct WebhookValues: Sendable, Equatable {
  package var name: String
  /// The description.
  package var description: String?
  /// The category's id.
  package var category: Int64?
  /// The address, http or https.
  package var url: String
  /// The key of the signature.
  package var secret: String
  /// The events it is told, in the order in which they were given.
  package var events: [WebhookEvent]
  /// The order of events within one request; oldest first where nothing is said.
  package var order: Webhook.Order?
  /// The most events of one request.
  package var batchSize: Int
  /// Whether it is in use.
  package var isPublished: Bool
}

/// The input for a webhook; `nil` leaves a value as it is.
package struct WebhookInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// The address.
  package var url: String?
  /// The key of the signature; an empty text asks for a new one.
  package var secret: String?
  /// The keys of events: all of them where everything is replaced, else further ones.
  package var events: [String]?
  /// `ASC`, `DESC`, or an empty text for none.
  package var order: String?
  /// The most events of one request.
  package var batchSize: Int?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of webhooks; its conditions refer to the table `webhooks` by that name.
  package static let webhooks = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "webhooks"), QueryColumn("name", .text, of: "webhooks"),
      QueryColumn("description", .text, of: "webhooks"),
      QueryColumn("webhook_url", .text, of: "webhooks"),
    ] + published("webhooks"),
    mainColumns: ["name", "description", "webhook_url"])
}
