import Foundation
import Testing
import UserAgents

/// Agreement with the lists' own tests: tens of thousands of real agents.
@Suite struct FixtureTests {
  /// The parts that have to agree, each for itself and all together.
  private static let required: Set<String> = [
    "bot", "system", "client", "kind", "brand", "model",
  ]

  @Test func agreesWithThePackagesOwnTests() async throws {
    let fixtures = try Assets.fixtures()
    #expect(fixtures.count > 30_000)
    let parser = try Assets.parser()
    let found = await withTaskGroup(of: [(Int, [(part: String, text: String)])].self) { group in
      let size = 500
      for start in stride(from: 0, to: fixtures.count, by: size) {
        group.addTask {
          (start..<min(start + size, fixtures.count)).compactMap { place in
            let fixture = fixtures[place]
            let differences = fixture.differences(parser.read(fixture.agent, hints: fixture.hints))
            return differences.isEmpty ? nil : (place, differences)
          }
        }
      }
      var all: [(Int, [(part: String, text: String)])] = []
      for await some in group { all += some }
      return all
    }

    var wrong: [String: Int] = [:]
    var agents = 0
    for (_, differences) in found {
      for (part, _) in differences { wrong[part, default: 0] += 1 }
      if differences.contains(where: { Self.required.contains($0.part) }) { agents += 1 }
    }
    let share = { (wrong: Int) in 1 - Double(wrong) / Double(fixtures.count) }
    let shown = { (wrong: Int) in String(format: "%.2f %%", 100 * share(wrong)) }
    print("\(fixtures.count) agents; agree in all required parts: \(shown(agents))")
    for (part, count) in wrong.sorted(by: { $0.key < $1.key }) {
      print("  \(part): \(shown(count))")
    }
    let examples = found.sorted { $0.0 < $1.0 }.filter { place, differences in
      differences.contains { Self.required.contains($0.part) }
    }
    for (place, differences) in examples.prefix(Self.shownExamples) {
      let texts = differences.map { "\($0.part) \($0.text)" }.joined(separator: ", ")
      print("  \(fixtures[place].file): \(fixtures[place].agent): \(texts)")
    }
    #expect(share(agents) >= 0.995)
    for part in Self.required { #expect(share(wrong[part] ?? 0) >= 0.995, "\(part)") }
  }

  private static let shownExamples = 40
}
