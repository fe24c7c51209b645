import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct TransactionTests {
  private struct Refusal: Error {}

  private func count(_ pool: PostgresPool) async throws -> Int {
    try await pool.query("SELECT count(*) FROM t")[0].decode(at: 0)
  }

  private func withTable<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
    try await TestDatabase.with { database in
      try await database.pool.query("CREATE TABLE t (id bigint PRIMARY KEY, n bigint DEFAULT 0)")
      return try await body(database.pool)
    }
  }

  @Test func commitsWhatReturnsAndRollsBackWhatThrows() async throws {
    try await withTable { pool in
      let answer = try await pool.transaction { connection in
        try await connection.query("INSERT INTO t VALUES (1)")
        return 42
      }
      #expect(answer == 42)
      await #expect(throws: Refusal.self) {
        try await pool.transaction { connection in
          try await connection.query("INSERT INTO t VALUES (2)")
          throw Refusal()
        }
      }
      #expect(try await count(pool) == 1)
      #expect(pool.statistics.idle == pool.statistics.open)
    }
  }

  @Test func beginCostsNoRoundTripAndAnEmptyTransactionNothing() async throws {
    try await withTable { pool in
      let before = pool.statementsSent
      try await pool.transaction { _ in }
      #expect(pool.statementsSent == before)
      try await pool.transaction { try await $0.query("SELECT 1") }
      #expect(pool.statementsSent == before + 3, "BEGIN and SELECT in one go, COMMIT in another")
    }
  }

  @Test func anErrorThatWasSwallowedStillFailsTheCommit() async throws {
    try await withTable { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { connection in
          try await connection.query("INSERT INTO t VALUES (1)")
          do {
            try await connection.query("INSERT INTO t VALUES (1)")
          } catch {}
        }
      }
      #expect(error?.sqlState == .uniqueViolation)
      let left = try await count(pool)
      #expect(left == 0)
    }
  }

  @Test func deferredStatementsGoWithTheNextOrWithCommit() async throws {
    try await withTable { pool in
      try await pool.transaction { connection in
        await connection.sendWithNext("INSERT INTO t VALUES (1)")
        await connection.sendWithNext("INSERT INTO t VALUES (\(2))")
        let rows = try await connection.query("SELECT count(*) FROM t")
        #expect(try rows[0].decode(at: 0, as: Int.self) == 2)
        await connection.sendWithNext("INSERT INTO t VALUES (3)")
      }
      #expect(try await count(pool) == 3)
      await #expect(throws: PostgresError.self) {
        try await pool.transaction { await $0.sendWithNext("INSERT INTO t VALUES (3)") }
      }
      try await pool.withConnection { await $0.sendWithNext("INSERT INTO t VALUES (4)") }
      #expect(try await count(pool) == 4)
    }
  }

  @Test func savepointsUndoTheirOwnPartAlone() async throws {
    try await withTable { pool in
      try await pool.transaction { connection in
        try await connection.query("INSERT INTO t VALUES (1)")
        await #expect(throws: PostgresError.self) {
          try await connection.savepoint { inner in
            try await inner.query("INSERT INTO t VALUES (2)")
            try await inner.query("INSERT INTO t VALUES (1)")
          }
        }
        await #expect(throws: Refusal.self) {
          try await connection.savepoint { _ in throw Refusal() }
        }
        await #expect(throws: PostgresError.self) {
          try await connection.savepoint { await $0.sendWithNext("INSERT INTO t VALUES (1)") }
        }
        try await connection.savepoint { try await $0.query("INSERT INTO t VALUES (3)") }
      }
      #expect(try await count(pool) == 2)
    }
  }

  @Test func aPipelineIsOneTransaction() async throws {
    try await withTable { pool in
      let rows = try await pool.pipeline([
        "INSERT INTO t VALUES (1) RETURNING id", "SELECT count(*) FROM t",
        "DELETE FROM t WHERE id = 5",
      ])
      #expect(rows.map(\.affected) == [1, 1, 0])
      let error = await #expect(throws: PostgresError.self) {
        try await pool.pipeline([
          "INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (3)",
        ])
      }
      #expect(error?.sqlState == .uniqueViolation)
      #expect(try await count(pool) == 1)
    }
  }

  @Test func longPipelinesWithLargeAnswersDoNotLock() async throws {
    try await withTable { pool in
      let filler = String(repeating: "x", count: 20_000)
      let rows = try await pool.pipeline((0..<500).map { "SELECT \($0), repeat(\(filler), 5)" })
      #expect(rows.count == 500)
      #expect(try rows[499][0].decode(at: 1, as: String.self).utf8.count == 100_000)
    }
  }

  @Test func serializationFailuresAreRunAgain() async throws {
    try await withTable { pool in
      try await pool.query("INSERT INTO t SELECT generate_series(1, 4), 0")
      let runs = Locked(0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await pool.transaction(isolation: .serializable, retries: 200) { connection in
              runs.withLock { $0 += 1 }
              let sum: Int = try await connection.query("SELECT sum(n)::bigint FROM t")[0].decode(
                at: 0)
              try await connection.query("UPDATE t SET n = \(sum + 1) WHERE id = 1")
            }
          }
        }
        try await group.waitForAll()
      }
      let n: Int = try await pool.query("SELECT n FROM t WHERE id = 1")[0].decode(at: 0)
      #expect(n == 8, "as if one after the other")
      #expect(runs.withLock { $0 } >= 8)
    }
  }

  @Test func aDeadlockIsRunAgain() async throws {
    try await withTable { pool in
      try await pool.query("INSERT INTO t VALUES (1, 0), (2, 0)")
      let held = Locked(0)
      let runs = Locked(0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (first, second) in [(1, 2), (2, 1)] {
          group.addTask {
            try await pool.transaction { connection in
              runs.withLock { $0 += 1 }
              try await connection.query("SET LOCAL deadlock_timeout = '20ms'")
              try await connection.query("UPDATE t SET n = n + 1 WHERE id = \(first)")
              held.withLock { $0 += 1 }
              // Both hold one row before either asks for the other.
              #expect(await eventually { held.withLock { $0 } >= 2 })
              try await connection.query("UPDATE t SET n = n + 1 WHERE id = \(second)")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(runs.withLock { $0 } >= 3)
      #expect(
        try await pool.query("SELECT sum(n)::bigint FROM t")[0].decode(at: 0, as: Int.self) == 4)
    }
  }

  @Test func aRetryIsDecidedByTheDatabaseEvenIfTheBodyWrapsItsError() async throws {
    try await withTable { pool in
      var runs = 0
      try await pool.transaction { connection in
        runs += 1
        do {
          guard runs > 2 else {
            try await connection.query(
              "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
            return
          }
        } catch { throw Refusal() }
      }
      #expect(runs == 3)

      runs = 0
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(retries: 2) { connection in
          runs += 1
          try await connection.query(
            "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$")
        }
      }
      #expect(runs == 3)
      #expect(error?.sqlState == .deadlockDetected)
    }
  }

  @Test func aCommitThatGotNoAnswerIsNotRunAgain() async throws {
    try await withTable { pool in
      // COMMIT takes its time, so that the session can be ended in the middle of it.
      try await pool.withConnection { connection in
        try await connection.execute(
          script: """
            CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql
              AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION dawdle();
            """)
      }
      var runs = 0
      let process = Locked<Int32>(0)
      async let ended: Bool = eventually {
        try await pool.query(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE pid = \(process.withLock { $0 }) AND wait_event = 'PgSleep'
          """
        ).count == 1
      }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { connection in
          runs += 1
          let own = await connection.processID
          process.withLock { $0 = own }
          try await connection.query("INSERT INTO t VALUES (1)")
        }
      }
      #expect(try await ended)
      #expect(error?.code == .connection)
      #expect(error?.mayHaveBeenApplied == true)
      #expect(error?.isRetryable == false)
      #expect(runs == 1)
    }
  }

  @Test func readOnlyTransactionsRefuseWrites() async throws {
    try await withTable { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(readOnly: true) {
          try await $0.query("INSERT INTO t VALUES (1)")
        }
      }
      #expect(error?.sqlState?.rawValue == "25006")
    }
  }

  @Test func transactionsDoNotNestAndLeftOnesAreRolledBack() async throws {
    try await withTable { pool in
      await #expect(throws: PostgresError.self) {
        try await pool.transaction { outer in
          try await outer.transaction { _ in }
        }
      }
      try await pool.withConnection { connection in
        try await connection.execute(script: "BEGIN; INSERT INTO t VALUES (1)")
      }
      #expect(try await count(pool) == 0)
    }
  }
}
