import Contacts
import Foundation
import Postgres

/// A column of contacts that a request may ask about, and how its values compare.
struct ContactColumn: Sendable {
  /// How texts of a request become values of the column.
  enum Kind: Sendable {
    case integer, number, boolean, instant, day, time, text, list
  }

  let name: String
  let kind: Kind

  /// The columns of the record that are no fields.
  private static let attributes: [String: Kind] = [
    "id": .integer, "is_published": .boolean, "owner_id": .integer, "stage_id": .integer,
    "points": .integer, "color": .text, "date_added": .instant, "date_modified": .instant,
    "date_identified": .instant, "last_active": .instant, "created_by": .integer,
    "created_by_user": .text, "modified_by": .integer, "modified_by_user": .text,
    "preferred_profile_image": .text,
  ]

  /// The column that a name means: snake or camel case, with or without a table prefix, an attribute
  /// of the record or the alias of a published field. Nil for an unknown one.
  init?(_ name: String, fields: FieldSet) {
    guard let column = ContactOrder.column(named: name, fields: fields) else { return nil }
    if let kind = Self.attributes[column] {
      self.kind = kind
    } else if let field = fields[column] {
      kind = Self.kind(of: field.type)
    } else {
      return nil
    }
    self.name = column
  }

  private static func kind(of type: FieldType) -> Kind {
    switch type {
    case .number: .number
    case .boolean: .boolean
    case .datetime: .instant
    case .date: .day
    case .time: .time
    case .multiselect: .list
    default: .text
    }
  }

  /// The column in SQL.
  var sql: SQL { "\(identifier: name)" }

  /// The column as text, for patterns.
  var asText: SQL {
    switch kind {
    case .text: sql
    case .list: "array_to_string(\(sql: sql), '|')"
    default: "(\(sql: sql))::text"
    }
  }

  /// The column as it is compared: text without regard to ASCII case, as its index has it.
  var comparable: SQL {
    switch kind {
    case .text: "lower(\(sql: sql) COLLATE \"C\")"
    case .list: "array_to_string(\(sql: sql), '|')"
    default: sql
    }
  }

  /// A value in SQL, to compare `comparable` with.
  ///
  /// - Throws: `APIError` 400 for a text that is no value of the column.
  func value(_ text: String) throws(APIError) -> SQL {
    switch kind {
    case .text: return "\(IdentityKey.of(text))"
    case .list: return "\(text)"
    case .integer, .number:
      guard let number = Double(text.trimmingBlanks), number.isFinite else { throw refusal(text) }
      return "\(number)::double precision"
    case .boolean:
      guard let truth = JSONValue.string(text).truth else { throw refusal(text) }
      return "\(truth)"
    case .instant:
      guard let date = WireDate.parse(text.trimmingBlanks) else { throw refusal(text) }
      return "\(date)::timestamptz"
    case .day:
      guard let date = WireDate.parse(text.trimmingBlanks) else { throw refusal(text) }
      return "\(String(WireDate.format(date).prefix(10)))::text::date"
    case .time:
      guard WireDate.parse("2000-01-01 " + text.trimmingBlanks) != nil else { throw refusal(text) }
      return "\(text.trimmingBlanks)::text::time"
    }
  }

  private func refusal(_ text: String) -> APIError {
    .badRequest("\(name): \"\(text.prefix(100))\" is no value of this column.")
  }
}
