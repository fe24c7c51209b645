import TestSupport
import Testing

@testable import Postgres

@Suite struct MigratorTests {
  private let first = Migration(
    "a.001-table", "CREATE TABLE a (id bigint); INSERT INTO a VALUES (1);")
  private let second = Migration(
    "a.002-index",
    """
    -- Two statements; none can be in a transaction.
    CREATE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);
    CREATE INDEX CONCURRENTLY IF NOT EXISTS a_id2 ON a ((id + 1));
    """, transactional: false)
  private let other = Migration("b.001-table", "CREATE TABLE b ();")

  @Test func appliesWhatIsMissingInOrder() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      #expect(try await Migrator([first]).status(on: pool).map(\.appliedAt) == [nil])
      #expect(try await Migrator([first, other]).run(on: pool) == ["a.001-table", "b.001-table"])
      let grown = Migrator([first, second, other])
      #expect(try await grown.run(on: pool) == ["a.002-index"], "other modules do not matter")
      #expect(try await grown.run(on: pool) == [])
      let status = try await Migrator([other]).status(on: pool)
      #expect(status.map(\.name) == ["b.001-table", "a.001-table", "a.002-index"])
      #expect(status.map(\.isKnown) == [true, false, false])
      #expect(try await Migrator([first]).run(on: pool) == [], "an older program is content")
    }
  }

  @Test func manyAtOnceDoTheWorkOnce() async throws {
    try await TestDatabase.with(maximumConnections: 8) { database in
      let pool = database.pool
      let migrations = [first, second, other]
      let applied = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<8 {
          group.addTask { try await Migrator(migrations).run(on: pool).count }
        }
        return try await group.reduce(0, +)
      }
      #expect(applied == 3)
      #expect(try await pool.query("SELECT FROM a").count == 1)
    }
  }

  @Test func refusesAChangedHistory() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      let third = Migration("a.003-more", "CREATE TABLE c ()")
      try await Migrator([first, third]).run(on: pool)
      for migrations in [
        [Migration(first.name, first.sql + " "), third],
        [first, second, third],
        [first, first],
      ] {
        let error = await #expect(throws: PostgresError.self) {
          try await Migrator(migrations).run(on: pool)
        }
        #expect(error?.code == .migration)
      }
      #expect(try await Migrator([first, third]).run(on: pool) == [])
    }
  }

  @Test func aFailureLeavesNothingOfItsMigration() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      let broken = Migration("a.002-broken", "CREATE TABLE z (); SELECT nonsense;")
      let error = await #expect(throws: PostgresError.self) {
        try await Migrator([first, broken]).run(on: pool)
      }
      #expect(error?.message.contains("a.002-broken") == true)
      let rows = try await pool.query(
        "SELECT to_regclass('a') IS NOT NULL, to_regclass('z') IS NULL, (SELECT count(*) FROM schema_migrations)"
      )
      let (a, z, count) = try rows[0].decode(Bool.self, Bool.self, Int.self)
      #expect(a && z && count == 1)
      let mended = Migration("a.002-broken", "CREATE TABLE z ();")
      #expect(try await Migrator([first, mended]).run(on: pool) == ["a.002-broken"])
    }
  }

  @Test func scriptsAreSplitAtTheirOwnSemicolonsOnly() {
    let script = #"""
      -- comment; with semicolon
      CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $f$ SELECT 'a;b'; $f$;
      SELECT 'it''s; fine', E'esc\'; aped', "odd;name" /* nested /* ; */ ; */;;
      SELECT $1, a$b;
      DO $$ BEGIN PERFORM 1; END $$ ;
      -- only a comment
      """#
    let statements = SQLScript.statements(in: script)
    #expect(statements.count == 4)
    #expect(statements[0].hasSuffix("$f$"))
    #expect(statements[1].hasPrefix("SELECT 'it''s; fine'"))
    #expect(statements[2] == "SELECT $1, a$b")
    #expect(statements[3] == "DO $$ BEGIN PERFORM 1; END $$")
    #expect(SQLScript.statements(in: " ; ;-- x").isEmpty)
  }

  @Test(arguments: seeds) func splittingLosesNothing(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "'", "\"", "$$", "$x$", ";", "--", "\n", "/*", "*/", "a", " ", "\\", "E'", "é", "$",
    ]
    for _ in 0..<5000 {
      let script = random.array(upTo: 14) { pieces[Int.random(in: 0..<pieces.count, using: &$0)] }
        .joined()
      let joined = SQLScript.statements(in: script).joined(separator: ";")
      let kept = joined.unicodeScalars.filter { $0 != ";" && !$0.properties.isWhitespace }.count
      #expect(kept <= script.unicodeScalars.count, "seed \(seed)")
    }
  }
}
