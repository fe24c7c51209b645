import Fields
import Postgres

/// Reads the contact.
extension SingleRecipient {
  func profile(
    _ contact: Int64, _ template: Template, _ fields: FieldSet
  ) async throws -> RecipientProfile? {
    let reader = ProfileColumns(
      aliases: template.fields, usesOwner: template.usesOwner, fields: fields)
    let rows = try await pool.query(
      """
      SELECT \(sql: reader.columns) FROM contacts c \(sql: reader.joins) WHERE c.id = \(contact)
      """)
    return try rows.first.map { try ProfileColumns.person($0, aliases: template.fields) }
  }
}
