import Fields
import Postgres

/// Reads the values of tokens.
enum TokenStore {
  /// Returns the values of contacts, and of their primary companies where a contact has none (EML-202).
  ///
  /// - Parameters:
  ///   - names: Aliases of fields, `ipAddress`, and dates; others have no value.
  ///   - shared: The values that all contacts have, such as dates.
  static func read(
    _ contacts: [Int64], names: Set<String>, shared: [String: String] = [:], fields: FieldStore,
    on connection: PostgresConnection
  ) async throws -> [Int64: [String: String]] {
    guard !names.isEmpty, !contacts.isEmpty else { return [:] }
    let names = names.subtracting(shared.keys)
    let all = try await fields.current(on: connection).all
    var columns: [(name: String, sql: SQL)] = []
    for name in names.sorted() {
      if name == "ipAddress" {
        columns.append(
          (
            name,
            """
            (SELECT host(ip.address) FROM contact_ips i JOIN ip_addresses ip ON ip.id = i.ip_id
              WHERE i.contact_id = c.id ORDER BY i.date_added DESC, i.ip_id DESC LIMIT 1)
            """
          ))
      } else if name == "id" {
        columns.append((name, "c.id::text"))
      } else if let field = all.first(where: { $0.alias == name }) {
        let table: SQL = field.object == .contact ? "c" : "co"
        let column: SQL = "\(sql: table).\(identifier: field.column)"
        let text: SQL =
          field.columnType == "text[]"
          ? "array_to_string(\(sql: column), '|')" : "\(sql: column)::text"
        columns.append((name, text))
      }
    }
    guard !columns.isEmpty else {
      return shared.isEmpty
        ? [:] : Dictionary(contacts.map { ($0, shared) }, uniquingKeysWith: { first, _ in first })
    }
    let rows = try await connection.query(
      """
      SELECT c.id, ARRAY[\(sql: columns.map(\.sql).joined(separator: ", "))]
      FROM contacts c
        LEFT JOIN contact_companies cc ON cc.contact_id = c.id AND cc.is_primary
        LEFT JOIN companies co ON co.id = cc.company_id
      WHERE c.id = ANY (\(contacts))
      """)
    var values: [Int64: [String: String]] = [:]
    for row in rows {
      let texts: [String?] = try row.decode(at: 1)
      var known = shared
      for (column, text) in zip(columns, texts) { known[column.name] = text }
      values[try row.decode(at: 0)] = known
    }
    return values
  }
}
