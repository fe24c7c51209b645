package import Fields
package import Postgres

/// Reads what contents of web pages say of their visitors.
package enum WebContentStore {
  /// Returns the values of fields of a contact and its primary company as texts, by alias; empty ones are left out.
  package static func values(
    of contact: Int64, _ aliases: [String], fields: FieldSet, on connection: PostgresConnection
  ) async throws -> [String: String] {
    guard !aliases.isEmpty else { return [:] }
    let profile = ProfileColumns(aliases: aliases, usesOwner: false, fields: fields)
    let rows = try await connection.query(
      """
      SELECT \(sql: profile.columns) FROM contacts c \(sql: profile.joins) WHERE c.id = \(contact)
      """)
    return try rows.first.map { try ProfileColumns.person($0, aliases: aliases).fields } ?? [:]
  }
}
