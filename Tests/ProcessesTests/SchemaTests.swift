import Primitives
import Processes
import TestSupport
import Testing

/// The schema of all modules together.
@Suite struct SchemaTests {
  /// A database refuses a migration whose text was changed after it was applied. A new migration, at the end of its
  /// module's, changes this digest; nothing else may.
  @Test func migrationsAreUnchanged() throws {
    let lines = try Schema.all.map { "\($0.name) \(try sha256($0.sql))\n" }
    #expect(lines.count == 104)
    let digest = try sha256(lines.joined())
    #expect(digest == "d20ca4f9952298637fcc1878930e763f7521c66586ce4d3bdda6a7a11bf18927")
  }

  private func sha256(_ text: String) throws -> String {
    let digest = try #require(Digest(.sha256))
    digest.update(Array(text.utf8))
    return digest.finish()
  }

  /// CON-10: a table keyed by contact must be listed in `contact_children`, or a deletion would leave its rows behind.
  /// A campaign's rows of a contact go with the membership, by a trigger.
  @Test("CON-10: a deletion takes along every table that is keyed by contact")
  func aDeletionKnowsEveryTableOfContacts() async throws {
    try await TestDatabase.with(migrations: Schema.all) { database in
      let forgotten = try await database.pool.query(
        """
        SELECT c.table_name::text
        FROM information_schema.columns c JOIN information_schema.tables t
          USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
          AND c.column_name = 'contact_id'
          AND c.table_name NOT IN (SELECT table_name FROM contact_children)
        ORDER BY 1
        """
      ).map { try $0.decode(at: 0, as: String.self) }
      #expect(forgotten == ["campaign_history", "campaign_log"])
    }
  }
}
