import Foundation
import Postgres

/// Reads families of e-mails.
extension EmailFamily {
  /// Returns the family of an e-mail; nil if there is no such e-mail.
  static func read(
    _ email: Int64, now: Date, on connection: PostgresConnection
  ) async throws -> EmailFamily? {
    let rows = try await connection.query(
      """
      SELECT e.id, e.family_id, e.category_id, e.language, e.translation_parent_id,
        e.variant_parent_id, e.variant_weight, e.variant_chosen_count, e.email_type,
        \(sql: isOpen("e", now: now)) AS is_open
      FROM emails e
      WHERE e.family_id = (SELECT family_id FROM emails WHERE id = \(email)) ORDER BY e.id
      """)
    var requested: (Version, PostgresRow)?
    var versions: [Version] = []
    for row in rows {
      let isVariant = try row.decode("variant_parent_id", as: Int64?.self) != nil
      let version = Version(
        id: try row.decode("id"), language: try row.decode("language"),
        isTranslation: try row.decode("translation_parent_id", as: Int64?.self) != nil,
        weight: isVariant ? try row.decode("variant_weight", as: Int?.self) ?? 0 : nil,
        chosen: try row.decode("variant_chosen_count"), isPublished: try row.decode("is_open"))
      if version.isPublished { versions.append(version) }
      if version.id == email { requested = (version, row) }
    }
    guard let (version, row) = requested else { return nil }
    return EmailFamily(
      id: try row.decode("family_id"), category: try row.decode("category_id"), requested: version,
      versions: versions, isPublished: version.isPublished,
      isList: try row.decode("email_type", as: String.self) == "list")
  }
}
