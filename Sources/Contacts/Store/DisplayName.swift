import Fields
import Postgres

/// The name under which a contact is shown (CON-04, CON-05), computed by the database.
enum DisplayName {
  /// Returns the SQL expression of the name.
  ///
  /// - Parameters:
  ///   - alias: The alias of the table of contacts; a constant.
  ///   - fields: The field definitions.
  static func sql(of alias: StaticString, _ fields: FieldSet) -> SQL {
    let table: SQL = "\(literal: alias)"
    func text(_ name: String) -> SQL? {
      guard let field = fields[name], field.object == .contact, field.isPublished else {
        return nil
      }
      return "nullif(\(sql: table).\(identifier: field.column), '')"
    }
    var choices: [SQL] = []
    let names = ["firstname", "lastname"].compactMap(text)
    if !names.isEmpty {
      choices.append("nullif(concat_ws(' ', \(sql: names.joined(separator: ", "))), '')")
    }
    choices += ["company", "email"].compactMap(text)
    choices += fields.contact.filter { $0.group == .social && $0.type.isText }
      .compactMap { text($0.alias) }
    choices.append(
      """
      (SELECT host(ip.address) FROM contact_ips ci JOIN ip_addresses ip ON ip.id = ci.ip_id
        WHERE ci.contact_id = \(sql: table).id ORDER BY ci.date_added, ip.id LIMIT 1)
      """)
    choices.append("'Anonymous'")
    return "coalesce(\(sql: choices.joined(separator: ", ")))"
  }
}
