import TestSupport
import Testing

@testable import Redis

struct ScriptTests {
  private let add = RedisScript(
    name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")

  @Test func aScriptRunsWithKeysAndArguments() async throws {
    let redis = try TestRedis()
    let reply = try await redis.connection.run(add, keys: [redis.key("n")], arguments: [5])
    #expect(reply == .integer(5))
    try await redis.cleanup()
  }

  @Test func theDigestIsTheServers() async throws {
    let redis = try TestRedis()
    let digest = try await redis.connection.send("SCRIPT", "LOAD", RedisArgument(add.source))
    #expect(digest.text == add.sha1)
    await redis.connection.close()
  }

  /// After SCRIPT FLUSH the server answers NOSCRIPT; the caller does not notice.
  @Test func aForgottenScriptIsLoadedAgain() async throws {
    let server = try await PrivateRedis.start()
    let connection = try server.connect()
    #expect(try await connection.run(add, keys: ["n"], arguments: [1]).int == 1)
    _ = try await connection.send("SCRIPT", "FLUSH")
    #expect(try await connection.run(add, keys: ["n"], arguments: [1]).int == 2)
    await connection.close()
  }

  @Test func aForgottenScriptIsLoadedAgainInsideAPipeline() async throws {
    let server = try await PrivateRedis.start()
    let connection = try server.connect()
    for round in 1...3 {
      let results = try await connection.pipeline(
        add, calls: (1...100).map { _ in (keys: ["n"], arguments: [1]) })
      #expect(
        try results.map { try $0.get().int } == (1...100).map { Int64(($0 + round * 100) - 100) })
      _ = try await connection.send("SCRIPT", "FLUSH")
    }
    await connection.close()
  }

  @Test func anErrorOfTheScriptIsThrown() async throws {
    let redis = try TestRedis()
    let script = RedisScript(
      name: "refuse", source: "return redis.error_reply('BUSYLANE too many')")
    let error = await #expect(throws: RedisError.self) {
      try await redis.connection.run(script, keys: [], arguments: [])
    }
    #expect(error?.serverPrefix == "BUSYLANE")
    await redis.connection.close()
  }

  @Test func aScriptThatDoesNotCompileSaysWhy() async throws {
    let redis = try TestRedis()
    let script = RedisScript(name: "broken", source: "return (")
    let error = await #expect(throws: RedisError.self) {
      try await redis.connection.run(script, keys: [], arguments: [])
    }
    #expect(error?.message.contains("compiling script") == true)
    await #expect(throws: RedisError.self) {
      try await redis.connection.pipeline(script, calls: [(keys: [], arguments: [])])
    }
    await redis.connection.close()
  }
}
