import TestSupport
import Testing

@testable import Postgres

@Suite struct StatementCacheTests {
  private func key(_ text: String) -> StatementCache.Key { .init(text: text, types: []) }

  @Test func preparesWhatIsSeenTwice() {
    var cache = StatementCache(capacity: 4, stem: "m")
    #expect(cache.plan(for: key("a")) == .once)
    #expect(cache.plan(for: key("a")) == .prepare(name: "m1"))
    cache.prepared(key("a"), name: "m1")
    #expect(cache.plan(for: key("a")) == .run(name: "m1"))
    #expect(cache.plan(for: .init(text: "a", types: [20])) == .once, "other types, other statement")
  }

  @Test func theLongestUnusedMakesRoom() {
    var cache = StatementCache(capacity: 2, stem: "m")
    for text in ["a", "b"] {
      _ = cache.plan(for: key(text))
      guard case .prepare(let name) = cache.plan(for: key(text)) else {
        Issue.record("not prepared")
        return
      }
      cache.prepared(key(text), name: name)
    }
    _ = cache.plan(for: key("a"))
    _ = cache.plan(for: key("c"))
    #expect(cache.takeForgotten() == ["m2"])
    #expect(cache.plan(for: key("a")) == .run(name: "m1"))
    #expect(cache.plan(for: key("b")) == .once)
  }

  @Test func whatLostItsPlaceWhileBeingPreparedIsDeallocated() {
    var cache = StatementCache(capacity: 1, stem: "m")
    _ = cache.plan(for: key("a"))
    #expect(cache.plan(for: key("a")) == .prepare(name: "m1"))
    _ = cache.plan(for: key("b"))
    cache.prepared(key("a"), name: "m1")
    #expect(cache.takeForgotten() == ["m1"])
  }

  @Test func theSessionHoldsNoMoreThanTheCache() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url, maximumConnections: 1)
      configuration.statementCacheSize = 8
      let pool = PostgresPool(configuration, logger: .silent)
      for round in 0..<6 {
        // More statements than fit, some of them in one round trip and twice in it.
        let statements = (0..<20).map { SQL(unsafeText: "SELECT \($0 % 15) + \(round / 2)") }
        _ = try await pool.pipeline(statements)
        for statement in statements { try await pool.query(statement) }
      }
      let rows = try await pool.query("SELECT count(*) FROM pg_prepared_statements")
      #expect(try rows[0].decode(at: 0, as: Int.self) <= 9)
      await pool.close()
    }
  }

  @Test func whatMakesRoomDoesNotComeBeforeTheIsolationOfATransaction() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url, maximumConnections: 1)
      configuration.statementCacheSize = 2
      let pool = PostgresPool(configuration, logger: .silent)
      for round in 0..<10 {
        // Prepared at its second sending, and pushed out by the next ones.
        for _ in 0..<2 { try await pool.query(SQL(unsafeText: "SELECT \(round)")) }
        let level: String = try await pool.transaction(isolation: .repeatableRead) { connection in
          try await connection.query("SHOW transaction_isolation")[0].decode(at: 0)
        }
        #expect(level == "repeatable read")
      }
      await pool.close()
    }
  }

  @Test func plansThatAMigrationMadeStaleAreMadeAnew() async throws {
    try await TestDatabase.with(maximumConnections: 1) { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (a bigint)")
      try await pool.query("INSERT INTO t VALUES (1)")
      for _ in 0..<3 { #expect(try await pool.query("SELECT * FROM t")[0].count == 1) }
      try await pool.query("ALTER TABLE t ADD b text DEFAULT 'x'")
      #expect(try await pool.query("SELECT * FROM t")[0].count == 2)

      // Inside a transaction the whole of it is run again.
      for _ in 0..<3 { try await pool.query("SELECT * FROM t") }
      try await pool.query("ALTER TABLE t ADD c text DEFAULT 'y'")
      var runs = 0
      let count = try await pool.transaction { connection in
        runs += 1
        return try await connection.query("SELECT * FROM t")[0].count
      }
      #expect(count == 3)
      #expect(runs == 2)

      // And the deferred statements go out with it again.
      for _ in 0..<3 { try await pool.query("SELECT * FROM t") }
      try await pool.query("ALTER TABLE t ADD d text")
      try await pool.withConnection { connection in
        await connection.sendWithNext("INSERT INTO t VALUES (2)")
        let rows = try await connection.query("SELECT * FROM t")
        #expect(rows.count == 2)
      }
    }
  }

  @Test func forgottenPlansAreMadeAnew() async throws {
    try await TestDatabase.with(maximumConnections: 1) { database in
      let pool = database.pool
      for _ in 0..<3 { try await pool.query("SELECT 1") }
      try await pool.withConnection { try await $0.execute(script: "DEALLOCATE ALL") }
      for _ in 0..<3 { #expect(try await pool.query("SELECT 1").count == 1) }
    }
  }
}
