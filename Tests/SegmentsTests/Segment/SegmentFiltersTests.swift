import Fields
import Foundation
import Primitives
import Testing

@testable import Segments

@Suite("Stored filters of segments (segments.md 3, 8, 11)")
struct SegmentFiltersTests {
  @Test("All problems are reported at once by filter and member, and nothing is changed")
  func refusals() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let filters: [JSONValue] = [
        textFilter("city", "=", .string("Oslo")),
        textFilter("nonsense", "=", .string("x")),
        textFilter("city", "between", .array([])),
        textFilter("city", "=", nil),
        textFilter("city", "regexp", .string("a(")),
        membershipFilter("in", 4711),
        textFilter("city", "=", .string("x"), glue: "xor"),
      ]
      // A filter that cannot be read is reported first; the others are checked once all can be read.
      let refused1 = await refusal { try await bed.make("Bad", filters) }
      #expect(refused1.keys.sorted() == ["filters[6].glue"])
      let found = await refusal { try await bed.make("Bad", Array(filters.dropLast())) }
      #expect(
        found.keys.sorted() == [
          "filters[1].field", "filters[2].operator", "filters[3].filter", "filters[4].filter",
          "filters[5].filter",
        ])
      #expect(found["filters[5].filter"] == "the segment 4711 does not exist")
      let refused2 = await refusal { try await bed.make("Bad", [.string("x")]) }
      #expect(refused2.keys.sorted() == ["filters[0]"])
      #expect(try await bed.store.list().isEmpty)
    }
  }

  /// SEG-02: what older clients send beside the field is stored in `properties`, which wins.
  @Test("Filters are stored in canonical form, with exactly the members that were sent")
  func canonical() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let old: JSONValue = .object([
        "glue": .string("OR"), "field": .string("city"), "object": .string("lead"),
        "type": .string("text"), "operator": .string("="), "filter": .string("Oslo"),
        "display": .null,
      ])
      let made = try await bed.make("Old", [old])
      #expect(
        made.filters
          == .array([
            .object([
              "glue": .string("and"), "field": .string("city"), "object": .string("lead"),
              "type": .string("text"), "operator": .string("="),
              "properties": .object(["filter": .string("Oslo"), "display": .null]),
            ])
          ]))
    }
  }

  @Test("Filters reference no private segment of another user; old ones may stay (segments.md 11)")
  func privateReferences() async throws {
    try await DefinitionBed.with { (bed) async throws in
      var input = SegmentInput(name: "Kim's")
      input.isGlobal = false
      let own = try await bed.editor.create(input, by: DefinitionBed.kim)
      let filters = [membershipFilter("!in", own.id)]
      let message = "the segment \(own.id) is another user's"
      let made = await refusal { try await bed.make("New", filters, by: DefinitionBed.lee) }
      #expect(made == ["filters[0].filter": message])
      let looked = await refusal {
        _ = try await bed.editor.preview(.array(filters), by: DefinitionBed.lee)
      }
      #expect(looked == ["filters[0].filter": message])
      #expect(try await bed.store.list().map(\.name) == ["Kim's"])
      _ = try await bed.make("Kim's too", filters, by: DefinitionBed.kim)
      let shared = try await bed.make("Everybody's", filters)
      // Lee changes what an administrator created, and keeps its references.
      let more = filters + [textFilter("city", "=", .string("Oslo"))]
      let edited = try await bed.editor.edit(
        shared.id, SegmentInput(filters: .array(more)), by: DefinitionBed.lee)
      #expect(edited?.filters != shared.filters)
      await #expect(throws: SegmentError.forbidden) {
        try await bed.editor.preview(.array([]), of: own.id, by: DefinitionBed.lee)
      }
    }
  }

  @Test(
    "A segment cannot reference itself, directly or through others, at any depth (SEG-84)")
  func circles() async throws {
    try await DefinitionBed.with { (bed) async throws in
      var last = try await bed.make("First", [textFilter("city", "=", .string("Oslo"))])
      let first = last
      for number in 1...5 {
        last = try await bed.make("Step \(number)", [membershipFilter("!in", last.id)])
      }
      for target in [first.id, last.id] {
        let filters = JSONValue.array([membershipFilter("in", target)])
        let found = await refusal {
          _ = try await bed.editor.edit(first.id, SegmentInput(filters: filters), by: .system)
        }
        #expect(found.keys.sorted() == ["filters"])
        #expect(found["filters"]?.contains("“First”") == true)
      }
      // SEG-83: the same segment along two branches is no cycle.
      _ = try await bed.make(
        "Tree", [membershipFilter("in", first.id), membershipFilter("in", last.id, glue: "or")])
      #expect(try await bed.store.segment(first.id)?.filters == first.filters)
    }
  }

  @Test(
    "An unpublished segment cannot be newly referenced; existing filters stay (SEG-87, SEG-93)"
  )
  func unpublished() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let target = try await bed.make("Target")
      let user = try await bed.make("User", [membershipFilter("in", target.id)])
      try await bed.pool.query("UPDATE segments SET is_published = false WHERE id = \(target.id)")
      let found = await refusal { try await bed.make("Late", [membershipFilter("in", target.id)]) }
      #expect(found == ["filters[0].filter": "the segment “Target” is not published"])
      let more = JSONValue.array([
        membershipFilter("in", target.id), textFilter("city", "=", .string("Oslo")),
      ])
      let edited = try await bed.editor.edit(user.id, SegmentInput(filters: more), by: .system)
      #expect(edited?.filters != user.filters)
    }
  }

  @Test("Stored filters can be sent back unchanged, even when their field is gone (SEG-86)")
  func unchanged() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let fields = FieldStore(pool: bed.pool)
      let field = try await fields.create(
        NewField(object: .contact, label: "Shoe"), by: .system, now: Date())
      let made = try await bed.make("Shoes", [textFilter(field.alias, "=", .string("x"))])
      try await bed.pool.query("DELETE FROM fields WHERE id = \(field.id)")
      let input = SegmentInput(name: "Boots", filters: made.filters)
      let edited = try #require(try await bed.editor.edit(made.id, input, by: .system))
      #expect(edited.name == "Boots" && edited.filters == made.filters)
    }
  }

  @Test("A preview counts and lists contacts, writes nothing, and ends in time")
  func preview() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let ids = try await bed.contacts("Ann", "Bob", "Anna", "Cid")
      let an = JSONValue.array([textFilter("firstname", "startsWith", .string("an"))])
      let found = try await bed.editor.preview(an)
      #expect(found == SegmentPreview(count: 2, sample: [ids[2], ids[0]]))
      #expect(try await bed.editor.preview(an, sample: 1).sample == [ids[2]])
      #expect(try await bed.editor.preview(.array([])).count == 0)
      #expect(try await bed.store.list().isEmpty)
      let bad = JSONValue.array([textFilter("nonsense", "=", .string("x"))])
      let refused3 = await refusal { _ = try await bed.editor.preview(bad) }
      #expect(
        refused3.keys.sorted() == [
          "filters[0].field"
        ])
      // Another session holds the table lock for long.
      await #expect(throws: SegmentError.tooSlow(seconds: 1)) {
        try await bed.pool.transaction { connection in
          try await connection.query("LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE")
          _ = try await bed.editor.preview(an, limit: 1)
        }
      }
    }
  }
}
