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

  init(_ name: String, _ kind: Kind, _ plain: SQL, json: SQL? = nil) {
    self.name = name
    self.kind = kind
    self.plain = plain
    self.json = json ?? plain
  }

  /// Creates the column of a field. The session writes dates as ISO and instants in UTC.
  init(_ field: Field) {
    let column: SQL = "contacts.\(identifier: field.column)"
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
  fileprivate static func seconds(_ column: SQL) -> SQL {
    "date_trunc('second', \(sql: column)::timestamp)"
  }
}

/// The exportable attributes of a contact that are not fields, under the names that imports use
/// (import-export.md 6).
enum ExportAttribute: String, CaseIterable {
  case id, stage, tags, owner, ip, doNotEmail, dateAdded, dateModified, dateIdentified

  var column: ExportColumn {
    switch self {
    case .id: ExportColumn("id", .number, "contacts.id")
    case .stage:
      ExportColumn(
        "stage", .text, "(SELECT s.name FROM stages s WHERE s.id = contacts.stage_id)")
    case .owner:
      ExportColumn(
        "owner", .text, "(SELECT u.username FROM users u WHERE u.id = contacts.owner_id)")
    case .tags:
      ExportColumn(
        "tags", .list,
        "(SELECT string_agg(t.tag, '|' ORDER BY t.tag COLLATE \"C\") \(sql: Self.theirTags))",
        json: "(SELECT json_agg(t.tag ORDER BY t.tag COLLATE \"C\") \(sql: Self.theirTags))")
    case .ip:
      ExportColumn(
        "ip", .text,
        "(SELECT string_agg(host(i.address), ',' ORDER BY i.address) \(sql: Self.theirAddresses))"
      )
    case .doNotEmail:
      ExportColumn(
        "doNotEmail", .boolean, "(\(sql: Self.isBarred))::integer", json: Self.isBarred)
    case .dateAdded: Self.instant("dateAdded", "contacts.date_added")
    case .dateModified: Self.instant("dateModified", "contacts.date_modified")
    case .dateIdentified: Self.instant("dateIdentified", "contacts.date_identified")
    }
  }

  private static func instant(_ name: String, _ column: SQL) -> ExportColumn {
    ExportColumn(name, .instant, ExportColumn.seconds(column))
  }

  private static let theirTags: SQL = """
    FROM contact_tags l JOIN tags t ON t.id = l.tag_id WHERE l.contact_id = contacts.id
    """
  private static let theirAddresses: SQL = """
    FROM contact_ips l JOIN ip_addresses i ON i.id = l.ip_id WHERE l.contact_id = contacts.id
    """
  private static let isBarred: SQL = """
    EXISTS (SELECT FROM do_not_contact d
      WHERE d.contact_id = contacts.id AND d.channel = 'email')
    """
}
