import Testing

@testable import UserAgents

/// The parts that find and match expressions.
@Suite struct MatchingTests {
  private func literals(_ pattern: String) -> [String]? {
    RequiredLiterals.of(pattern)?.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  @Test func findsTheFragmentsThatAnExpressionNeeds() {
    #expect(literals("BUZZ ([45]) Ultra") == ["buzz 4 ultra", "buzz 5 ultra"])
    #expect(literals(#"Teak/([\d.]+)"#) == ["teak/"])
    #expect(
      literals("(360Spider(?:-Image|-Video)?)") == [
        "360spider", "360spider-image", "360spider-video",
      ])
    #expect(literals("Kobo|Steam") == ["kobo", "steam"])
    #expect(literals(#".*-tablet$"#) == ["-tablet"])
    #expect(literals("(?!III)Maple+") == ["mapl"])
    #expect(literals(#"Andr[o0]id.{1,3}(?:TV)"#)?.sorted() == ["andr0id", "android"])
    // Neither of these needs anything of three letters.
    #expect(literals(#"\d+"#) == nil)
    #expect(literals("Kobo|x1") == nil)
    #expect(literals("(?:Kobo)?") == nil)
  }

  /// What is not understood is always tried.
  @Test(arguments: ["(?i)kobo", "(", "[a", #"a\1bcd"#, "(?(1)abc|def)", "*abc"])
  func givesUpOnOtherForms(pattern: String) {
    #expect(literals(pattern) == nil)
  }

  @Test func looksForFragmentsInOnePass() {
    let index = LiteralIndex(
      [["kobo"], nil, ["steam", "tea"], ["abc"]].map { (needs: [String]?) in
        needs?.map { Array($0.utf8) }
      })
    func found(_ text: String) -> [Int] {
      let bits = index.candidates(Array(text.utf8))
      return (0..<4).filter { bits[0] >> UInt64($0) & 1 == 1 }
    }
    #expect(found("a kobo!") == [0, 1])
    #expect(found("steam") == [1, 2])
    #expect(found("abckob") == [1, 3])
    #expect(found("ab") == [1])
  }

  /// The pass leaves out no expression that matches: all of them are tried on some real agents.
  @Test func leavesOutNoneThatMatches() throws {
    let rules = AgentRules(try Assets.data())
    let fixtures = try Assets.fixtures()
    let memory = try MatchMemory()
    let agents = stride(from: 0, to: fixtures.count, by: fixtures.count / 25).map {
      Array(fixtures[$0].agent.utf8)
    }
    var missed: [String] = []
    for (number, source) in rules.expressions.sources.enumerated() {
      let expression = try #require(rules.expressions.expression(number))
      for agent in agents where expression.match(agent, with: memory) != nil {
        let bits = rules.expressions.index.candidates(agent.map(\.lowered))
        if bits[number / 64] >> UInt64(number % 64) & 1 == 0 { missed.append(source.pattern) }
      }
    }
    #expect(missed.isEmpty)
  }

  @Test func fillsTemplates() throws {
    let expression = try Expression(#"GT-(\w)(\d+)(x)?"#, .list, isFast: true)
    let match = try #require(expression.match(Array("an gt-I9100_TD".utf8), with: MatchMemory()))
    #expect(match.fill("Galaxy $1-$2$3 $9 ") == "Galaxy I-9100")
    #expect(match.fill("$") == "$")
    #expect(match.version("$2_1.5", parts: 2) == "9100.1")
    #expect(match.model("$2_a TD") == "9100 a")
    #expect(match.model("Build") == "")
  }

  @Test func givesUpAtTheLimit() throws {
    let expression = try Expression("(a+)+b(a+)+c(a+)+$", .none, isFast: true)
    let memory = try MatchMemory()
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2_000) + Array("b".utf8)
    #expect(expression.match(text, with: memory) == nil)
    #expect(memory.attempts == 1)
  }

  @Test func namesWhatIsNoExpression() {
    #expect {
      try Expression("(a", .list, isFast: false)
    } throws: {
      "\($0)".contains("\"(a\" is no regular expression: missing closing parenthesis")
    }
  }

  @Test func ordersVersions() {
    let ordered = ["XP", "", "1", "1.0", "1.1", "1.10", "2", "10.0.1"]
    for (place, version) in ordered.enumerated() {
      for (other, second) in ordered.enumerated() {
        let order = VersionText.compare(version, second)
        #expect(order.signum() == (place - other).signum(), "\(version) \(second)")
      }
    }
    #expect(VersionText.major("0110.2") == "110")
    #expect(VersionText.cut("1.2.3", parts: 2) == "1.2")
  }

  @Test func keepsABoundedNumberOfDescriptions() {
    let cache = AgentCache(limit: 10)
    for number in 0..<100 {
      cache.add(AgentDescription(), for: AgentCache.Key(agent: "\(number)", hints: ClientHints()))
    }
    #expect(cache.count <= 10)
    #expect(cache[AgentCache.Key(agent: "99", hints: ClientHints())] != nil)
    #expect(cache[AgentCache.Key(agent: "0", hints: ClientHints())] == nil)
  }
}
