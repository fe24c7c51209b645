package import Foundation
import Postgres

/// A request to a webhook's receiver, kept with its body so that it can be sent again.
package struct WebhookDelivery: Sendable, Identifiable, Equatable {
  /// The states of a delivery, as stored.
  package enum State: Int16, Sendable, PostgresEncodable, PostgresDecodable {
    /// It is sent next, or once more after a failure.
    case waiting = 1
    /// The receiver has taken it.
    case delivered = 2
  }

  /// The delivery's id.
  package var id: Int64
  /// The webhook's id.
  package var webhook: Int64
  package var state: State
  /// The number of events in it.
  package var events: Int
  /// The number of requests so far.
  package var attempts: Int
  /// The status of the last answer; `nil` without one.
  package var status: Int?
  /// What happened last, in words.
  package var note: String?
  /// The instant at which it was put together.
  package var date: Date
}

/// A delivery with its body and its requests so far.
package struct WebhookDeliveryRecord: Sendable {
  /// The most requests that are shown.
  static let mostAttempts = 100

  package var delivery: WebhookDelivery
  /// The body, as it is sent at each attempt.
  package var body: String
  /// The last requests, the newest first.
  package var attempts: [WebhookAttempt]
}

/// One request of a delivery.
package struct WebhookAttempt: Sendable {
  /// The status of the answer; nil without one.
  package var status: Int?
  /// What happened, in words.
  package var note: String
  /// The seconds that it took.
  package var seconds: Double
  package var date: Date
}

/// How far a webhook is.
package struct WebhookFigures: Sendable, Equatable {
  /// The events that are in no delivery yet, ``WebhookLogStore/mostCounted`` at the most.
  package var queued: Int
  /// The deliveries that wait.
  package var waiting: Int
  /// Those among them that have failed.
  package var failing: Int
  /// The deliveries that are kept and that the receiver has taken.
  package var delivered: Int
  /// The instant of the next attempt after a failure; nil where none is put off.
  package var retry: Date?
}

/// A delivery as it is sent.
struct WebhookCall: Sendable, Equatable {
  var delivery: Int64
  var webhook: Int64
  var url: String
  var secret: String
  var body: String

  /// The name of the delivery for the receiver, the same at every attempt.
  var key: String { "webhook-\(webhook)-\(delivery)" }
}

/// The outcome of one request.
struct WebhookOutcome: Sendable, Equatable {
  /// The status of the answer; `nil` without one.
  var status: Int?
  /// What happened, in words.
  var note: String
  /// The seconds that it took.
  var seconds: Double

  var isSuccess: Bool { status.map { (200..<300).contains($0) } ?? false }
  /// Whether the receiver wants no more requests (410).
  var isGone: Bool { status == 410 }
}

/// An event that waits for its delivery.
struct QueuedEvent: Sendable, Equatable {
  var id: Int64
  var event: WebhookEvent
  /// The contact that it is about.
  var contact: Int64?
  /// The company, segment or send that it is about.
  var subject: Int64?
  /// Further members of its payload, as the text of a JSON object.
  var data: String?
  /// Its instant as in JSON.
  var timestamp: String
}
