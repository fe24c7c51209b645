import Foundation
import Postgres
import Primitives
import Testing

@testable import Segments

/// Segments that reference segments (segments.md 8).
@Suite struct ReferenceTests {
  private static let people: KeyValuePairs<String, ModelContact> = [
    "ann": .named("Ann"), "bob": .named("Bob"), "cleo": .named("Cleo"),
  ]

  private static func named(_ text: String) -> JSONValue {
    [having("firstname", "contains", .string(text))]
  }
  private static func members(_ word: String, _ ids: JSONValue) -> JSONValue {
    [having("leadlist", word, ids, type: "leadlist")]
  }

  @Test(
    "SEG-80, edge 6: matching contacts not barred, and those added by hand; per segment"
  )
  func meansEffectiveMembers() async throws {
    let segments: [Int64: ModelSegment] = [
      1: ModelSegment(filters: Self.named("b"), pinned: [3], barred: []),
      2: ModelSegment(filters: Self.named("b"), barred: [2]),
    ]
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      #expect(try await play.who(having("leadlist", "in", [1])) == ["bob", "cleo"])
      #expect(try await play.who(having("leadlist", "in", [2])) == [])
      #expect(try await play.who(having("leadlist", "!in", [2])) == ["ann", "bob", "cleo"])
      #expect(try await play.who(having("leadlist", "in_all", [1, 2])) == [])
      #expect(try await play.who(having("leadlist", "!in_all", [1, 2])).count == 3)
    }
  }

  @Test("SEG-81: a static segment has the contacts added by hand")
  func takesStaticSegmentsByHand() async throws {
    let segments: [Int64: ModelSegment] = [
      1: ModelSegment(filters: [], pinned: [2]), 2: ModelSegment(filters: []),
    ]
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      #expect(try await play.who(having("leadlist", "in", [1])) == ["bob"])
      #expect(try await play.who(having("leadlist", "in", [2])) == [])
      #expect(try await play.who(having("leadlist", "!in", [2])) == ["ann", "bob", "cleo"])
      // A row that a filter left before its segment became static does not count.
      try await play.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added)
        VALUES (1, 2, '2026-01-01 00:00:00Z')
        """)
      #expect(try await play.who(having("leadlist", "in", [2])) == [])
    }
  }

  @Test("SEG-82: stored rows need not be correct for a segment that is rebuilt alone")
  func evaluatesNamedFilters() async throws {
    let segments: [Int64: ModelSegment] = [1: ModelSegment(filters: Self.named("ann"))]
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      let filters = try SegmentFilters(json: Self.members("in", [1]))
      let stored = try play.compiler().compile(filters, references: .stored)
      #expect(stored.reads == [.segment(1)])
      #expect(stored.references == [1])
      let rows = try await play.pool.query(
        "SELECT FROM contacts AS c WHERE \(sql: stored.condition)")
      #expect(rows.count == 0)
      let inlined = try play.compiler().compile(filters, references: .inlined)
      #expect(inlined.reads == [.segment(1), .column("firstname")])
      #expect(try await play.who(having("leadlist", "in", [1])) == ["ann"])
    }
  }

  @Test(
    "SEG-83, SEG-82: chains of any length, two paths to one segment; deep ones by stored members")
  func followsChains() async throws {
    var segments: [Int64: ModelSegment] = [1: ModelSegment(filters: Self.named("ann"))]
    for id in Int64(2)...14 {
      segments[id] = ModelSegment(
        filters: [
          having("leadlist", "in", [.integer(id - 1)]),
          having("leadlist", "in", [.integer(max(1, id - 2))]),
        ])
    }
    for id in Int64(15)...400 {
      segments[id] = ModelSegment(filters: Self.members("in", [.integer(id - 1)]))
    }
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      #expect(try play.problems(having("leadlist", "in", [400])) == [])
      for id in Int64(1)...10 {
        #expect(try await play.who(having("leadlist", "in", [.integer(id)])) == ["ann"])
      }
      for id in segments.keys {
        try await play.pool.query(
          """
          INSERT INTO segment_members (contact_id, segment_id, date_added)
          VALUES (1, \(id), '2026-01-01 00:00:00Z')
          """)
      }
      #expect(try await play.who(having("leadlist", "in", [400])) == ["ann"])
      let graph = try play.compiler().graph
      #expect(graph.levels().levels.count == 400)
      #expect(graph.dependents(of: [390]).count == 10)
    }
  }

  @Test("SEG-84, SEG-85: cycles of any length are refused on saving, and fail later")
  func refusesCircles() async throws {
    let segments: [Int64: ModelSegment] = [
      1: ModelSegment(filters: Self.members("in", [2])),
      2: ModelSegment(filters: Self.members("!in", [3])),
      3: ModelSegment(filters: Self.named("x")), 4: ModelSegment(filters: Self.members("in", [4])),
    ]
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      #expect(
        try play.problems(having("leadlist", "in", [1]), of: 3) == [
          "filters: the filters contradict those of another segment: "
            + "segment 3 needs segment 1 needs segment 2 needs segment 3"
        ])
      #expect(try play.problems(having("leadlist", "in", [1]), of: nil) == [])
      #expect(try play.problems(having("leadlist", "!in", [9, 3]), of: 3).count == 2)
      let own = try SegmentFilters(json: Self.members("in", [4]))
      #expect(throws: CompileError.circular([4, 4])) {
        try play.compiler().compile(own, references: .inlined, of: 4)
      }
      #expect(try play.compiler().graph.levels().circular == [4])
    }
  }

  @Test(
    "SEG-86: dangling references cannot be evaluated; referencing segments use stored members"
  )
  func failsForWhatIsGone() async throws {
    let segments: [Int64: ModelSegment] = [
      1: ModelSegment(filters: Self.members("in", [99])),
      2: ModelSegment(filters: [having("gone", "empty")]),
    ]
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      let compiler = try play.compiler()
      for mode in [ReferenceMode.stored, .inlined] {
        #expect(throws: CompileError.missingSegment(99)) {
          try compiler.compile(
            try SegmentFilters(json: Self.members("in", [99])), references: mode)
        }
        #expect(throws: CompileError.missingField("gone")) {
          try compiler.compile(
            try SegmentFilters(json: [having("gone", "empty")]), references: mode)
        }
      }
      try await play.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added)
        VALUES (1, 1, '2026-01-01 00:00:00Z'), (2, 2, '2026-01-01 00:00:00Z')
        """)
      let compiled = try compiler.compile(
        try SegmentFilters(json: Self.members("in", [1, 2])), references: .inlined)
      let rows = try await play.pool.query(
        "SELECT FROM contacts AS c WHERE \(sql: compiled.condition)")
      #expect(rows.count == 2)
      #expect(
        try play.problems(having("leadlist", "in", [99]))
          == ["filters[0].filter: the segment 99 does not exist"])
    }
  }

  @Test("SEG-49: in no segment, in any segment; segments that ask this do not count")
  func asksForAnySegment() async throws {
    let segments: [Int64: ModelSegment] = [
      1: ModelSegment(filters: [], pinned: [1], barred: [2]),
      2: ModelSegment(filters: Self.members("empty", .null)),
      3: ModelSegment(filters: Self.members("in", [2])),
    ]
    try await Playground.with(Self.people, segments: segments) { (play) async throws in
      #expect(try await play.who(having("leadlist", "!empty")) == ["ann"])
      #expect(try await play.who(having("leadlist", "empty")) == ["bob", "cleo"])
      #expect(try await play.who(having("leadlist", "in", [3])) == ["bob", "cleo"])
      let compiled = try play.compiler()
        .compile(try SegmentFilters(json: Self.members("empty", .null)), references: .stored)
      #expect(compiled.reads == [.anySegment])
    }
  }
}
