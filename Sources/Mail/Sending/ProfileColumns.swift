import Fields
import Postgres

/// Reads the contact data that messages need in one statement: fields as text, including those of the primary
/// company, and the owner. The contact's row is `c`.
struct ProfileColumns {
  let aliases: [String]
  let usesOwner: Bool
  let fields: FieldSet

  /// The columns, whose names are unique.
  var columns: SQL {
    var values: [SQL] = []
    for alias in aliases { values.append(column(alias) ?? "NULL::text") }
    return """
      c.id AS person_id, c.email AS person_email, c.firstname AS person_first,
        c.lastname AS person_last, \(sql: owner),
        ARRAY[\(sql: values.joined(separator: ", "))]::text[] AS person_values
      """
  }

  private var owner: SQL {
    usesOwner
      ? """
      u.id AS owner_id, u.first_name AS owner_first, u.last_name AS owner_last,
        u.email AS owner_email, u.position AS owner_position, u.signature AS owner_signature
      """
      : "NULL::bigint AS owner_id"
  }

  /// The joins of the columns with the contact.
  var joins: SQL {
    var sql: SQL = usesOwner ? "LEFT JOIN users u ON u.id = c.owner_id" : ""
    if aliases.contains(where: { fields[$0]?.object == .company }) {
      sql += """

        LEFT JOIN LATERAL (SELECT k.* FROM contact_companies cc JOIN companies k ON k.id = cc.company_id
          WHERE cc.contact_id = c.id AND cc.is_primary LIMIT 1) AS company ON true
        """
    }
    return sql
  }

  /// Returns a field's value as text; nil for an unknown alias (EML-202).
  private func column(_ alias: String) -> SQL? {
    switch alias {
    case "id": return "c.id::text"
    case "points": return "c.points::text"
    default: break
    }
    guard let field = fields[alias], field.isPublished else { return nil }
    let table: SQL = field.object == .contact ? "c" : "company"
    let value: SQL = "\(sql: table).\(identifier: field.column)"
    switch field.type {
    case .datetime:
      return "to_char(\(sql: value) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    case .date:
      // The standard field for a day is stored as an instant.
      return field.columnType == "timestamptz"
        ? "to_char(\(sql: value) AT TIME ZONE 'UTC', 'YYYY-MM-DD')" : "\(sql: value)::text"
    case .time: return "to_char(\(sql: value), 'HH24:MI')"
    case .boolean: return "CASE WHEN \(sql: value) THEN 'Yes' WHEN NOT \(sql: value) THEN 'No' END"
    case .multiselect: return "array_to_string(\(sql: value), ', ')"
    default: return "\(sql: value)::text"
    }
  }

  /// Returns the recipient of a row.
  static func person(_ row: PostgresRow, aliases: [String]) throws -> RecipientProfile {
    let first: String? = try row.decode("person_first")
    let last: String? = try row.decode("person_last")
    var person = RecipientProfile(
      contact: try row.decode("person_id"),
      address: try row.decode("person_email", as: String?.self) ?? "",
      name: [first, last].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " "))
    let values: [String?] = try row.decode("person_values")
    for (alias, value) in zip(aliases, values) {
      if let value, !value.isEmpty { person.fields[alias] = value }
    }
    if try row.decode("owner_id", as: Int64?.self) != nil {
      person.owner = MailOwner(
        firstName: try row.decode("owner_first"), lastName: try row.decode("owner_last"),
        email: try row.decode("owner_email", as: String?.self) ?? "",
        position: try row.decode("owner_position", as: String?.self) ?? "",
        signature: try row.decode("owner_signature", as: String?.self) ?? "")
    }
    return person
  }
}
