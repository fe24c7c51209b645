import Contacts
import Foundation
import JobQueue
import Postgres
package import Users

extension EmailEditor {
  /// Declares a variant, or the parent itself, the winner (EML-153): its content becomes the parent's, and
  /// the variants are unpublished, so that workers send what they meet of them as the parent (EML-151).
  ///
  /// - Returns: The parent as it is now; nil where there is no such e-mail.
  /// - Throws: `InvalidInput` for an e-mail that has no part in a test; `PostgresError`.
  package func declareWinner(_ id: Int64, by author: Author) async throws -> Email? {
    let now = jobs.clock.now
    return try await jobs.transaction { connection, _ in
      let rows = try await connection.query(
        """
        SELECT id, coalesce(variant_parent_id, id) AS parent FROM emails WHERE family_id =
          (SELECT family_id FROM emails WHERE id = \(id)) ORDER BY id FOR NO KEY UPDATE
        """)
      var parent: Int64?
      for row in rows where try row.decode(at: 0, as: Int64.self) == id {
        parent = try row.decode(at: 1)
      }
      guard let parent else { return nil }
      let variants = try await connection.query(
        """
        UPDATE emails SET is_published = false, revision = revision + 1, date_modified = \(now)
        WHERE variant_parent_id = \(parent) RETURNING id
        """)
      guard !variants.isEmpty else {
        throw InvalidInput("id", "e-mail \(id) has no part in a test of variants")
      }
      try await connection.query(
        """
        UPDATE emails p SET subject = w.subject, preheader = w.preheader, html = w.html,
          plain_text = w.plain_text, from_name = w.from_name, from_address = w.from_address,
          reply_to = w.reply_to, dynamic_content = w.dynamic_content, revision = p.revision + 1,
          date_modified = \(now), modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        FROM emails w WHERE p.id = \(parent) AND w.id = \(id)
        """)
      try await AuditLog.write(
        [.init("winner", "email", parent, details: .object(["winner": .integer(id)]))],
        by: author, now: now, on: connection)
      return try await Self.read(parent, on: connection)
    }
  }
}
