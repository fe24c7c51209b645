import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolTests {
  @Test func theBoundHoldsUnderLoad() async throws {
    try await TestDatabase.with(maximumConnections: 3) { database in
      let pool = database.pool
      let busy = Locked((now: 0, most: 0))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask {
            try await pool.withConnection { connection in
              busy.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
              }
              let rows = try await connection.query("SELECT \(number)")
              #expect(try rows[0].decode(at: 0, as: Int.self) == number)
              busy.withLock { $0.now -= 1 }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(busy.withLock { $0.most } <= 3)
      #expect(pool.statistics.open <= 3)
      #expect(pool.statistics.idle == pool.statistics.open)
    }
  }

  @Test func thoseWhoWaitAreServedInTheOrderOfComing() async throws {
    try await TestDatabase.with(maximumConnections: 1) { database in
      let pool = database.pool
      let order = Locked<[Int]>([])
      var tasks: [Task<Void, any Error>] = []
      try await pool.withConnection { _ in
        for number in 0..<20 {
          tasks.append(
            Task {
              try await pool.withConnection { _ in order.withLock { $0.append(number) } }
            })
          #expect(await eventually { pool.statistics.waiting == number + 1 })
        }
      }
      for task in tasks { try await task.value }
      #expect(order.withLock { $0 } == Array(0..<20))
    }
  }

  @Test func waitingEndsWithItsTimeOrItsTask() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url, maximumConnections: 1)
      configuration.acquireTimeout = .milliseconds(50)
      let pool = PostgresPool(configuration, logger: .silent)
      #expect(await eventually { (try? await pool.query("SELECT 1")) != nil }, "it is open now")
      try await pool.withConnection { connection in
        let late = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        #expect(late?.code == .poolTimeout)
        let task = Task { try await pool.query("SELECT 1") }
        task.cancel()
        let cancelled = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(cancelled?.code == .cancelled || cancelled?.code == .poolTimeout)
        #expect(pool.statistics.waiting == 0)
        try await connection.query("SELECT 1")
      }
      #expect(try await pool.query("SELECT 1").count == 1)
      await pool.close()
    }
  }

  @Test func aSessionThatTheServerEndedIsReplacedUnseen() async throws {
    try await TestDatabase.with(maximumConnections: 2) { database in
      let pool = database.pool
      for _ in 0..<5 {
        let process = try await pool.withConnection { await $0.processID }
        let admin = PostgresPool(try PostgresConfiguration(url: database.url), logger: .silent)
        try await admin.query("SELECT pg_terminate_backend(\(Int(process))::integer)")
        await admin.close()
        #expect(
          await eventually { pool.statistics.open == 0 }, "the idle session is missed at once")
        #expect(try await pool.query("SELECT 1").count == 1)
      }
    }
  }

  @Test func aSessionThatDiesInUseIsReplaced() async throws {
    try await TestDatabase.with(maximumConnections: 1) { database in
      let pool = database.pool
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withConnection {
          try await $0.query("SELECT pg_terminate_backend(pg_backend_pid())")
        }
      }
      #expect(error?.code == .connection)
      #expect(error?.sqlState?.rawValue == "57P01")
      #expect(error?.mayHaveBeenApplied == true)
      #expect(try await pool.query("SELECT 1").count == 1)

      // Inside a transaction nothing can have been applied, and it is run again.
      var runs = 0
      try await pool.transaction { connection in
        runs += 1
        if runs < 3 { try await connection.query("SELECT pg_terminate_backend(pg_backend_pid())") }
        try await connection.query("SELECT 1")
      }
      #expect(runs == 3)
    }
  }

  @Test func closingWaitsForWhatIsUnderWayAndRefusesTheRest() async throws {
    try await TestDatabase.with(maximumConnections: 1) { database in
      let pool = PostgresPool(
        try PostgresConfiguration(url: database.url, maximumConnections: 1), logger: .silent)
      let started = Locked(false)
      let go = Locked(false)
      let running = Task {
        try await pool.withConnection { connection in
          started.withLock { $0 = true }
          #expect(await eventually { go.withLock { $0 } })
          return try await connection.query("SELECT 1").count
        }
      }
      #expect(await eventually { started.withLock { $0 } })
      let waiting = Task { try await pool.query("SELECT 2") }
      #expect(await eventually { pool.statistics.waiting == 1 })
      let closing = Task { await pool.close() }
      let refused = await #expect(throws: PostgresError.self) { try await waiting.value }
      #expect(refused?.code == .closed)
      go.withLock { $0 = true }
      #expect(try await running.value == 1)
      await closing.value
      #expect(pool.statistics == .init(open: 0, idle: 0, waiting: 0))
      let after = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
      #expect(after?.code == .closed)
    }
  }

  @Test func unusedSessionsAreClosed() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url)
      configuration.idleTimeout = .milliseconds(20)
      let pool = PostgresPool(configuration, logger: .silent)
      try await pool.query("SELECT 1")
      #expect(await eventually { pool.statistics.open == 0 })
      try await pool.query("SELECT 1")
      await pool.close()
    }
  }

  @Test func refusalsForGoodAreToldAtOnce() async throws {
    let database = try await TestDatabase.make()
    let pool = PostgresPool(
      try PostgresConfiguration(url: database.url + "_absent"), logger: .silent)
    let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
    #expect(error?.sqlState == .invalidCatalogName)
    await pool.close()
    try await database.drop()
  }

  @Test func closuresInsideClosuresDoNotBlockEachOther() async throws {
    try await TestDatabase.with(maximumConnections: 3) { database in
      let pool = database.pool
      try await pool.query("CREATE TABLE t (id bigint)")
      try await pool.withConnection { first in
        try await pool.withConnection { second in
          try await first.execute(script: "BEGIN; LOCK TABLE t")
          // A statement that waits for the other session must leave its thread to us.
          async let blocked = second.query("SELECT count(*) FROM t")
          let process = await second.processID
          #expect(
            try await eventually {
              try await pool.query(
                "SELECT FROM pg_stat_activity WHERE pid = \(process) AND wait_event_type = 'Lock'"
              ).count == 1
            })
          try await first.execute(script: "COMMIT")
          #expect(try await blocked.count == 1)
        }
      }
    }
  }
}
