import TestSupport
import Testing

@testable import Postgres

@Suite("What a server says of itself")
struct ServerTests {
  @Test("Figures, tables and statements are those of the database in use")
  func figures() async throws {
    try await TestDatabase.with(maximumConnections: 3) { database in
      let pool = database.pool
      let server = PostgresServerStore(pool)
      try await pool.query("CREATE TABLE heaps AS SELECT n FROM generate_series(1, 1000) n")
      let figures = try await server.figures()
      #expect(figures.databaseBytes > 0 && figures.maximumConnections > 0)
      #expect(figures.connections.values.reduce(0, +) > 0)
      #expect(figures.transactionAge > 0)
      let heaps = try await server.tables(limit: 10).first { $0.name == "heaps" }
      #expect(heaps.map { $0.bytes > 8192 } == true)

      try await pool.withConnection { connection in
        try await connection.transaction { connection in
          try await connection.query("SELECT pg_sleep(0.05)")
          let slow = try await server.slowStatements(over: 0.03, limit: 10)
          #expect(slow.contains { $0.state == "idle in transaction" && !$0.isBlocked })
        }
      }
      _ = try await server.costliestStatements(limit: 5)
    }
  }
}
