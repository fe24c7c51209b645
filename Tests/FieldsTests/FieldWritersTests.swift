import Fields
import Foundation
import Postgres
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
      // A build without locks waits for older snapshots at its end: it is under way for as long as this one is held.
      let (held, releasing) = AsyncStream<Void>.makeStream()
      let (opened, opening) = AsyncStream<Void>.makeStream()
      let holder = Task {
        try await pool.transaction(isolation: .repeatableRead) { connection in
          try await connection.query("SELECT FROM users")
          opening.finish()
          for await _ in held {}
        }
      }
      for await _ in opened {}
      let changing = Task {
        var new = NewField(label: "Customer No")
        new.isUniqueIdentifier = true
        new.isIndex = true
        let field = try await store.create(new, by: .system, now: testNow)
        var edit = FieldEdit()
        edit.isUniqueIdentifier = false
        _ = try await store.update(field.id, edit, by: .system, now: testNow)
        try await store.delete(field.id, by: .system, now: testNow)
        return field
      }
      let isBuilding = try await eventually { try await !Self.builds(pool).isEmpty }
      let builds = try await Self.builds(pool)
      for id in 1...10 {
        try await pool.query("UPDATE contacts SET city = 'x' WHERE id = \(id)")
      }
      #expect(isBuilding)
      #expect(try await Self.builds(pool) == builds, "the writes began and ended during one build")
      releasing.finish()
      try await holder.value
      let field = try await changing.value
      #expect(field.isUniqueIdentifier && field.isIndex)
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
