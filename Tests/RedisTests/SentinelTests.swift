import TestSupport
import Testing

@testable import Redis

struct SentinelTests {
  private func connection(_ url: String) throws -> RedisConnection {
    RedisConnection(try RedisConfiguration(url: url), name: "sentinel", logger: .silent)
  }

  /// A dead Sentinel in the list is passed over; the living one tells the master.
  @Test func theMasterIsFoundBySentinel() async throws {
    let master = try await PrivateRedis.start()
    let sentinel = try await PrivateRedis.sentinel(watching: master, name: "primary")
    let connection = try connection(
      "redis+sentinel://127.0.0.1:1,127.0.0.1:\(sentinel.port)/primary/2")
    _ = try await connection.send("SET", "k", "v")
    let direct = try master.connect { $0.database = 2 }
    #expect(try await direct.send("GET", "k").text == "v")
    await connection.close()
    await direct.close()
  }

  @Test func anUnknownMasterIsSaidSo() async throws {
    let master = try await PrivateRedis.start()
    let sentinel = try await PrivateRedis.sentinel(watching: master, name: "primary")
    let connection = try connection("redis+sentinel://127.0.0.1:\(sentinel.port)/other")
    var error: RedisError?
    let isTold = await eventually {
      let outcome = await connection.outcome("PING", timeout: .milliseconds(300))
      if case .failure(let failure) = outcome { error = failure }
      return error?.message.contains("does not know the master") == true
    }
    #expect(isTold, "\(error as Any)")
    #expect(error?.code == .connection)
    await connection.close()
  }

  /// A master that has become a replica, and says READONLY, is left for the one that the Sentinels
  /// name.
  @Test func aDemotedMasterIsLeft() async throws {
    let master = try await PrivateRedis.start()
    let sentinel = try await PrivateRedis.sentinel(watching: master, name: "primary")
    let direct = try master.connect()
    let connection = try connection("redis+sentinel://127.0.0.1:\(sentinel.port)/primary")
    _ = try await connection.send("SET", "k", "v")
    _ = try await direct.send("REPLICAOF", "127.0.0.1", 1)
    let error = await #expect(throws: RedisError.self) {
      try await connection.send("SET", "k", "w")
    }
    #expect(error?.serverPrefix == "READONLY")
    _ = try await direct.send("REPLICAOF", "NO", "ONE")
    #expect(try await connection.send("SET", "k", "x", timeout: .seconds(120)) == .status("OK"))
    #expect(connection.connectionsMade == 2)
    await connection.close()
    await direct.close()
  }

  /// The master dies, Sentinel promotes the replica, and the connection goes there by itself.
  @Test func aFailoverIsFollowed() async throws {
    let master = try await PrivateRedis.start()
    let replica = try await PrivateRedis.start(
      arguments: ["--replicaof", "127.0.0.1 \(master.port)"])
    let direct = try replica.connect()
    #expect(
      try await eventually {
        try await direct.send("INFO", "replication").text?.contains("link_status:up") == true
      })
    let sentinel = try await PrivateRedis.sentinel(watching: master, name: "primary")
    let watcher = try sentinel.connect()
    #expect(
      try await eventually(within: .seconds(20)) {
        try await watcher.send("SENTINEL", "REPLICAS", "primary").array?.isEmpty == false
      })

    let connection = try connection("redis+sentinel://127.0.0.1:\(sentinel.port)/primary")
    _ = try await connection.send("SET", "k", "before")
    _ = try await connection.send("WAIT", 1, 5000)
    master.kill()
    // The first may still go to the dying socket.
    _ = await connection.outcome("GET", "k", timeout: .seconds(120))
    #expect(try await connection.send("GET", "k", timeout: .seconds(120)).text == "before")
    #expect(try await connection.send("SET", "k", "after") == .status("OK"))
    #expect(try await direct.send("GET", "k").text == "after")
    for connection in [connection, direct, watcher] { await connection.close() }
  }
}
