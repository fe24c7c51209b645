import Postgres
import TestSupport
import Testing

@Suite struct SmokeTests {
  @Test func queriesAndTransactions() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (id bigint PRIMARY KEY, name text)")
      for i in 0..<5 { try await pool.query("INSERT INTO t VALUES (\(i), \("n\(i)"))") }
      let n = try await pool.transaction { c in
        try await c.query("INSERT INTO t VALUES (\(100), \(nil as String?))")
        let rows = try await c.query("SELECT * FROM t ORDER BY id")
        return rows.count
      }
      #expect(n == 6)
      let copied = try await pool.withConnection { c in
        try await c.copyIn("COPY t FROM STDIN") { w in
          for i in 1000..<200_000 { try await w.write(row: ["\(i)", "x\ty"]) }
        }
      }
      #expect(copied == 199_000)
      let rows = try await pool.query("SELECT count(*) FROM t")
      #expect(try rows[0].decode(at: 0, as: Int.self) == 199_006)
    }
  }
}
