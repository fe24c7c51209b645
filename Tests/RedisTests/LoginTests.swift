import TestSupport
import Testing

@testable import Redis

/// The commands on connecting: AUTH, SELECT, CLIENT SETNAME.
struct LoginTests {
  @Test func theConnectionHasAName() async throws {
    let redis = try TestRedis()
    let connection = try redis.connect(name: "with space")
    #expect(try await connection.send("CLIENT", "GETNAME").text == "with-space")
    await connection.close()
    await redis.connection.close()
  }

  @Test func passwords() async throws {
    let server = try await PrivateRedis.start(arguments: ["--requirepass", "a/b@c"])
    let right = try connection("redis://:a%2Fb%40c@127.0.0.1:\(server.port)/0")
    #expect(try await right.send("PING") == .status("PONG"))
    _ = try await right.send(
      "ACL", "SETUSER", "martlet", "on", ">secret", "~*", "+@all")
    let user = try connection("redis://martlet:secret@127.0.0.1:\(server.port)/0")
    #expect(try await user.send("ACL", "WHOAMI").text == "martlet")
    await right.close()
    await user.close()
  }

  /// A waiting call fails at once on a wrong password, not when the time is up.
  @Test(arguments: ["redis://:wrong@", "redis://nobody:wrong@", "redis://"])
  func aWrongPasswordIsAClearError(prefix: String) async throws {
    let server = try await PrivateRedis.start(arguments: ["--requirepass", "right"])
    let connection = try connection("\(prefix)127.0.0.1:\(server.port)/0")
    let error = await #expect(throws: RedisError.self) {
      try await connection.send("PING", timeout: .seconds(60))
    }
    #expect(error?.code == .server)
    #expect(["WRONGPASS", "NOAUTH"].contains(error?.serverPrefix ?? ""))
    #expect(error?.message.contains("wrong@") == false)
    #expect(connection.state == .connecting)
    // Once the password matches, the connection succeeds.
    let admin = try self.connection("redis://:right@127.0.0.1:\(server.port)/0")
    _ = try await admin.send("CONFIG", "SET", "requirepass", prefix.contains(":w") ? "wrong" : "")
    if !prefix.contains("nobody") { await untilLetIn(connection) }
    await admin.close()
    await connection.close()
  }

  private func untilLetIn(_ connection: RedisConnection) async {
    #expect(
      await eventually {
        if case .success = await connection.outcome("PING") { true } else { false }
      })
  }

  @Test func databases() async throws {
    let server = try await PrivateRedis.start()
    let third = try connection("redis://127.0.0.1:\(server.port)/3")
    _ = try await third.send("SET", "k", "in three")
    let socket = try connection("unix://\(server.socketPath)?db=3")
    #expect(try await socket.send("GET", "k").text == "in three")
    let none = try connection("redis://127.0.0.1:\(server.port)/99")
    let error = await #expect(throws: RedisError.self) { try await none.send("PING") }
    #expect(error?.message.contains("out of range") == true)
    for connection in [third, socket, none] { await connection.close() }
  }

  @Test func aServerThatIsNotThereIsAConnectionError() async throws {
    let connection = try connection("unix:///nowhere/redis.sock")
    let error = await #expect(throws: RedisError.self) {
      try await connection.send("PING", timeout: .milliseconds(100))
    }
    #expect(error?.code == .connection)
    #expect(error?.message.contains("No such file") == true)
    await connection.close()
  }

  private func connection(_ url: String) throws -> RedisConnection {
    RedisConnection(try RedisConfiguration(url: url), name: "login", logger: .silent)
  }
}
