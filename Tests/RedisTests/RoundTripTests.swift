import TestSupport
import Testing

@testable import Redis

struct RoundTripTests {
  @Test func replyKinds() async throws {
    let redis = try TestRedis()
    #expect(try await redis.connection.send("PING") == .status("PONG"))
    #expect(try await redis.connection.send("GET", redis.key("none")) == .null)
    #expect(try await redis.connection.send("INCRBY", redis.key("n"), 41) == .integer(41))
    try await redis.cleanup()
  }
}
