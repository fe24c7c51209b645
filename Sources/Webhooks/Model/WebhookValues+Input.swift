package import Contacts
import Foundation
package import Primitives

extension WebhookValues {
  /// The greatest number of events in one request.
  package static let largestBatch = 500
  private static let longestAddress = 2_000
  private static let longestSecret = 255

  /// Applies an input to the values that there are.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new webhook.
  ///   - replacing: Whether values that are not given are set to their defaults. The secret stays, since its receiver
  ///     knows it.
  /// - Throws: `InvalidInput`.
  package init(_ input: WebhookInput, before: WebhookValues?, replacing: Bool) throws(InvalidInput)
  {
    let kept = replacing ? nil : before
    name = kept?.name ?? ""
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    description = kept?.description
    if let text = input.description {
      description = try RecordText.optional(text, "description", html: true)
    }
    category = input.category ?? kept?.category
    url = kept?.url ?? ""
    if kept == nil || input.url != nil { url = try Self.address(input.url ?? "") }
    secret = before?.secret ?? ""
    if let given = input.secret { secret = try Self.secret(given) }
    if secret.isEmpty { secret = Self.newSecret() }
    events = kept?.events ?? []
    for key in input.events ?? [] {
      let event = try Self.event(key)
      if !events.contains(event) { events.append(event) }
    }
    order = kept?.order
    if let text = input.order { order = try Self.order(text) }
    batchSize = input.batchSize ?? kept?.batchSize ?? 1
    guard (1...Self.largestBatch).contains(batchSize) else {
      throw InvalidInput("batchSize", "\(batchSize) is not between 1 and \(Self.largestBatch)")
    }
    isPublished = input.isPublished ?? kept?.isPublished ?? true
  }

  private static func address(_ text: String) throws(InvalidInput) -> String {
    let url = text.trimmingBlanks()
    guard !url.isEmpty else { throw InvalidInput("webhookUrl", "a value is required") }
    guard url.utf8.count <= longestAddress else {
      throw InvalidInput("webhookUrl", "longer than \(longestAddress) bytes")
    }
    let shown = InvalidInput.shown(url)
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw InvalidInput("webhookUrl", "\(shown) has blanks or control characters")
    }
    let lower = url.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else {
      throw InvalidInput("webhookUrl", "\(shown) does not begin with http:// or https://")
    }
    guard url.dropFirst(scheme.count).first.map({ !"/?#:@".contains($0) }) ?? false else {
      throw InvalidInput("webhookUrl", "\(shown) names no host")
    }
    return url
  }

  private static func secret(_ text: String) throws(InvalidInput) -> String {
    guard text.utf8.count <= longestSecret, !text.utf8.contains(0) else {
      throw InvalidInput("secret", "longer than \(longestSecret) bytes, or not valid text")
    }
    return text
  }

  private static func newSecret() -> String {
    var generator = SystemRandomNumberGenerator()
    return Hex.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  private static func event(_ key: String) throws(InvalidInput) -> WebhookEvent {
    guard let event = WebhookEvent(rawValue: key) else {
      throw InvalidInput(
        "triggers",
        "\(InvalidInput.shown(key)) is none of \(WebhookEvent.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return event
  }

  private static func order(_ text: String) throws(InvalidInput) -> Webhook.Order? {
    if text.isEmpty { return nil }
    guard let order = Webhook.Order(rawValue: text.uppercased()) else {
      throw InvalidInput("eventsOrderbyDir", "\(InvalidInput.shown(text)) is neither ASC nor DESC")
    }
    return order
  }

  /// The values by name, for the audit log. Of the secret only whether it changed is told.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("category", JSONValue(category)), ("webhookUrl", .string(url)),
      ("triggers", .array(events.map { .string($0.rawValue) })),
      ("eventsOrderbyDir", order.map { .string($0.rawValue) } ?? .null),
      ("batchSize", .integer(Int64(batchSize))), ("isPublished", .boolean(isPublished)),
    ]
  }

  package func changes(from before: WebhookValues) -> [String: JSONValue] {
    var changes = memberChanges(from: before)
    if secret != before.secret { changes["secret"] = .string("changed") }
    return changes
  }
}
