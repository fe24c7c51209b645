import Fields
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing
import Users

/// contacts.md 2 (c): administering a field neither rewrites the table of contacts nor blocks its
/// writers.
@Suite struct FieldWritersTests {
  @Test(
    "Writers proceed while fields are created, indexed, made unique, and deleted; the table is not rewritten"
  )
  func doesNotBlockWriters() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let store = FieldStore(pool: pool)
      try await pool.query(
        """
        INSERT INTO contacts (date_added, email)
        SELECT \(testNow), n || '@example.com' FROM generate_series(1, 50000) AS n
        """)
      let file = try await Self.file(pool)
      let isDone = Mutex(false)
      let writing = Task {
        var (count, inside) = (0, 0)
        while !isDone.withLock({ $0 }) {
          let number = count
          let before = try await Self.builds(pool)
          try await pool.query("UPDATE contacts SET city = 'x' WHERE id = \(1 + number % 50000)")
          if !before.isEmpty, try await Self.builds(pool) == before { inside += 1 }
          count += 1
        }
        return (count, inside)
      }
      var new = NewField(label: "Customer No")
      new.isUniqueIdentifier = true
      new.isIndex = true
      let field = try await store.create(new, by: .system, now: testNow)
      #expect(field.isUniqueIdentifier && field.isIndex)
      var edit = FieldEdit()
      edit.isUniqueIdentifier = false
      _ = try await store.update(field.id, edit, by: .system, now: testNow)
      try await store.delete(field.id, by: .system, now: testNow)
      isDone.withLock { $0 = true }
      let (count, inside) = try await writing.value
      // Some writes began and ended during the build of one index.
      #expect(inside > 0, "\(count) writes")
      #expect(try await Self.file(pool) == file)
    }
  }

  /// Returns the indexes that are being built.
  private static func builds(_ pool: PostgresPool) async throws -> [Int64] {
    try await pool.query(
      """
      SELECT index_relid::bigint FROM pg_stat_progress_create_index
      WHERE datname = current_database() AND index_relid <> 0 ORDER BY 1
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the file of the table; a rewritten table has another.
  private static func file(_ pool: PostgresPool) async throws -> String? {
    try await pool.query("SELECT pg_relation_filepath('contacts')").first?.decode(at: 0)
  }
}
