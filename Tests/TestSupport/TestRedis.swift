import Foundation
public import Redis

/// A part of the tests' Redis: keys under a prefix of its own, so that tests run side by side.
public struct TestRedis: Sendable {
  /// The server's address, from `MARTLET_TEST_REDIS_URL`.
  public let url: String
  /// The prefix of all keys of the test.
  public let prefix: String
  /// A connection for the test's own commands.
  public let connection: RedisConnection

  /// Keys under a new prefix. Nothing is sent yet.
  public init() throws {
    guard let url = ProcessInfo.processInfo.environment["MARTLET_TEST_REDIS_URL"] else {
      throw MissingEnvironment(variable: "MARTLET_TEST_REDIS_URL")
    }
    self.url = url
    prefix = "test-" + String(UInt64.random(in: .min ... .max), radix: 36)
    connection = RedisConnection(
      try RedisConfiguration(url: url), name: prefix, logger: .silent)
  }

  /// A further connection to the same server.
  public func connect(name: String = "test") throws -> RedisConnection {
    RedisConnection(try RedisConfiguration(url: url), name: name, logger: .silent)
  }

  /// A key under the prefix.
  public func key(_ name: String) -> RedisArgument { RedisArgument("\(prefix):\(name)") }

  /// Deletes the keys under the prefix and closes the connection.
  public func cleanup() async throws {
    var cursor = "0"
    repeat {
      let reply = try await connection.send(
        "SCAN", RedisArgument(cursor), "MATCH", "\(prefix)*", "COUNT", 1000)
      guard let parts = reply.array, parts.count == 2, let next = parts[0].text else { break }
      let keys = (parts[1].array ?? []).compactMap(\.bytes).map { RedisArgument(bytes: $0) }
      if !keys.isEmpty { _ = try await connection.send(["UNLINK"] + keys) }
      cursor = next
    } while cursor != "0"
    await connection.close()
  }

  /// A variable that names a test server is not set; `scripts/test` sets it.
  public struct MissingEnvironment: Error, CustomStringConvertible {
    let variable: String

    /// The missing variable, in words.
    public var description: String { "\(variable) is not set; run the tests by scripts/test" }
  }
}
