import Contacts
import Foundation
package import Postgres
package import Primitives

extension FocusValues: RecordValues {
  package static let columns: SQL = """
    name, description, category_id, kind, style, website, publish_up, publish_down, properties,
    utm_source, utm_medium, utm_campaign, utm_content, form_id, mode, html, editor, is_published
    """

  package init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    description = try row.decode("description")
    category = try row.decode("category_id")
    kind = FocusKind(rawValue: try row.decode("kind")) ?? .notice
    style = FocusStyle(rawValue: try row.decode("style")) ?? .bar
    website = try row.decode("website")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    let stored: JSON = try row.decode("properties")
    properties = try stored.decode()
    utm.source = try row.decode("utm_source")
    utm.medium = try row.decode("utm_medium")
    utm.campaign = try row.decode("utm_campaign")
    utm.content = try row.decode("utm_content")
    form = try row.decode("form_id")
    mode = FocusMode(rawValue: try row.decode("mode")) ?? .basic
    html = try row.decode("html")
    editor = try row.decode("editor")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    get throws {
      """
      \(name), \(description)::text, \(category)::bigint, \(kind.rawValue), \(style.rawValue),
      \(website)::text, \(publishUp)::timestamptz, \(publishDown)::timestamptz,
      \(try JSON(properties)), \(utm.source)::text, \(utm.medium)::text, \(utm.campaign)::text,
      \(utm.content)::text, \(form)::bigint, \(mode.rawValue), \(html)::text, \(editor)::text,
      \(isPublished)
      """
    }
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("category", JSONValue(category)), ("type", .string(kind.rawValue)),
      ("style", .string(style.rawValue)), ("website", JSONValue(website)),
      ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)), ("properties", properties),
      ("form", JSONValue(form)), ("htmlMode", .string(mode.rawValue)),
      ("html", JSONValue(html)), ("editor", JSONValue(editor)),
      ("isPublished", .boolean(isPublished)),
    ]
  }
}
