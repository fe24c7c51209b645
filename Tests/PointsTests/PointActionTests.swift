import Contacts
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Points

@Suite("Point actions (points-stages-forms.md 1.3)") struct PointActionTests {
  private func open(_ contact: Int64, _ id: String, email: Int64 = 1) -> PointEngagement {
    PointEngagement(.emailOpen, contact: contact, id: id, subjects: [email], at: PointsBed.start)
  }

  @Test("PTS-10: not repeatable, once for a contact, however many engagements come at once")
  func onceForEver() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 10)
      let action = try await bed.action(.emailOpen, 5)
      try await withThrowingTaskGroup(of: Int.self) { tasks in
        for number in 0..<8 {
          tasks.addTask { try await bed.record(open(1, "\(number)"), open(2, "\(number)")) }
        }
        var counted = 0
        for try await one in tasks { counted += one }
        #expect(counted == 2)
      }
      #expect(try await [bed.points(1), bed.points(2)] == [5, 15])
      #expect(
        try await bed.texts(
          "SELECT concat_ws('|', contact_id, type, event_name, action_name, delta) FROM points_log ORDER BY 1"
        ) == ["1|email|\(action.id): Rule|open|5", "2|email|\(action.id): Rule|open|5"])
      // The points log is the record.
      #expect(
        try await bed.texts("SELECT action FROM audit_log WHERE object = 'lead'").isEmpty)
      #expect(try await bed.texts("SELECT 'x' FROM contacts WHERE date_modified IS NOT NULL") == [])
    }
  }

  @Test("PTS-11: repeatable, each engagement once, even if it is recorded twice")
  func onceForEachEngagement() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      try await bed.action(.emailOpen, 5, repeatable: true)
      #expect(try await bed.record(open(1, "a"), open(1, "b"), open(2, "a"), open(1, "a")) == 3)
      #expect(try await bed.record(open(1, "a"), open(1, "c")) == 1)
      #expect(try await [bed.points(1), bed.points(2)] == [15, 5])
      #expect(
        try await bed.texts("SELECT delta::text FROM points_log WHERE contact_id = 1")
          == ["5", "5", "5"])
    }
  }

  @Test("EML-361: an open by a machine gives points, unless the rule asks for a person")
  func byPerson() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.action(.emailOpen, 5)
      try await bed.action(.emailOpen, 100, ["byPerson": .boolean(true)])
      var engagement = open(1, "a")
      engagement.isByMachine = true
      #expect(try await bed.record(engagement) == 1)
      #expect(try await bed.points(1) == 5)
      // The same send, opened by its recipient.
      #expect(try await bed.record(open(1, "a")) == 1)
      #expect(try await bed.points(1) == 105)
      await #expect(throws: InvalidInput.self) {
        try await bed.action(.emailOpen, 5, ["byPerson": .string("maybe")])
      }
    }
  }

  @Test("PTS-12: engagements of logged-in users and of deleted contacts do not count")
  func leavesOut() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.action(.emailOpen, 5)
      var engagement = open(1, "a")
      engagement.isByUser = true
      #expect(try await bed.record(engagement, open(77, "a")) == 0)
      #expect(try await bed.points(1) == 0)
      #expect(try await bed.texts("SELECT 'x' FROM point_action_log") == [])
    }
  }

  @Test("PTS-13: unpublished or outside its window at the time of the engagement, nothing")
  func heedsTheWindow() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.action(.emailOpen, 1) { $0.rule.isPublished = false }
      let later = PointsBed.start.addingTimeInterval(60)
      try await bed.action(.emailOpen, 10, repeatable: true) { $0.rule.publishUp = .some(later) }
      try await bed.action(.emailOpen, 100, repeatable: true) { $0.rule.publishDown = .some(later) }
      var engagement = open(1, "a")
      #expect(try await bed.record(engagement) == 1)
      engagement.at = later
      engagement.id = "b"
      #expect(try await bed.record(engagement) == 1)
      #expect(try await bed.points(1) == 110)
    }
  }

  @Test("PTS-14, PTS-06: all matching rules fire and add up; with a group its score changes")
  func addsUp() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      let group = try await bed.group()
      try await bed.action(.emailOpen, 5)
      try await bed.action(.emailOpen, -2, ["emails": .array([.integer(1), .string("9")])])
      try await bed.action(.emailOpen, 40, ["emails": .array([.integer(2)])])
      try await bed.action(.emailOpen, 7, group: group)
      try await bed.action(.emailSend, 300)
      #expect(try await bed.record(open(1, "a"), open(2, "a", email: 2)) == 6)
      #expect(try await [bed.points(1), bed.points(2)] == [3, 45])
      #expect(
        try await bed.texts("SELECT score::text FROM group_scores ORDER BY contact_id")
          == ["7", "7"])
    }
  }

  @Test("A page's variant counts as its parent too")
  func countsVariants() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.action(.pageHit, 5, ["pages": .array([.integer(3)])])
      let engagement = PointEngagement(
        .pageHit, contact: 1, id: "hit 1", subjects: [8, 3], at: PointsBed.start)
      #expect(try await bed.record(engagement) == 1)
    }
  }

  @Test("A batch of contacts costs the statements of one")
  func worksInSets() async throws {
    try await PointsBed.with { bed in
      try await bed.pool.query(
        "INSERT INTO contacts (id, date_added) SELECT n, \(PointsBed.start) FROM generate_series(1, 500) n"
      )
      try await bed.action(.emailOpen, 5)
      func statements(_ contacts: ClosedRange<Int64>) async throws -> Int {
        let before = bed.pool.statementsSent
        try await bed.jobs.transaction(at: bed.now) { transaction in
          _ = try await PointActions.record(contacts.map { open($0, "a") }, in: transaction)
        }
        return bed.pool.statementsSent - before
      }
      let one = try await statements(1...1)
      #expect(try await statements(2...500) == one)
    }
  }

  @Test("PTS-05, PTS-11: engagements are deleted after 90 days; what counts once and points remain")
  func prunes() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.action(.emailOpen, 5)
      try await bed.action(.emailOpen, 5, repeatable: true)
      _ = try await bed.record(open(1, "a"))
      bed.clock.advance(by: 91 * 86_400)
      _ = try await bed.record(open(1, "b"))
      try await bed.working {
        try await bed.jobs.enqueue(PruneEngagements())
        try await bed.settle()
      }
      #expect(
        try await bed.texts("SELECT act FROM point_action_log ORDER BY act") == ["", "b"])
      #expect(try await bed.texts("SELECT points::text FROM contacts") == ["15"])
    }
  }

  private static let bad: [(String, @Sendable (inout PointActionInput) -> Void)] = [
    ("delta", { $0.delta = 0 }), ("delta", { $0.delta = nil }),
    ("delta", { $0.delta = .min }), ("delta", { $0.delta = 2_000_000_001 }),
    ("type", { $0.type = "page.hits" }), ("type", { $0.type = nil }),
    ("name", { $0.rule.name = " " }), ("group", { $0.rule.group = 9 }),
    ("properties", { $0.properties = .string("x") }),
    ("properties.pages", { $0.properties = .object(["pages": .array([.string("x")])]) }),
    ("properties.pages", { $0.properties = .object(["pages": .integer(0)]) }),
    (
      "properties.returns_after",
      {
        $0.type = "url.hit"
        $0.properties = .object(["returns_after": .integer(-1)])
      }
    ),
    (
      "properties.page_url",
      {
        $0.type = "url.hit"
        $0.properties = .object(["page_url": .string(String(repeating: "a", count: 3_000))])
      }
    ),
  ]

  @Test("Section 1.6: bad input names the member") func refuses() async throws {
    try await PointsBed.with { bed in
      for (member, change) in Self.bad {
        do {
          try await bed.action(.pageHit, 1, change: change)
          Issue.record("nothing was refused: \(member)")
        } catch let error as InvalidInput {
          #expect(error.problems.map(\.member) == [member])
        }
      }
      #expect(try await bed.texts("SELECT name FROM point_actions") == [])
    }
  }
}

