import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Segments

/// Filters as JSON (segments.md 3, api.md 8.3).
@Suite struct FilterJSONTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSON(text: text).decode(JSONValue.self)
  }

  /// api.md 8.3: the canonical form is what was sent; after an edit `properties` has copies beside it.
  @Test func keepsTheMembersThatWereSent() throws {
    let sent = try parse(
      """
      [{"glue":"and","field":"email","object":"lead","type":"email","operator":"like",
        "properties":{"filter":"*@gmail.com","display":null}},
       {"glue":"or","field":"city","type":"text","operator":"!empty"}]
      """)
    let filters = try SegmentFilters(json: sent)
    #expect(filters.json == sent)
    #expect(filters.wire(edited: false) == sent)
    let edited = filters.wire(edited: true)
    guard case .array(let list) = edited else { return #expect(Bool(false)) }
    #expect(list[0]["filter"] == "*@gmail.com")
    #expect(list[0]["display"] == .null)
    #expect(list[0]["properties"] == sent.entries?[0]["properties"])
    #expect(list[1]["filter"] == .null)
    // Sending back what was read keeps its meaning and stored form.
    #expect(try SegmentFilters(json: edited).filters[0].json == filters.filters[0].json)
  }

  /// api.md 8.3: the old form is stored in `properties`; the first glue is stored as `and`.
  @Test func storesTheOldForm() throws {
    let old = try parse(
      """
      [{"glue":"OR","field":"city","type":"text","operator":"=","filter":"Rome","display":"Rome"},
       {"glue":"OR","field":"tags","type":"tags","operator":"in","filter":{"0":1,"1":"2"},
        "properties":[]}]
      """)
    #expect(
      try SegmentFilters(json: old).json
        == parse(
          """
          [{"glue":"and","field":"city","type":"text","operator":"=",
            "properties":{"filter":"Rome","display":"Rome"}},
           {"glue":"or","field":"tags","type":"tags","operator":"in",
            "properties":{"filter":{"0":1,"1":"2"}}}]
          """))
    #expect(try SegmentFilters(json: .null).isEmpty)
    #expect(try SegmentFilters(json: .object(["0": old.entries?[0] ?? .null])).filters.count == 1)
  }

  @Test func refusesOtherForms() {
    func problems(_ text: String) -> [String] {
      do {
        _ = try SegmentFilters(json: try parse(text))
        return []
      } catch let error as FilterProblems {
        return error.problems.map(\.description)
      } catch {
        return ["\(error)"]
      }
    }
    #expect(problems(#""city""#) == ["filters: the filters must be a list"])
    #expect(problems(#"{"field":"city"}"#) == ["filters: the filters must be a list"])
    #expect(problems("[1]") == ["filters[0]: a filter must be an object"])
    #expect(
      problems("[{}]") == [
        "filters[0].field: value required", "filters[0].type: value required",
        "filters[0].operator: value required",
      ])
    #expect(
      problems(#"[{"field":["x"],"type":"text","operator":5,"properties":"x"}]"#) == [
        "filters[0].field: value is not valid", "filters[0].operator: value is not valid",
        "filters[0].properties: the properties must be an object",
      ])
    #expect(
      problems(#"[{"field":"x","type":"text","operator":"in","filter":[[1]]}]"#)
        == ["filters[0].filter: each value must be a text, a number or a boolean"])
    #expect(
      problems(#"[{"field":"x","type":"text","operator":"=","filter":{"a":1}}]"#)
        == ["filters[0].filter: value is not valid"])
  }

  @Test func namesReferences() throws {
    let filters = try SegmentFilters(json: [
      having("leadlist", "in", "3|4"), having("leadlist", "!in", [5, "6"], object: "behaviors"),
      having("leadlist", "empty", [7]), having("tags", "in", [8]), having("leadlist", "=", [9]),
    ])
    #expect(filters.references == [3, 4, 5, 6, 9])
    #expect(filters.refersToAnySegment)
  }

  /// Any input is read or refused with a key; what is read compiles or is refused likewise; and what
  /// compiles is accepted by the database.
  @Test func surviveAnything() async throws {
    let seed = FilterPropertyTests.seed
    print("fuzz: seed \(seed)")
    try await TestDatabase.with(migrations: ModelLoader.migrations) { (database) async throws in
      var fuzz = FilterFuzz(generator: SeededGenerator(seed: seed))
      var world = ModelWorld()
      _ = try await ModelLoader.readFields(&world, pool: database.pool)
      var contacts = RandomContacts(generator: fuzz.generator, world: world)
      world.contacts = (1...10).map { contacts.contact(Int64($0)) }
      try await ModelLoader.store(world, pool: database.pool)
      var read = 0
      for round in 0..<8_000 {
        let json = fuzz.filters()
        do {
          let filters = try SegmentFilters(json: json)
          read += 1
          #expect(try SegmentFilters(json: filters.json) == filters, "seed \(seed), \(round)")
          let problems = fuzz.compiler.check(filters)
          #expect(problems.allSatisfy { !$0.message.isEmpty && $0.key.hasPrefix("filters") })
          guard problems.isEmpty else { continue }
          let compiled = try fuzz.compiler.compile(filters, references: .inlined)
          // No text of a filter becomes part of the statement.
          #expect(!compiled.condition.text.contains(FilterFuzz.marker), "seed \(seed), \(round)")
          try await database.pool.query(
            "SELECT c.id FROM contacts AS c WHERE \(sql: compiled.condition)")
        } catch let error as FilterProblems {
          #expect(!error.problems.isEmpty)
        } catch let error as PostgresError {
          // A pattern that only the database can check.
          #expect(
            error.sqlState == .invalidRegularExpression,
            "seed \(seed), \(round): \(error) \(json)")
        }
      }
      #expect(read > 500)
    }
  }
}
