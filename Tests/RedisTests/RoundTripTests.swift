import TestSupport
import Testing

@testable import Redis

struct RoundTripTests {
  @Test func replyKinds() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    #expect(try await connection.send("PING") == .status("PONG"))
    #expect(try await connection.send("GET", redis.key("none")).isNull)
    #expect(try await connection.send("INCRBY", redis.key("n"), 41) == .integer(41))
    #expect(try await connection.send("GET", redis.key("n")).int == 41)
    _ = try await connection.send("RPUSH", redis.key("list"), "a", "b")
    #expect(
      try await connection.send("LRANGE", redis.key("list"), 0, -1)
        == .array([.string([97]), .string([98])]))
    _ = try await connection.send("ZADD", redis.key("z"), RedisArgument(0.1), "m")
    #expect(try await connection.send("ZSCORE", redis.key("z"), "m").double == 0.1)
    try await redis.cleanup()
  }

  @Test func anErrorReplyIsThrownWithItsPrefix() async throws {
    let redis = try TestRedis()
    _ = try await redis.connection.send("SET", redis.key("text"), "x")
    let error = await #expect(throws: RedisError.self) {
      try await redis.connection.send("LPUSH", redis.key("text"), "y")
    }
    #expect(error?.code == .server)
    #expect(error?.serverPrefix == "WRONGTYPE")
    #expect(error?.mayHaveBeenApplied == false)
    try await redis.cleanup()
  }

  @Test func anErrorDoesNotRepeatArguments() async throws {
    let redis = try TestRedis()
    let error = await #expect(throws: RedisError.self) {
      try await redis.connection.send("NOSUCHCOMMAND", "private data")
    }
    #expect(error?.message.contains("NOSUCHCOMMAND") == true)
    #expect(error?.message.contains("private") == false)
    await redis.connection.close()
  }

  @Test func errorsInsideATransactionAreValues() async throws {
    let redis = try TestRedis()
    let results = try await redis.connection.pipeline([
      ["MULTI"], ["SET", redis.key("a"), "x"], ["LPUSH", redis.key("a"), "y"], ["EXEC"],
    ])
    let replies = try #require(try results[3].get().array)
    #expect(replies[0] == .status("OK"))
    guard case .error(let text) = replies[1] else {
      Issue.record("not an error: \(replies[1])")
      return
    }
    #expect(text.hasPrefix("WRONGTYPE"))
    try await redis.cleanup()
  }

  /// Every byte value, line ends, nothing at all, and several megabytes come back as they were.
  @Test(arguments: [("", 1), ("\r\n$5\r\n", 1), ("\0", 1), ("\0\u{ff}\n", 2_000_000)])
  func valuesAreBinarySafe(text: String, times: Int) async throws {
    let bytes = Array(String(repeating: text, count: times).utf8) + (UInt8.min...UInt8.max)
    let redis = try TestRedis()
    let key = RedisArgument(bytes: Array("\(redis.prefix):".utf8) + [0, 13, 10, 255])
    _ = try await redis.connection.send("SET", key, RedisArgument(bytes: bytes))
    let reply = try await redis.connection.send("GET", key)
    #expect(reply.bytes == bytes)
    try await redis.cleanup()
  }

  @Test func commandsMayHaveManyArguments() async throws {
    let redis = try TestRedis()
    let values = (0..<50_000).map { RedisArgument("value \($0)") }
    let reply = try await redis.connection.send(["RPUSH", redis.key("many")] + values)
    #expect(reply.int == 50_000)
    #expect(
      try await redis.connection.send("LRANGE", redis.key("many"), 0, -1).array?.count == 50_000)
    try await redis.cleanup()
  }

  @Test func valuesReadAsNumbersAndText() {
    #expect(RedisValue.string(Array("12".utf8)).int == 12)
    #expect(RedisValue.string(Array("x".utf8)).int == nil)
    #expect(RedisValue.integer(3).double == 3)
    #expect(RedisValue.string([0xff]).text == nil)
    #expect(RedisValue.status("OK").bytes == Array("OK".utf8))
    #expect(RedisValue.null.array == nil)
  }
}
