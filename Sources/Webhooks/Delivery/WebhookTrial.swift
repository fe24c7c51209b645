package import Foundation
import Transfer

/// Sends a made-up delivery to a receiver, at once and once, so that its owner sees whether it works. Nothing is kept of
/// it, and nothing that waits is held up.
package struct WebhookTrial: Sendable {
  private let sender: WebhookSender
  private let settings: @Sendable () async throws -> WebhookSettings

  /// - Parameters:
  ///   - origin: The address of this installation.
  ///   - settings: Reads what the operator has set.
  package init(
    origin: String, settings: @escaping @Sendable () async throws -> WebhookSettings
  ) {
    self.settings = settings
    sender = WebhookSender(
      client: HTTPClient(concurrency: 2, capacity: 50), origin: origin, timeout: .seconds(15))
  }

  /// What came of a trial.
  package struct Result: Sendable, Equatable {
    /// The status of the answer; nil without one.
    package var status: Int?
    /// What happened, in words.
    package var note: String
    /// The seconds that it took.
    package var seconds: Double
    /// The body that was sent.
    package var body: String

    package var isSuccess: Bool { status.map { (200..<300).contains($0) } ?? false }
  }

  /// Sends one event of each kind that a webhook is told, about a contact that does not exist.
  ///
  /// - Returns: nil if the task was cancelled.
  package func send(_ webhook: Webhook, now: Date) async throws -> Result? {
    let events = webhook.values.events
    let body = Self.body(events.isEmpty ? [.contactIdentified] : events, now: now)
    let call = WebhookCall(
      delivery: 0, webhook: webhook.id, url: webhook.values.url, secret: webhook.values.secret,
      body: body)
    let allowed = try await settings().allowsPrivateAddresses
    guard let outcome = await sender.send(call, allowsPrivateAddresses: allowed) else { return nil }
    return Result(
      status: outcome.status, note: outcome.note, seconds: outcome.seconds, body: body)
  }

  private static let contact =
    #"{"id":0,"points":5,"fields":{"all":{"id":0,"firstname":"Test","lastname":"Contact","email":"test@example.com"}}}"#
  private static let company = #"{"id":0,"fields":{"all":{"id":0,"companyname":"Test company"}}}"#
  private static let segment = #"{"id":0,"name":"Test segment","alias":"test-segment"}"#
  private static let email = #"{"id":0,"name":"Test e-mail","subject":"Test"}"#

  /// The body: made-up payloads with the members that those of real events have, each marked by `isTest`.
  static func body(_ events: [WebhookEvent], now: Date) -> String {
    let time = now.formatted(.iso8601).replacing("Z", with: "+00:00")
    let members = events.map { event in
      #""\#(event.rawValue)":[{\#(payload(event)),"isTest":true,"timestamp":"\#(time)"}]"#
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func payload(_ event: WebhookEvent) -> String {
    let person = #""contact":\#(contact)"#
    return switch event {
    case .contactIdentified, .contactUpdated: person
    case .contactDeleted: #""id":0,\#(person)"#
    case .pointsChanged: #"\#(person),"points":{"new_points":5,"old_points":0}"#
    case .subscriptionChanged:
      #"\#(person),"channel":"email","old_status":"contactable","new_status":"manual""#
    case .companyLinksChanged: #"\#(person),"company":\#(company),"action":"added""#
    case .segmentsChanged: #"\#(person),"segment":\#(segment),"action":"added""#
    case .companySaved, .companyDeleted: #""company":\#(company)"#
    case .emailSent: #"\#(person),"email":\#(email),"subject":"Test""#
    case .emailOpened: #""stat":{"id":0,"email":\#(email),"lead":\#(contact)}"#
    case .formSubmitted: #""submission":{"id":0,"lead":\#(contact),"results":{}}"#
    case .pageHit: #"\#(person),"hit":{"url":"https://example.com/"}"#
    case .messageSent: #"\#(person),"smsId":0"#
    }
  }
}
