import Foundation
import Postgres
import TestSupport
import Testing

/// A private server, killed and started again.
@Suite struct RestartTests {
  @Test func transactionsSurviveARestartAndNothingIsDoubled() async throws {
    let server = try await PrivatePostgres.start()
    let pool = PostgresPool(
      try PostgresConfiguration(url: server.url, maximumConnections: 4), logger: .silent)
    try await pool.query("CREATE TABLE t (id bigint PRIMARY KEY)")
    let done = Locked<(committed: Set<Int>, unknown: Set<Int>)>(([], []))
    let stop = Locked(false)
    let workers = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<6 {
          group.addTask {
            var number = worker * 1_000_000
            while !stop.withLock({ $0 }) {
              number += 1
              let id = number
              do {
                try await pool.transaction(retries: 1000) { connection in
                  try await connection.query("INSERT INTO t VALUES (\(id))")
                  try await connection.query("SELECT count(*) FROM t WHERE id = \(id)")
                }
                done.withLock { _ = $0.committed.insert(id) }
              } catch let error as PostgresError where error.mayHaveBeenApplied {
                done.withLock { _ = $0.unknown.insert(id) }
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
    for _ in 0..<3 {
      let before = done.withLock { $0.committed.count }
      #expect(await eventually { done.withLock { $0.committed.count } > before + 100 })
      try await server.restart()
    }
    let before = done.withLock { $0.committed.count }
    #expect(await eventually { done.withLock { $0.committed.count } > before + 100 })
    stop.withLock { $0 = true }
    try await workers.value
    let stored = Set(
      try await pool.query("SELECT id FROM t").map { try $0.decode(at: 0, as: Int.self) })
    let (committed, unknown) = done.withLock { $0 }
    #expect(committed.isSubset(of: stored), "what was committed is there")
    #expect(
      stored.isSubset(of: committed.union(unknown)), "what is there was committed, or may have been"
    )
    #expect(unknown.count <= 18, "only a COMMIT under way at a kill is in doubt")
    await pool.close()
  }

  @Test func whoAsksWhileTheServerIsAwayWaitsForIt() async throws {
    let server = try await PrivatePostgres.start()
    let pool = PostgresPool(
      try PostgresConfiguration(url: server.url, maximumConnections: 2), logger: .silent)
    let listener = PostgresListener(
      try PostgresConfiguration(url: server.url), channels: ["c"], logger: .silent)
    let connects = Locked(0)
    let listening = Task {
      for await event in listener.events() where event == .connected {
        connects.withLock { $0 += 1 }
      }
    }
    try await pool.query("SELECT 1")
    #expect(await eventually { connects.withLock { $0 } == 1 })
    server.stop()
    #expect(await eventually { pool.statistics.open == 0 })
    let waiting = Task { try await pool.query("SELECT 7 AS n")[0].decode("n", as: Int.self) }
    #expect(await eventually { pool.statistics.waiting == 1 })
    try await server.start()
    #expect(try await waiting.value == 7)
    #expect(await eventually { connects.withLock { $0 } == 2 })
    listening.cancel()
    await pool.close()
  }

  @Test func whoCannotWaitIsToldWhy() async throws {
    let server = try await PrivatePostgres.start()
    server.kill()
    var configuration = try PostgresConfiguration(url: server.url)
    configuration.acquireTimeout = .milliseconds(200)
    let pool = PostgresPool(configuration, logger: .silent)
    let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
    #expect(error?.code == .poolTimeout)
    #expect(error?.message.contains("refused") == true)
    await pool.close()
  }

  @Test func aServerThatNoLongerAnswersIsGivenUp() async throws {
    let server = try await PrivatePostgres.start()
    var configuration = try PostgresConfiguration(url: server.url, maximumConnections: 1)
    configuration.statementTimeout = .seconds(3)
    let pool = PostgresPool(configuration, logger: .silent)
    let process = try await pool.withConnection { await $0.processID }
    Foundation.kill(process, SIGSTOP)
    defer { _ = Foundation.kill(process, SIGCONT) }
    let error = await #expect(throws: PostgresError.self) {
      try await pool.query("SELECT pg_sleep(60)")
    }
    #expect(error?.code == .timeout)
    #expect(error?.mayHaveBeenApplied == true)
    #expect(try await pool.query("SELECT 1").count == 1, "over another session")
    await pool.close()
  }
}
