package import Contacts
import Foundation
package import Postgres
package import Primitives

extension SMSValues: RecordValues {
  package static let columns: SQL = """
    name, message, language, category_id, publish_up, publish_down, is_published
    """

  package init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    message = try row.decode("message")
    language = try row.decode("language")
    category = try row.decode("category_id")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    """
    \(name), \(message), \(language), \(category)::bigint, \(publishUp)::timestamptz,
    \(publishDown)::timestamptz, \(isPublished)
    """
  }

  /// Applies an input to the values that there are; the category is checked by the store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new text.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: `InvalidInput`.
  package init(_ input: SMSInput, before: SMSValues?, replacing: Bool) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? SMSValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    if kept == nil || input.message != nil {
      message = try ChannelText.required(input.message, "message")
    }
    if let text = input.language { language = try ChannelText.language(text) }
    category = input.category ?? category
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    isPublished = input.isPublished ?? isPublished
    try checkWindow("the text")
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("message", .string(message)), ("language", .string(language)),
      ("category", JSONValue(category)), ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)), ("isPublished", .boolean(isPublished)),
    ]
  }
}
