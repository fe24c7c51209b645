import TestSupport
import Testing

@testable import Redis

/// The server goes and comes back.
struct OutageTests {
  @Test func whatWasUnderWayFailsAndWhatWasNotWaits() async throws {
    let server = try await PrivateRedis.start(persistent: true)
    let connection = try server.connect()
    _ = try await connection.send("SET", "k", "before")
    let blocked = Task { try await connection.send("BLPOP", "empty", 0, timeout: .seconds(60)) }
    let observer = try server.connect(name: "observer")
    #expect(
      try await eventually {
        try await observer.send("INFO", "clients").text?.contains("blocked_clients:1") == true
      })
    server.kill()
    let error = await #expect(throws: RedisError.self) { try await blocked.value }
    #expect(error?.code == .connection)
    #expect(error?.mayHaveBeenApplied == true)
    #expect(connection.state == .connecting)

    async let waiting = connection.send("GET", "k", timeout: .seconds(120))
    async let also = connection.pipeline([["INCR", "n"], ["INCR", "n"]], timeout: .seconds(120))
    try await server.start()
    #expect(try await waiting.text == "before")
    #expect(try await also == [.success(.integer(1)), .success(.integer(2))])
    #expect(connection.connectionsMade == 2)
    #expect(connection.state == .connected)
    await connection.close()
    await observer.close()
  }

  /// A call that gave up while there was no connection is not carried out when there is one.
  @Test func whatTimedOutWhileTheServerWasAwayIsNotSentLater() async throws {
    let server = try await PrivateRedis.start(persistent: true)
    let connection = try server.connect()
    _ = try await connection.send("PING")
    server.kill()
    // The first may still go to the dead socket; that is not the one under test.
    var outcome = await connection.outcome("INCR", "late", timeout: .milliseconds(100))
    while case .failure(let error) = outcome, error.mayHaveBeenApplied {
      outcome = await connection.outcome("INCR", "late", timeout: .milliseconds(100))
    }
    let error = #expect(throws: RedisError.self) { try outcome.get() }
    #expect(error?.code == .connection)
    #expect(error?.mayHaveBeenApplied == false)
    let task = Task { try await connection.send("INCR", "late", timeout: .seconds(60)) }
    let cancelled = Task { try await connection.send("INCR", "late", timeout: .seconds(60)) }
    cancelled.cancel()
    #expect(
      await #expect(throws: RedisError.self) { try await cancelled.value }?.code == .cancelled)
    try await server.start()
    #expect(try await task.value == .integer(1))
    await connection.close()
  }

  /// Load before, during and after a restart: every call ends, and what was certainly applied and
  /// what may have been add up.
  @Test func countersAddUpOverARestart() async throws {
    let server = try await PrivateRedis.start(persistent: true)
    let connection = try server.connect { $0.commandTimeout = .seconds(20) }
    _ = try await connection.send("SET", "n", 0)
    let tasks = (0..<16).map { _ in Task { await increments(on: connection) } }
    let observer = try server.connect(name: "observer")
    #expect(try await eventually { try await observer.send("GET", "n").int ?? 0 >= 500 })
    await observer.close()
    try await server.restart()
    var unsure = 0
    for task in tasks { unsure += await task.value }
    let applied = Int(try await connection.send("GET", "n").int ?? 0)
    #expect((16 * 300...16 * 300 + unsure).contains(applied))
    await connection.close()
  }

  /// Increments 300 times. Returns the number of further increments that may have been applied.
  private func increments(on connection: RedisConnection) async -> Int {
    var sure = 0
    var unsure = 0
    while sure < 300 {
      switch await connection.outcome("INCR", "n") {
      case .success:
        sure += 1
      case .failure(let error):
        #expect(error.mayHaveBeenApplied, "\(error)")
        unsure += 1
      }
    }
    return unsure
  }

  @Test func aConnectionWaitsForAServerThatStartsLater() async throws {
    let server = try await PrivateRedis.start()
    server.kill()
    let connection = try server.connect()
    async let reply = connection.send("PING", timeout: .seconds(120))
    try await server.start()
    #expect(try await reply == .status("PONG"))
    await connection.close()
  }

  /// A server that is stopped, not dead: the connection stands, and no reply comes.
  @Test func aFrozenServerTimesOutAndIsFoundAgain() async throws {
    let server = try await PrivateRedis.start()
    let connection = try server.connect {
      $0.commandTimeout = .milliseconds(300)
      $0.connectTimeout = .milliseconds(300)
    }
    _ = try await connection.send("PING")
    server.pause()
    let error = await #expect(throws: RedisError.self) { try await connection.send("PING") }
    #expect(error?.code == .timeout)
    server.resume()
    #expect(try await connection.send("ECHO", "back", timeout: .seconds(120)).text == "back")
    await connection.close()
  }

  /// What callers were told while the server stood still holds: what it may have done, it does once it goes on.
  @Test func eachCommandOfAFrozenServerFailsAtItsOwnDeadline() async throws {
    let server = try await PrivateRedis.start()
    let connection = try server.connect { $0.commandTimeout = .seconds(600) }
    _ = try await connection.send("SET", "n", 0)
    server.pause()
    async let patient = connection.send("INCR", "n", timeout: .seconds(600))
    let start = ContinuousClock.now
    for milliseconds in [200, 300] {
      let outcome = await connection.outcome("INCR", "n", timeout: .milliseconds(milliseconds))
      let error = #expect(throws: RedisError.self) { try outcome.get() }
      #expect(error?.code == .timeout)
      #expect(error?.mayHaveBeenApplied == true)
    }
    // Far from the ten minutes for which the first one is ready to wait, however busy the machine.
    #expect(ContinuousClock.now - start < .seconds(300))
    server.resume()
    let first = try await patient.int ?? 0
    #expect((1...3).contains(first))
    let areApplied = try await eventually { try await connection.send("GET", "n").text == "3" }
    #expect(areApplied)
    #expect(connection.connectionsMade == 1)
    await connection.close()
  }

  @Test func theServersClosingOfAConnectionIsNoticed() async throws {
    let redis = try TestRedis()
    let connection = try redis.connect(name: "\(redis.prefix)-victim")
    let id = try await connection.send("CLIENT", "ID").int ?? 0
    _ = try await redis.connection.send("CLIENT", "KILL", "ID", RedisArgument(id))
    let again = await connection.outcome("CLIENT", "ID")
    // Asked at once, it may meet the dying socket.
    if case .failure(let error) = again { #expect(error.code == .connection) }
    #expect(try await connection.send("CLIENT", "ID").int != id)
    #expect(connection.connectionsMade == 2)
    await connection.close()
    try await redis.cleanup()
  }
}