@Suite("Visited addresses (PTS-15)") struct UrlRuleTests {
  @Test(
    "PTS-15: the whole address, with query and fragment, matches the pattern",
    arguments: [
      ("https://x.test/a", "https://x.test/a", true),
      ("https://x.test/a?b", "https://x.test/a", false),
      ("https://x.test/a?b#c", "https://x.test/a*", true), ("https://x.test/A", "*/a", false),
      ("https://x.test/a/b/c", "*/a/*/c", true), ("https://x.test/", "*", true), ("", "*", true),
      ("https://x.test/a.b", "*a?b", false), ("https://x.test/ab", "*[ab]", false),
    ])
  func matches(_ url: String, _ pattern: String, _ isMatch: Bool) {
    #expect(PointActions.matches(url, pattern: pattern) == isMatch)
  }

  @Test("PTS-15: as a plain definition of the star has it, for random texts")
  func agreesWithTheDefinition() {
    /// Tries every way to fill the stars, one after the other.
    func plain(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
      guard let first = pattern.first else { return text.isEmpty }
      if first == "*" {
        return (text.startIndex...text.endIndex).contains {
          plain(text[$0...], pattern.dropFirst())
        }
      }
      return text.first == first && plain(text.dropFirst(), pattern.dropFirst())
    }
    let seed = UInt64.random(in: 0..<1_000_000)
    var state = seed
    func random(_ letters: String, _ most: UInt64) -> String {
      func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
      }
      let letters = Array(letters)
      return String((0..<next() % (most + 1)).map { _ in letters[Int(next()) % letters.count] })
    }
    for _ in 0..<3_000 {
      let (text, pattern) = (random("ab/", 9), random("ab/**", 7))
      #expect(
        UrlRule.matches(text, pattern) == plain(Array(text)[...], Array(pattern)[...]),
        "seed \(seed): \(text) \(pattern)")
    }
  }

  @Test("A pattern of stars costs no more than the product of the lengths")
  func isBounded() {
    let text = String(repeating: "a", count: 2_000)
    let pattern = String(repeating: "a*", count: 1_000) + "b"
    #expect(!UrlRule.matches(text, pattern))
  }

  private static func engagement(_ visits: UrlVisits?) -> PointEngagement {
    PointEngagement(
      .urlHit, contact: 1, id: "1", url: "https://x.test/a",
      visits: visits.map { ["*/a": $0] } ?? [:], at: PointsBed.start)
  }

  private static func ago(_ seconds: Double) -> Date {
    PointsBed.start.addingTimeInterval(-seconds)
  }

  @Test(
    "All options that are set must hold; without known visits none does",
    arguments: [
      (["first_time": .boolean(true)], UrlVisits(), true),
      (["first_time": .string("1")], UrlVisits(count: 1), false),
      (["first_time": .boolean(false), "page_hits": .string("")], nil, true),
      (["first_time": .boolean(true)], nil, false),
      (["page_hits": .integer(3)], UrlVisits(count: 2), true),
      (["page_hits": .integer(3)], UrlVisits(count: 3), false),
      (["accumulative_time": .integer(60)], UrlVisits(count: 1, seconds: 60), true),
      (["accumulative_time": .integer(60)], UrlVisits(count: 1, seconds: 59), false),
      (["returns_within": .integer(10)], UrlVisits(count: 1, last: ago(10)), true),
      (["returns_within": .integer(10)], UrlVisits(count: 1, last: ago(11)), false),
      (["returns_within": .integer(10)], UrlVisits(), false),
      (["returns_after": .integer(10)], UrlVisits(count: 1, last: ago(9)), false),
      (["returns_after": .integer(10)], UrlVisits(count: 1, last: ago(10)), true),
      (
        ["returns_after": .integer(10), "page_hits": .integer(9)],
        UrlVisits(count: 1, last: ago(10)), false
      ),
    ] as [([String: JSONValue], UrlVisits?, Bool)])
  func heedsOptions(
    _ options: [String: JSONValue], _ visits: UrlVisits?, _ isMatch: Bool
  ) throws {
    let properties = options.merging(["page_url": .string(" */a ")]) { $1 }
    let rule = try UrlRule(.object(properties))
    #expect(rule.matches(Self.engagement(visits)) == isMatch)
  }

  @Test("The URL patterns whose rules depend on earlier visits are listed")
  func tellsPatterns() async throws {
    try await PointsBed.with { bed in
      try await bed.action(.urlHit, 1, ["page_url": .string("*/a")])
      try await bed.action(
        .urlHit, 1, ["page_url": .string("*/b"), "first_time": .boolean(true)])
      let patterns = try await bed.pool.withConnection { try await PointActions.patterns(on: $0) }
      #expect(patterns == ["*/b"])
    }
  }
}
