import TestSupport
import Testing

@testable import UserAgents

/// No text makes the parser fail, or cost more than a bounded number of steps.
@Suite struct AttackTests {
  /// More expressions than these are never matched with one text; each takes at most
  /// `MatchMemory.stepLimit` steps.
  private static let attemptLimit = 1_000

  private func check(_ agent: [UInt8], _ seed: UInt64, _ hints: ClientHints = ClientHints()) throws
  {
    let cut = Array(agent.prefix(UserAgentParser.maximumLength))
    let (found, cost) = try Assets.parser().read(cut, hints)
    #expect(cost.attempts <= Self.attemptLimit, "seed \(seed)")
    #expect(cost.failures <= MatchMemory.failureLimit, "seed \(seed)")
    #expect(found.device.model.utf8.count <= 3 * UserAgentParser.maximumLength, "seed \(seed)")
  }

  @Test func readsRandomBytes() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("user agent seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let count = Int.random(in: 0...3_000, using: &random)
      try check((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, seed)
      let text = String(
        decoding: (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self)
      _ = try Assets.parser().read(text)
    }
  }

  /// Pieces of real agents, put together at random and very long.
  @Test func readsPiecesOfRealAgents() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("user agent seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let fixtures = try Assets.fixtures()
    for _ in 0..<200 {
      var agent: [UInt8] = []
      let limit = Int.random(in: 1...2_500, using: &random)
      while agent.count < limit {
        let piece = Array(fixtures[Int.random(in: 0..<fixtures.count, using: &random)].agent.utf8)
        guard !piece.isEmpty else { continue }
        let start = Int.random(in: 0..<piece.count, using: &random)
        agent += piece[start..<Int.random(in: start...piece.count, using: &random)]
      }
      var hints = ClientHints()
      if Bool.random(using: &random) {
        hints.model = String(decoding: agent.prefix(100), as: UTF8.self)
        hints.platform = "Android"
        hints.platformVersion = String(decoding: agent.suffix(20), as: UTF8.self)
      }
      try check(agent, seed, hints)
    }
  }

  /// Texts that make expressions go back and forth.
  @Test(arguments: [
    "a", " ", "arm", ".", "Tizen TV ", "Android 10; K", "Mobile; ", "x86_64 ", "iPhone OS 1_1",
    "Chrome/1.1.1", "(((", "rv:1.1 ", "SM-A505F Build/", "HbbTV/1.1 ", "Android 4.4; a b c d ",
  ])
  func readsRepetitions(piece: String) throws {
    let agent = String(repeating: piece, count: 3_000)
    try check(Array(agent.utf8), 0)
    _ = try Assets.parser().read(agent)
  }

  @Test func readsVersionsOfAnyLength() {
    let long = String(repeating: "9", count: 5_000)
    #expect(VersionText.compare(long, "10") > 0)
    #expect(VersionText.compare("1.\(long)", "1.\(long)") == 0)
    #expect(VersionText.compare("0\(long)", long) == 0)
  }
}
