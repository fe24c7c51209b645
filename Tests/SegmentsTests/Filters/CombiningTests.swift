import Primitives
import Testing

@testable import Segments

/// Reading and combining filters (segments.md 3 and 4).
@Suite struct CombiningTests {
  @Test("SEG-10, SEG-11: the worked example of the specification")
  func groupsByOr() async throws {
    func person(_ first: String, _ last: String, _ address: String?) -> ModelContact {
      var values: [String: ModelValue] = ["firstname": .text(first), "c_text": .text(last)]
      if let address { values["c_lookup"] = .text(address) }
      return .with(values)
    }
    try await Playground.with([
      "fn1 with address": person("fn1", "x", "road 1"), "fn1 without": person("fn1", "x", nil),
      "ln1": person("y", "ln1", nil), "fn2": person("fn2", "x", nil),
      "fn3 ln3": person("fn3", "ln3", nil), "fn3": person("fn3", "x", nil),
      "fn4": person("fn4", "x", nil), "ln5": person("y", "ln5", nil),
      "ln3": person("y", "ln3", nil),
    ]) { (play) async throws in
      let found = try await play.who(
        having("c_lookup", "!empty"), having("firstname", "=", "fn1"), or("c_text", "=", "ln1"),
        or("firstname", "=", "fn2"), or("firstname", "=", "fn3"), having("c_text", "=", "ln3"),
        or("firstname", "=", "fn4"), or("c_text", "=", "ln5"))
      #expect(found == ["fn1 with address", "ln1", "fn2", "fn3 ln3", "fn4", "ln5"])
    }
  }

  @Test("SEG-10, edges 1 to 3: the first glue is ignored, in any letter case")
  func readsGlue() async throws {
    try await Playground.with(["ann": .named("Ann"), "bob": .named("Bob")]) { (play) async throws in
      // The first filter's glue means nothing.
      #expect(
        try await play.who(or("firstname", "=", "ann"), having("firstname", "!empty")) == ["ann"])
      // An `or` at the end is a group of one.
      #expect(
        try await play.who(
          having("firstname", "=", "ann"), having("firstname", "=", "x"),
          or("firstname", "=", "bob")) == ["bob"])
      #expect(
        try await play.who(having("firstname", "=", "ann"), having("firstname", "=", "bob")) == [])
      #expect(
        try await play.who(
          having("firstname", "=", "ann"), having("firstname", "=", "bob", glue: "OR"))
          == ["ann", "bob"])
    }
  }

  @Test("SEG-12, SEG-15: values of one filter are alternatives, \"none of them\" whatever the glue")
  func takesValuesOfOneFilterAsAlternatives() async throws {
    try await Playground.with(
      ["ann": .named("Ann"), "bob": .named("Bob"), "cleo": .named("Cleo")],
      segments: [
        1: ModelSegment(filters: [], pinned: [1]), 2: ModelSegment(filters: [], pinned: [2]),
      ]
    ) { (play) async throws in
      #expect(
        try await play.who(
          having("firstname", "!empty"), having("firstname", "in", "ann|bob")) == ["ann", "bob"])
      #expect(
        try await play.who(having("firstname", "=", "x"), or("leadlist", "!in", [1, 2]))
          == ["cleo"])
    }
  }

  @Test("SEG-14: what SQL would call unknown is not satisfied, and its negation is")
  func isNeverUnknown() async throws {
    try await Playground.with(["nobody": .named(nil)]) { (play) async throws in
      let compiled = try play.compiler().compile(
        try SegmentFilters(json: [having("firstname", "=", "x"), or("c_number", "gt", 1)]),
        references: .stored)
      let rows = try await play.pool.query(
        "SELECT c.id FROM contacts AS c WHERE NOT \(sql: compiled.condition)")
      #expect(rows.count == 1)
    }
  }

  @Test(
    "SEG-02: `properties.filter` wins, even if null; the old member is read only without it")
  func prefersTheValueInProperties() throws {
    func read(_ members: [String: JSONValue]) throws -> SegmentFilter {
      var all: [String: JSONValue] = [
        "field": "city", "type": "text", "operator": "like", "object": "lead",
      ]
      all.merge(members) { $1 }
      return try #require(try SegmentFilters(json: [.object(all)]).filters.first)
    }
    let both: [String: JSONValue] = [
      "properties": .object(["filter": .null]), "filter": .object(["other": "shape"]),
    ]
    #expect(try read(both).value == .null)
    #expect(try read(["filter": "x"]).value == "x")
    #expect(try read(["properties": .object(["display": "D"]), "filter": "x"]).value == "x")
    #expect(
      try read(["filter": "x", "display": "X"]).json["properties"]
        == .object(["filter": "x", "display": "X"]))
  }

  @Test("SEG-03: a contact's behavior is found under `lead` as well")
  func findsBehaviorsUnderLead() async throws {
    var visitor = ModelContact.named("Ann")
    visitor.devices = [["device": "desktop"]]
    try await Playground.with(["ann": visitor]) { (play) async throws in
      for object in ["lead", "behaviors"] {
        #expect(
          try await play.who(having("device_type", "in", ["desktop"], object: object)) == ["ann"])
      }
    }
  }

  @Test("SEG-04: `=` with a list is `in`")
  func takesEqualWithAListAsIn() async throws {
    try await Playground.with(["ann": .named("Ann"), "bob": .named("Bob")]) { (play) async throws in
      #expect(try await play.who(having("firstname", "=", ["bob", "x"])) == ["bob"])
      let stored = try SegmentFilters(json: [having("firstname", "=", ["bob"])])
      #expect(stored.json == .array([having("firstname", "=", ["bob"])]))
    }
  }

  /// Edge case 4 of section 13: without filters no contact matches.
  @Test func matchesNobodyWithoutFilters() async throws {
    try await Playground.with(["ann": .named("Ann")]) { (play) async throws in
      #expect(try await play.who() == [])
    }
  }
}
