import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

/// The display names of contacts.
@Suite struct DisplayNameTests {
  @Test(
    "CON-04, CON-05, CON-10: names, company, e-mail, social value, first address; the log keeps it")
  func names() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.withConnection { connection in
        try await connection.execute(
          script: """
            INSERT INTO contacts (firstname, lastname, company, email, twitter, date_added) VALUES
              ('Ada', 'Lovelace', 'Acme', 'ada@x.test', '@ada', '2024-01-01Z'),
              (NULL, 'Byron', 'Acme', 'b@x.test', NULL, '2024-01-01Z'),
              (NULL, NULL, 'Acme', 'c@x.test', '@c', '2024-01-01Z'),
              (NULL, NULL, NULL, 'd@x.test', '@d', '2024-01-01Z'),
              (NULL, NULL, NULL, NULL, '@e', '2024-01-01Z'),
              (NULL, NULL, NULL, NULL, NULL, '2024-01-01Z'),
              (NULL, NULL, NULL, NULL, NULL, '2024-01-01Z');
            INSERT INTO ip_addresses (address, date_added)
              VALUES ('203.0.113.9', '2024-01-01Z'), ('2001:db8::1', '2024-01-01Z');
            INSERT INTO contact_ips VALUES (6, 1, '2024-01-03Z'), (6, 2, '2024-01-02Z');
            """)
      }
      let fields = FieldStore(pool: pool)
      let names = [
        "Ada Lovelace", "Byron", "Acme", "d@x.test", "@e", "2001:db8::1", "Anonymous",
      ]
      let definitions = try await fields.current()
      try await TransactionRunner(pool).transaction(at: testNow) { transaction in
        try await ContactDeletion.delete(
          Array(1...7), fields: definitions, by: .system, in: transaction)
      }
      let kept: [String] = try await pool.query(
        "SELECT details ->> 'name' FROM audit_log ORDER BY object_id"
      ).map { try $0.decode(at: 0) }
      #expect(kept == names)
    }
  }
}
