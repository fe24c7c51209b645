import Postgres
import TestSupport
import Testing

@Suite struct CancellationTests {
  @Test func cancellingTheTaskCancelsTheStatement() async throws {
    try await TestDatabase.with(maximumConnections: 2) { database in
      let pool = database.pool
      let task = Task { try await pool.query("SELECT pg_sleep(3600)") }
      #expect(
        try await eventually {
          try await pool.query(
            "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()"
          ).count == 1
        })
      task.cancel()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(pool.statistics.open == 2, "the session survives")
      // It hits no later statement.
      for _ in 0..<50 { try await pool.query("SELECT 1") }
    }
  }

  @Test func aCancelledTransactionIsRolledBack() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (id bigint)")
      let inside = Locked(false)
      let task = Task {
        try await pool.transaction { connection in
          try await connection.query("INSERT INTO t VALUES (1)")
          inside.withLock { $0 = true }
          try await connection.query("SELECT pg_sleep(60)")
        }
      }
      #expect(await eventually { inside.withLock { $0 } })
      task.cancel()
      await #expect(throws: (any Error).self) { try await task.value }
      #expect(try await pool.query("SELECT FROM t").isEmpty)
      #expect(await eventually { pool.statistics.idle == pool.statistics.open })
    }
  }

  @Test func aCancelledTaskStartsNothing() async throws {
    try await TestDatabase.with { database in
      let pool = database.pool
      try await pool.query("SELECT 1")
      let before = pool.statementsSent
      let task = Task {
        #expect(await eventually { Task.isCancelled })
        return try await pool.query("SELECT 1")
      }
      task.cancel()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(pool.statementsSent == before)
    }
  }

  @Test func cancellingInAStormOfStatementsHurtsNoOther() async throws {
    try await TestDatabase.with(maximumConnections: 4) { database in
      let pool = database.pool
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<60 {
          group.addTask {
            let victim = Task { try await pool.query("SELECT pg_sleep(0.001)") }
            if number % 2 == 0 { victim.cancel() }
            do {
              _ = try await victim.value
            } catch let error as PostgresError {
              #expect(error.code == .cancelled && number % 2 == 0)
            }
            let rows = try await pool.query("SELECT \(number)")
            #expect(try rows[0].decode(at: 0, as: Int.self) == number)
          }
        }
        try await group.waitForAll()
      }
      #expect(pool.statistics.idle == pool.statistics.open)
    }
  }
}
