import Foundation
import Webhooks

/// A webhook as the listing shows it; the secret is left out.
struct WebhookRow: Encodable {
  var id: Int64
  var name: String
  var url: String
  var events: [String]
  var waiting: Int
  var failures: Int
  var published: Bool
  var paused: Bool
  var disabledReason: String?

  init(_ webhook: Webhook, waiting: Int) {
    id = webhook.id
    name = webhook.values.name
    url = webhook.values.url
    events = webhook.values.events.map(\.rawValue)
    self.waiting = waiting
    failures = webhook.failures
    published = webhook.values.isPublished
    paused = webhook.isPaused
    disabledReason = webhook.disabledReason
  }

  /// The state in words.
  var stateText: String {
    if let disabledReason { return "switched off: \(disabledReason)" }
    if !published { return "unpublished" }
    return paused ? "paused" : "published"
  }
}

/// A delivery as the log shows it.
struct DeliveryRow: Encodable {
  var id: Int64
  var state: String
  var events: Int
  var attempts: Int
  var status: Int?
  var note: String?
  var date: Date

  init(_ delivery: WebhookDelivery) {
    id = delivery.id
    state = "\(delivery.state)"
    events = delivery.events
    attempts = delivery.attempts
    status = delivery.status
    note = delivery.note
    date = delivery.date
  }

  /// Prints deliveries as a table or as JSON.
  static func show(
    _ deliveries: [WebhookDelivery], as output: OutputOptions, now: Date, whenEmpty text: String
  ) throws {
    let rows = deliveries.map(DeliveryRow.init)
    if output.json { return try Console.json(rows) }
    var table = Table(
      .figure("ID"), .text("STATE"), .figure("EVENTS"), .figure("ATTEMPTS"), .text("AGE"),
      .text("NOTE"))
    for row in rows {
      table.add(
        "\(row.id)", row.state, "\(row.events)", "\(row.attempts)",
        Age.text(now.timeIntervalSince(row.date)), row.note ?? "")
    }
    table.print(whenEmpty: text)
  }
}
