import Processes
import TestSupport
import Testing

/// The schema of all modules together.
@Suite struct SchemaTests {
  /// CON-10: whoever adds a table keyed by contact lists it in `contact_children`, or a deletion would leave
  /// its rows behind. What a campaign knows of a contact goes with the membership, by a trigger.
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
