import TestSupport
import Testing

@testable import Redis

/// A command that takes too long, or whose task is cancelled, ends at once; the reply that comes
/// later is not mistaken for another's.
struct TimeoutTests {
  @Test func aLateReplyIsIgnored() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    let error = await #expect(throws: RedisError.self) {
      // The server answers once there is something.
      try await connection.send("BLPOP", redis.key("empty"), 0, timeout: .milliseconds(100))
    }
    #expect(error?.code == .timeout)
    #expect(error?.mayHaveBeenApplied == true)
    try await redis.push("late", to: "empty")
    #expect(try await connection.send("ECHO", "mine").text == "mine")
    #expect(connection.connectionsMade == 1)
    try await redis.cleanup()
  }

  @Test func commandsBeforeTheDeadlineAreLeftAlone() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    async let slow = connection.send("BLPOP", redis.key("a"), 1, timeout: .seconds(60))
    async let impatient = connection.outcome("GET", redis.key("b"), timeout: .milliseconds(50))
    async let patient = connection.send("ECHO", "patient", timeout: .seconds(60))
    #expect(try await slow.isNull)
    // Whether it came in time depends on which of the three was asked first.
    if case .failure(let error) = await impatient { #expect(error.code == .timeout) }
    #expect(try await patient.text == "patient")
    try await redis.cleanup()
  }

  /// A reply that no caller waits for any more must not block the others forever.
  @Test func aStuckConnectionIsReplaced() async throws {
    let redis = try TestRedis()
    var configuration = try RedisConfiguration(url: redis.url)
    configuration.commandTimeout = .milliseconds(400)
    let connection = RedisConnection(configuration, name: "stuck", logger: .silent)
    _ = try await connection.send("PING")
    let error = await #expect(throws: RedisError.self) {
      try await connection.send("BLPOP", redis.key("never"), 0, timeout: .milliseconds(100))
    }
    #expect(error?.code == .timeout)
    // This one is behind the other and may be lost with the connection, but does not hang.
    _ = await connection.outcome("PING", timeout: .seconds(60))
    #expect(try await connection.send("ECHO", "again", timeout: .seconds(60)).text == "again")
    #expect(connection.connectionsMade == 2)
    await connection.close()
    try await redis.cleanup()
  }

  @Test func cancellationEndsTheCallAtOnce() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    let task = Task {
      try await connection.send("BLPOP", redis.key("empty"), 0, timeout: .seconds(600))
    }
    try await redis.waitUntilBlocked(connection.name)
    task.cancel()
    let error = await #expect(throws: RedisError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(error?.mayHaveBeenApplied == true)
    try await redis.push("late", to: "empty")
    #expect(try await connection.send("ECHO", "mine").text == "mine")
    try await redis.cleanup()
  }

  @Test func aCancelledTaskAsksNothing() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    let task = Task {
      await withTaskCancellationHandler {
        // Cancelled before it goes on: the loop ends only then.
        while !Task.isCancelled { await Task.yield() }
      } onCancel: {
      }
      return try await connection.send("SET", redis.key("k"), "x")
    }
    task.cancel()
    let error = await #expect(throws: RedisError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(error?.mayHaveBeenApplied == false)
    #expect(try await connection.send("GET", redis.key("k")).isNull)
    try await redis.cleanup()
  }

  /// Tasks cancelled at random moments: every call ends, and no reply goes astray.
  @Test(arguments: SeededGenerator.seeds(3))
  func cancellationAtAnyMoment(seed: UInt64) async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        var random = SeededGenerator(seed: seed &+ UInt64(number))
        let pauses = Int.random(in: 0...20, using: &random)
        group.addTask {
          let task = Task {
            try await connection.send("ECHO", RedisArgument(number))
          }
          for _ in 0..<pauses { await Task.yield() }
          task.cancel()
          do {
            #expect(try await task.value.int == Int64(number))
          } catch {
            #expect((error as? RedisError)?.code == .cancelled)
          }
        }
      }
    }
    #expect(try await connection.send("ECHO", "end").text == "end")
    try await redis.cleanup()
  }

  /// A connection dropped without closing leaves no thread and no socket behind.
  @Test func aForgottenConnectionEnds() async throws {
    let redis = try TestRedis()
    let name = "\(redis.prefix)-forgotten"
    do {
      let connection = try redis.connect(name: name)
      _ = try await connection.send("PING")
    }
    #expect(
      try await eventually {
        try await redis.connection.send("CLIENT", "LIST").text?.contains(name) == false
      })
    await redis.connection.close()
  }

  @Test func closingEndsWhatIsUnderWay() async throws {
    let redis = try TestRedis()
    let connection = try redis.connect(name: "\(redis.prefix)-closing")
    let task = Task {
      try await connection.send("BLPOP", redis.key("empty"), 0, timeout: .seconds(60))
    }
    try await redis.waitUntilBlocked(connection.name)
    await connection.close()
    let error = await #expect(throws: RedisError.self) { try await task.value }
    #expect(error?.code == .closed)
    #expect(error?.mayHaveBeenApplied == true)
    #expect(connection.state == .closed)
    let refused = await #expect(throws: RedisError.self) { try await connection.send("PING") }
    #expect(refused?.code == .closed)
    await connection.close()
    try await redis.cleanup()
  }
}

extension TestRedis {
  /// Adds an element to a list over a connection of its own, so that who waits for one gets it.
  func push(_ element: String, to list: String) async throws {
    let other = try connect(name: "other")
    _ = try await other.send("RPUSH", key(list), RedisArgument(element))
    await other.close()
  }

  /// Waits until the server shows the connection of this name in a blocking command.
  func waitUntilBlocked(_ name: String) async throws {
    let observer = try connect(name: "observer")
    #expect(
      try await eventually {
        let clients = try await observer.send("CLIENT", "LIST").text ?? ""
        return clients.split(separator: "\n").contains { line in
          line.contains("name=\(name) ") && line.contains(" flags=b")
        }
      }, "\(name) does not block")
    await observer.close()
  }
}
