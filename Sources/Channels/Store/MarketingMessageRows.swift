package import Contacts
import Foundation
package import Postgres
package import Primitives

extension MarketingMessageValues: RecordValues {
  package static let columns: SQL = """
    name, description, category_id, publish_up, publish_down, email_id, email_enabled, sms_id,
    sms_enabled, notification_id, notification_enabled, is_published
    """

  package init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    description = try row.decode("description")
    category = try row.decode("category_id")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    for channel in MessageChannel.allCases {
      let word = channel.rawValue
      guard let isEnabled = try row.decode("\(word)_enabled", as: Bool?.self) else { continue }
      channels[channel] = ChannelContent(
        content: try row.decode("\(word)_id"), isEnabled: isEnabled)
    }
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    let (email, sms, notification) = (channels[.email], channels[.sms], channels[.notification])
    return """
      \(name), \(description)::text, \(category)::bigint, \(publishUp)::timestamptz,
      \(publishDown)::timestamptz, \(email?.content)::bigint, \(email?.isEnabled)::boolean,
      \(sms?.content)::bigint, \(sms?.isEnabled)::boolean, \(notification?.content)::bigint,
      \(notification?.isEnabled)::boolean, \(isPublished)
      """
  }

  /// Applies an input to the values that there are; category and contents are checked by the store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new message.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: `InvalidInput`.
  package init(
    _ input: MarketingMessageInput, before: MarketingMessageValues?, replacing: Bool
  ) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? MarketingMessageValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    if let text = input.description {
      description = try RecordText.optional(text, "description", html: true)
    }
    category = input.category ?? category
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    if let given = input.channels { set(given) }
    isPublished = input.isPublished ?? isPublished
    try checkWindow("the message")
  }

  /// Sets the channels given; the others are kept, but not in use.
  private mutating func set(_ given: [MessageChannel: MarketingMessageInput.Channel]) {
    for channel in MessageChannel.allCases {
      guard let input = given[channel] else {
        channels[channel]?.isEnabled = false
        continue
      }
      var content = channels[channel] ?? ChannelContent()
      content.content = input.content ?? content.content
      content.isEnabled = input.isEnabled ?? content.isEnabled
      channels[channel] = content
    }
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    let shown = channels.map { channel, content in
      (
        channel.rawValue,
        JSONValue.object([
          "channelId": JSONValue(content.content), "isEnabled": .boolean(content.isEnabled),
        ])
      )
    }
    return [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("category", JSONValue(category)), ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)),
      ("channels", .object(Dictionary(shown) { $1 })),
      ("isPublished", .boolean(isPublished)),
    ]
  }
}
