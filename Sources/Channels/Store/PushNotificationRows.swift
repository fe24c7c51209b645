package import Contacts
import Foundation
import Mail
package import Postgres
package import Primitives

extension PushNotificationValues: RecordValues {
  package static let columns: SQL = """
    name, heading, message, url, button, language, category_id, utm_source, utm_medium, utm_campaign,
    utm_content, publish_up, publish_down, is_published
    """

  package init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    heading = try row.decode("heading")
    message = try row.decode("message")
    url = try row.decode("url")
    button = try row.decode("button")
    language = try row.decode("language")
    category = try row.decode("category_id")
    utm.source = try row.decode("utm_source")
    utm.medium = try row.decode("utm_medium")
    utm.campaign = try row.decode("utm_campaign")
    utm.content = try row.decode("utm_content")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    """
    \(name), \(heading), \(message), \(url)::text, \(button)::text, \(language),
    \(category)::bigint, \(utm.source)::text, \(utm.medium)::text, \(utm.campaign)::text,
    \(utm.content)::text, \(publishUp)::timestamptz, \(publishDown)::timestamptz, \(isPublished)
    """
  }

  /// Applies an input to the values that there are; the category is checked by the store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new notification.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: `InvalidInput`.
  package init(
    _ input: PushNotificationInput, before: PushNotificationValues?, replacing: Bool
  ) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? PushNotificationValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    if kept == nil || input.heading != nil {
      heading = try ChannelText.required(input.heading, "heading")
    }
    if kept == nil || input.message != nil {
      message = try ChannelText.required(input.message, "message")
    }
    if let text = input.url { url = try RecordText.optional(text, "url", limit: 2_000) }
    if let text = input.button { button = try RecordText.optional(text, "button") }
    if let text = input.language { language = try ChannelText.language(text) }
    category = input.category ?? category
    if let given = input.utm { try utm.set(given) }
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    isPublished = input.isPublished ?? isPublished
    try checkWindow("the notification")
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("heading", .string(heading)), ("message", .string(message)),
      ("url", JSONValue(url)), ("button", JSONValue(button)), ("language", .string(language)),
      ("category", JSONValue(category)), ("utmSource", JSONValue(utm.source)),
      ("utmMedium", JSONValue(utm.medium)), ("utmCampaign", JSONValue(utm.campaign)),
      ("utmContent", JSONValue(utm.content)), ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)), ("isPublished", .boolean(isPublished)),
    ]
  }
}
