import Postgres
import TestSupport
import Testing

/// An actor of the program's may use its own state in the closures it gives.
private actor Tally {
  private let pool: PostgresPool
  private(set) var rows = 0
  private(set) var bytes = 0

  init(_ pool: PostgresPool) { self.pool = pool }

  func count() async throws {
    try await pool.transaction { connection in
      rows += try await connection.query("SELECT generate_series(1, 10)").count
      try await connection.copyOut("COPY (SELECT 'four') TO STDOUT") { bytes += $0.count }
      try await connection.copyIn("COPY t FROM STDIN") { writer in
        try await writer.write(row: ["\(rows)"])
      }
    }
  }
}

@Suite struct IsolationTests {
  @Test func actorsUseTheirStateInClosures() async throws {
    try await TestDatabase.with { database in
      try await database.pool.query("CREATE TABLE t (a text)")
      let tally = Tally(database.pool)
      try await tally.count()
      #expect(await tally.rows == 10)
      #expect(await tally.bytes == 5)
      let stored = try await database.pool.query("SELECT a FROM t")
      #expect(try stored[0].decode("a", as: String.self) == "10")
    }
  }

  @MainActor @Test func soDoesTheMainActor() async throws {
    var rows = 0
    let database = try await TestDatabase.make()
    try await database.pool.withConnection { connection in
      rows = try await connection.query("SELECT 1").count
      try await connection.copyOut("COPY (SELECT 1) TO STDOUT") { rows += $0.count }
    }
    #expect(rows == 3)
    try await database.drop()
  }
}
