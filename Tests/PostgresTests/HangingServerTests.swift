import Foundation
import Postgres
import TestSupport
import Testing

/// A server that is stopped keeps its connections open and takes new ones, and answers none.
@Suite struct HangingServerTests {
  /// A server, a pool of it, and the server process of the pool's first connection.
  private func withServer(
    _ configure: (inout PostgresConfiguration) -> Void,
    _ body: (PostgresPool, _ stop: () -> Void) async throws -> Void
  ) async throws {
    let server = try await PrivatePostgres.start()
    var configuration = try PostgresConfiguration(url: server.url, maximumConnections: 1)
    configuration.connectTimeout = .seconds(2)
    configuration.acquireTimeout = .seconds(60)
    configure(&configuration)
    let pool = PostgresPool(configuration, logger: .silent)
    let process = try await pool.withConnection { await $0.processID }
    defer {
      _ = Foundation.kill(process, SIGCONT)
      server.signal(SIGCONT)
    }
    try await body(pool) {
      server.signal(SIGSTOP)
      _ = Foundation.kill(process, SIGSTOP)
    }
    server.kill()
  }

  @Test func whatWaitsForAServerThatTakesNoConnectionIsGivenUp() async throws {
    try await withServer {
      $0.silenceLimit = .milliseconds(300)
    } _: { pool, stop in
      stop()
      let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
      #expect(error?.code == .timeout)
    }
  }

  @Test func aServerThatGoesOnIsUsedAgain() async throws {
    let server = try await PrivatePostgres.start()
    var configuration = try PostgresConfiguration(url: server.url, maximumConnections: 1)
    configuration.connectTimeout = .seconds(2)
    configuration.statementTimeout = .seconds(5)
    configuration.acquireTimeout = .seconds(600)
    let pool = PostgresPool(configuration, logger: .silent)
    try await pool.query("CREATE TABLE t (n integer)")
    let processes = try server.processes
    for process in processes { _ = Foundation.kill(process, SIGSTOP) }
    let error = await #expect(throws: PostgresError.self) {
      try await pool.query("INSERT INTO t VALUES (1)")
    }
    #expect(error?.code == .timeout)
    #expect(error?.mayHaveBeenApplied == true)
    // Waits for the server, which takes no new connections yet.
    async let waiting = pool.query("INSERT INTO t VALUES (2)")
    for process in processes { _ = Foundation.kill(process, SIGCONT) }
    #expect(try await waiting.affected == 1)
    let numbers: [Int] = try await pool.query("SELECT n FROM t").map { try $0.decode(at: 0) }
    #expect(numbers.contains(2) && Set(numbers).isSubset(of: [1, 2]) && numbers.count <= 2)
    await pool.close()
    server.kill()
  }

  @Test func aSlowStatementOfAServerThatIsThereIsNotGivenUp() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url)
      configuration.silenceLimit = .milliseconds(100)
      let pool = PostgresPool(configuration, logger: .silent)
      #expect(try await pool.query("SELECT pg_sleep(1)").count == 1)
      await pool.close()
    }
  }

  @Test func cancellingEndsThoughTheServerDoesNotTakeTheCancellation() async throws {
    try await withServer {
      $0.silenceLimit = nil
    } _: { pool, stop in
      let inside = Locked(false)
      let task = Task {
        try await pool.withConnection { connection in
          inside.withLock { $0 = true }
          try await connection.query("SELECT pg_sleep(600)")
        }
      }
      #expect(await eventually { inside.withLock { $0 } })
      stop()
      task.cancel()
      let ended = Locked(false)
      let watch = Task {
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        ended.withLock { $0 = true }
      }
      #expect(await eventually(within: .seconds(30)) { ended.withLock { $0 } })
      await watch.value
      #expect(pool.statistics.idle == 0, "the session is not used again")
    }
  }

  @Test func aSessionIsServedByOneProcessThroughout() async throws {
    try await TestDatabase.with { database async throws in
      #expect(try await database.pool.keepsSessions())
    }
  }

  @Test func twoSessionsNeverPrepareUnderOneName() async throws {
    try await TestDatabase.with { database in
      var names: [String] = []
      for _ in 0..<2 {
        let pool = PostgresPool(
          try PostgresConfiguration(url: database.url, maximumConnections: 1), logger: .silent)
        for _ in 0..<3 { try await pool.query("SELECT 1 + \(1)") }
        names += try await pool.query("SELECT name FROM pg_prepared_statements").map {
          try $0.decode(at: 0)
        }
        await pool.close()
      }
      #expect(names.count >= 2)
      #expect(Set(names).count == names.count)
    }
  }
}

@Suite struct ReserveTests {
  @Test func essentialCallersAreServedWhileAllOthersWait() async throws {
    try await TestDatabase.with { database in
      var configuration = try PostgresConfiguration(url: database.url, maximumConnections: 3)
      configuration.reservedConnections = 1
      let pool = PostgresPool(configuration, logger: .silent)
      let sleepers = (0..<6).map { _ in Task { try await pool.query("SELECT pg_sleep(600)") } }
      #expect(await eventually { pool.statistics.waiting == 4 && pool.statistics.open == 2 })
      for _ in 0..<5 {
        let rows = try await PostgresPool.$usesReserve.withValue(true) {
          try await pool.query("SELECT 1")
        }
        #expect(rows.count == 1)
      }
      #expect(pool.statistics.waiting == 4, "nobody else has taken it")
      for sleeper in sleepers { sleeper.cancel() }
      for sleeper in sleepers { _ = await sleeper.result }
      await pool.close()
    }
  }
}
