import TestSupport
import Testing

@testable import Redis

/// The parts of connecting that need no server: what is said, what answers mean, where to go next,
/// how long to pause.
struct ConnectingTests {
  private func outcome(_ greeting: Greeting, _ replies: RedisValue...) -> Greeting.Outcome {
    var greeting = greeting
    var outcome = Greeting.Outcome.unfinished
    for reply in replies where outcome == .unfinished { outcome = greeting.receive(reply) }
    return outcome
  }

  private func said(_ greeting: Greeting) throws -> [[String]] {
    var output = OutputBuffer()
    greeting.encode(into: &output)
    let commands = try replies(in: output.withBytes { Array($0) })
    return commands.map { ($0.array ?? []).compactMap(\.text) }
  }

  private let ok = RedisValue.status("OK")

  @Test func whatIsSaidToTheServer() throws {
    var configuration = try RedisConfiguration(url: "redis://h/0")
    #expect(
      try said(.server(configuration, name: "a b"))
        == [["PING"], ["CLIENT", "SETNAME", "a-b"]])
    configuration.user = "me"
    configuration.password = "secret"
    configuration.database = 3
    configuration.discovery = .sentinels([.tcp(host: "s", port: 1)], master: "m")
    #expect(
      try said(.server(configuration, name: "x")) == [
        ["AUTH", "me", "secret"], ["PING"], ["SELECT", "3"], ["CLIENT", "SETNAME", "x"], ["ROLE"],
      ])
  }

  @Test func whatTheServersAnswersMean() throws {
    let plain = Greeting.server(try RedisConfiguration(url: "redis://h/1"), name: "x")
    #expect(outcome(plain, .status("PONG"), ok) == .unfinished)
    #expect(outcome(plain, .status("PONG"), ok, ok) == .ready)
    // Names are a convenience; a server that forbids them serves all the same.
    #expect(outcome(plain, .status("PONG"), ok, .error("NOPERM no")) == .ready)
    let loading = RedisError(reply: "LOADING Redis is loading the dataset in memory")
    #expect(outcome(plain, .error(loading.message)) == .unavailable(loading))
    let locked = RedisError(reply: "NOAUTH Authentication required.")
    #expect(outcome(plain, .error(locked.message)) == .refused(locked))
    let range = RedisError(reply: "ERR DB index is out of range")
    #expect(outcome(plain, .status("PONG"), .error(range.message)) == .refused(range))
  }

  @Test func aReplicaIsNotTheMaster() throws {
    let configuration = try RedisConfiguration(url: "redis+sentinel://s/m")
    let greeting = Greeting.server(configuration, name: "x")
    let master = RedisValue.array([.string(Array("master".utf8)), .integer(0), .array([])])
    let replica = RedisValue.array([.string(Array("slave".utf8))])
    #expect(outcome(greeting, .status("PONG"), ok, master) == .ready)
    guard case .unavailable = outcome(greeting, .status("PONG"), ok, replica) else {
      Issue.record("a replica was taken for the master")
      return
    }
  }

  @Test func whatASentinelsAnswersMean() throws {
    let greeting = Greeting.sentinel(
      try RedisConfiguration(url: "redis+sentinel://s/m"), master: "m")
    #expect(try said(greeting) == [["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "m"]])
    let address = RedisValue.array([
      .string(Array("10.0.0.7".utf8)), .string(Array("6380".utf8)),
    ])
    #expect(outcome(greeting, address) == .master(.tcp(host: "10.0.0.7", port: 6380)))
    for wrong in [RedisValue.null, .array([]), .integer(1), .error("ERR no")] {
      guard case .unavailable = outcome(greeting, wrong) else {
        Issue.record("\(wrong) was taken for an address")
        continue
      }
    }
  }

  @Test func theRouteGoesThroughAllSentinelsAndThenPauses() {
    let sentinels: [RedisConfiguration.Address] = [
      .tcp(host: "a", port: 1), .tcp(host: "b", port: 2),
    ]
    var route = Route(.sentinels(sentinels, master: "m"))
    #expect(route.next() == .sentinel(sentinels[0], master: "m"))
    #expect(route.hasMore)
    #expect(route.next() == .sentinel(sentinels[1], master: "m"))
    route.found(.tcp(host: "master", port: 3))
    #expect(route.next() == .server(.tcp(host: "master", port: 3)))
    #expect(!route.hasMore)
    #expect(route.next() == .sentinel(sentinels[0], master: "m"))
    route.reset()
    #expect(route.next() == .sentinel(sentinels[0], master: "m"))
  }

  @Test(arguments: SeededGenerator.seeds(20))
  func pausesGrowToTheirBoundWithJitter(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var backoff = Backoff(shortest: 20, longest: 1000)
    var step: Int64 = 20
    for _ in 0..<20 {
      let pause = backoff.delay(using: &random)
      #expect((step / 2...step).contains(pause))
      step = min(1000, step * 2)
    }
    #expect(backoff.failures == 20)
    backoff.reset()
    #expect((10...20).contains(backoff.delay(using: &random)))
  }
}
