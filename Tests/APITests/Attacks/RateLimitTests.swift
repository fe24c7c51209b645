import Foundation
import Redis
import TestSupport
import Testing

@testable import API

@Suite("Limits of requests and guesses") struct RateLimitTests {
  private static let things = Route(.get, "/api/things", needs: .anyUser) { _ in
    APIResponse(json: [:])
  }

  private func limits(_ redis: TestRedis) -> RateLimits {
    RateLimits(redis: redis.connection) { "\(redis.prefix):{limits}:\($0)" }
  }

  /// Runs a body with keys of its own, which are deleted afterwards.
  private func withRedis(_ body: (TestRedis) async throws -> Void) async throws {
    let redis = try TestRedis()
    do {
      try await body(redis)
    } catch {
      try await redis.cleanup()
      throw error
    }
    try await redis.cleanup()
  }

  @Test("are shared by all servers on one Redis, and told by headers on every answer")
  func servers() async throws {
    var configuration = APIConfiguration()
    configuration.requestsPerMinute = 4
    configuration.failedLogins = 2
    try await withRedis { redis in
      let (first, second) = (limits(redis), limits(redis))
      try await TestServer.with([Self.things], configuration: configuration, limits: first) {
        [configuration] one in
        try await TestServer.with([Self.things], configuration: configuration, limits: second) {
          two in
          for (number, server) in [one, two, one, two].enumerated() {
            let answer = try await server.request("GET", "/api/things")
            #expect(answer.status == 200)
            #expect(answer.headers["x-ratelimit-limit"] == "4")
            let left = try #require(answer.headers["x-ratelimit-remaining"].flatMap { Int($0) })
            // A slow machine has something back meanwhile.
            #expect(left >= 3 - number && left < 4)
            let reset = try #require(answer.headers["x-ratelimit-reset"].flatMap { Double($0) })
            #expect(abs(reset - Date().timeIntervalSince1970) < 120)
            #expect(answer.headers["retry-after"] == nil)
          }
          var refused = try await one.request("GET", "/api/things")
          for _ in 0..<20 where refused.status == 200 {
            refused = try await one.request("GET", "/api/things")
          }
          #expect(refused.status == 429)
          #expect(refused.headers["x-ratelimit-remaining"] == "0")
          #expect(refused.headers["retry-after"] != nil)
          #expect(try await two.request("GET", "/api/things", as: "kim").status == 200)
          let guess = ["Authorization: \(TestServer.basic("eve", "guess"))"]
          var statuses: Set<Int> = []
          for _ in 0..<50 where !statuses.contains(429) {
            for server in [one, two] {
              statuses.insert(
                try await server.request("GET", "/api/things", as: nil, headers: guess).status)
            }
          }
          #expect(statuses == [401, 429])
        }
      }
    }
  }

  @Test("cost nothing where none is set, and nobody has the headers")
  func none() async throws {
    try await withRedis { redis in
      let shared = limits(redis)
      try await TestServer.with([Self.things], limits: shared) { server in
        let answer = try await server.request("GET", "/api/things")
        #expect(answer.headers["x-ratelimit-limit"] == nil)
      }
      let before = redis.connection.commandsSent
      #expect(await shared.take([LimitedEvent("user:1", .perMinute(0))]) == nil)
      #expect(redis.connection.commandsSent == before)
    }
  }

  @Test("count a token beside its user, and what one has left least is told")
  func tokens() async throws {
    try await withRedis { redis in
      let access = AccessControl(
        requestsPerMinute: 100, tokenRequestsPerMinute: 2, failedLogins: 2, limits: limits(redis)
      ) { _, _, _ in nil }
      var (one, other) = (TestServer.user, TestServer.user)
      (one.token, other.token) = ("1", "2")
      #expect(await access.count(one)?.capacity == 2)
      #expect(await access.count(one)?.isAllowed == true)
      #expect(await access.count(one)?.isAllowed == false)
      #expect(await access.count(other)?.isAllowed == true)
      let own = try #require(await access.count(TestServer.user))
      // What was refused for the token's sake does not count for the user.
      #expect(own.isAllowed && own.capacity == 100 && own.remaining == 96)
    }
  }

