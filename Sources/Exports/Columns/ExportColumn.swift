import Fields
import Postgres

/// A column of a file: its heading and the source of its values (EXP-09, EXP-10).
struct ExportColumn: Sendable {
  /// The kind of values, which decides how a cell or a member is written.
  enum Kind: Sendable {
    case text
    case number
    case boolean
    case date
    case instant
    /// Several texts: joined with `|`, or an array in JSON.
    case list
  }

  let name: String
  let kind: Kind
  /// The value for CSV and Excel, as an expression on the row `contacts`.
  let plain: SQL
  /// The value for JSON: typed, or text to be quoted.
  let json: SQL
  /// The value with the zone of an instant, for readers with another default zone.
  var zoned: SQL { kind == .instant ? "(\(sql: plain))::text || '+00:00'" : plain }

  init(_ name: String, _ kind: Kind, _ plain: SQL, json: SQL? = nil) {
    self.name = name
    self.kind = kind
    self.plain = plain
    self.json = json ?? plain
  }

  /// Creates the column of a field, of contacts or of the contact's primary company. The session writes dates as ISO
  /// and instants in UTC.
  init(_ field: Field) {
    let column: SQL =
      field.object == .contact
      ? "contacts.\(identifier: field.column)"
      : ExportAttribute.ofPrimaryCompany(field.column)
    switch field.type {
    case .number: self.init(field.alias, .number, column)
    case .boolean: self.init(field.alias, .boolean, "\(sql: column)::integer", json: column)
    case .date: self.init(field.alias, .date, column)
    case .datetime: self.init(field.alias, .instant, Self.seconds(column))
    case .multiselect:
      self.init(
        field.alias, .list, "array_to_string(\(sql: column), '|')",
        json: "array_to_json(\(sql: column))")
    case .text, .textarea, .html, .email, .tel, .url, .time, .select, .lookup, .country, .region,
      .timezone, .locale:
      self.init(field.alias, .text, column)
    }
  }

  /// Returns an instant without its fraction, as `YYYY-MM-DD HH:MM:SS` in the session's time zone.
  static func seconds(_ column: SQL) -> SQL {
    "date_trunc('second', \(sql: column)::timestamp)"
  }
}
