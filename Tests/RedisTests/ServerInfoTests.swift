import Testing

@testable import Redis

@Suite("What a server says of itself")
struct ServerInfoTests {
  @Test("INFO is read as lines of name and value")
  func parse() {
    let info = RedisConnection.info(
      "# Server\r\nredis_version:7.0.15\r\nexecutable:/a:b\r\n\r\n")
    #expect(info == ["redis_version": "7.0.15", "executable": "/a:b"])
  }
}
