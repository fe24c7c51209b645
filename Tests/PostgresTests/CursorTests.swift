import Postgres
import TestSupport
import Testing

@Suite struct CursorTests {
  @Test func rowsComeInBatches() async throws {
    try await TestDatabase.with { database in
      var sizes: [Int] = []
      var sum = 0
      try await database.pool.transaction { connection in
        for _ in 0..<2 {
          try await connection.batches(
            of: "SELECT generate_series(1, \(2500)::integer)", size: 1000
          ) {
            sizes.append($0.count)
            for row in $0 { sum += try row.decode(at: 0, as: Int.self) }
            try await connection.query("SELECT 1")
          }
        }
      }
      #expect(sizes == [1000, 1000, 500, 1000, 1000, 500])
      #expect(sum == 2 * 2500 * 2501 / 2)
    }
  }

  @Test func aCursorNeedsATransaction() async throws {
    try await TestDatabase.with { database in
      let error = await #expect(throws: PostgresError.self) {
        try await database.pool.withConnection { connection in
          try await connection.batches(of: "SELECT 1") { _ in }
        }
      }
      #expect(error?.code == .usage)
    }
  }
}