  @Test("of guesses let one through after a wait that doubles, in Redis as in a process alone")
  func growth() async throws {
    let limit = RateLimit.guesses(2, longestWait: 900)
    var level = RateLevel(at: 0)
    level.add(limit, at: 0)
    #expect(level.verdict(limit, at: 0).isAllowed)
    var (now, waits) = (0.0, [Int]())
    for _ in 0..<12 {
      level.add(limit, at: now)
      let wait = level.verdict(limit, at: now).wait
      waits.append(wait)
      now += Double(wait)
      #expect(level.verdict(limit, at: now).isAllowed)
    }
    #expect(Array(waits.prefix(4)) == [2000, 4000, 8000, 16_000])
    #expect(waits.max() == 900_000)
    level.add(limit, at: now)
    #expect(level.verdict(limit, at: now + 86_400_000).remaining == 2, "a day forgets all")

    try await withRedis { redis in
      let shared = limits(redis)
      let event = LimitedEvent("guess:x", limit)
      for _ in 0..<2 { #expect(await shared.take([event])?.isAllowed == true) }
      let refused = try #require(await shared.take([event]))
      #expect((1...2000).contains(refused.wait))
      #expect(
        await eventually { await shared.take([event])?.isAllowed == true }, "the wait is over")
      let again = try #require(await shared.take([event]))
      #expect((2001...4000).contains(again.wait))
      // One that proves right takes its wait along.
      await shared.takeBack([event])
      #expect(await shared.take([event])?.isAllowed == true)
    }
  }

  @Test("of several keys count all or none")
  func together() async throws {
    let events = [LimitedEvent("a", .perMinute(1)), LimitedEvent("b", .perMinute(5))]
    try await withRedis { redis in
      for limits in [limits(redis), RateLimits()] {
        #expect(await limits.take(events)?.isAllowed == true)
        for _ in 0..<10 { #expect(await limits.take(events)?.isAllowed == false) }
        let other = try #require(await limits.take([LimitedEvent("b", .perMinute(5))]))
        #expect(other.isAllowed && other.remaining == 3)
      }
    }
  }

  @Test(
    "hold in each process while Redis is away: nothing is refused for that, and nothing is free")
  func outage() async throws {
    let server = try await PrivateRedis.start()
    let connection = RedisConnection(
      try RedisConfiguration(url: server.url), name: "limits", logger: .silent)
    let limits = RateLimits(redis: connection) { "test:{limits}:\($0)" }
    let event = LimitedEvent("guess:x", .guesses(3, longestWait: 900))
    #expect(await limits.take([event])?.isAllowed == true)
    server.kill()
    var statuses: [Bool] = []
    for _ in 0..<20 { statuses.append(await limits.take([event])?.isAllowed ?? true) }
    #expect(statuses.first == true)
    #expect(statuses.filter(\.self).count < 20)
    try await server.start()
    // It was emptied; what counts from here on is in it again.
    #expect(
      try await eventually {
        _ = await limits.take([LimitedEvent("user:1", .perMinute(1_000_000))])
        return try await connection.send("EXISTS", "test:{limits}:user:1").int == 1
      })
    await connection.close()
  }

  @Test("lock out nobody by a password that he had right a short while ago, on the same process")
  func familiar() async throws {
    var configuration = APIConfiguration()
    configuration.failedLogins = 1
    try await APIBed.with(configuration: configuration) { bed in
      #expect(try await bed.server.request("GET", "/api/users/self").status == 200)
      let guess = ["Authorization: \(TestServer.basic("admin", "guess"))"]
      var statuses: Set<Int> = []
      for _ in 0..<200 where !statuses.contains(429) {
        statuses.insert(
          try await bed.server.request("GET", "/api/users/self", as: nil, headers: guess).status)
      }
      #expect(statuses == [401, 429])
      try await bed.pool.query("UPDATE users SET last_name = last_name")
      #expect(try await bed.server.request("GET", "/api/users/self").status == 200)
    }
  }
}
