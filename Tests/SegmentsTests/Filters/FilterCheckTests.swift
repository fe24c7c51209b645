import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Segments

/// Filters that are refused on saving (segments.md 4.6 and 11).
@Suite struct FilterCheckTests {
  private static let types: [FieldType] = FieldType.allCases

  private static let fields = FieldSet(
    version: 1,
    fields: types.enumerated().map { index, type in
      Field(id: Int64(index), alias: "f_\(type.rawValue)", type: type, dateAdded: .distantPast)
    } + [
      Field(
        id: 90, alias: "hidden", type: .text, isListable: false, dateAdded: .distantPast),
      Field(
        id: 91, alias: "off", type: .text, isPublished: false, dateAdded: .distantPast),
    ])

  private let compiler = SegmentCompiler(
    registry: .contacts, fields: fields, timeZone: .gmt,
    now: Date(timeIntervalSince1970: 1_795_000_000), segments: [1: .none])

  private func problems(_ filters: JSONValue...) -> [String] { problems(filters) }

  private func problems(_ filters: [JSONValue]) -> [String] {
    do {
      return compiler.check(try SegmentFilters(json: .array(filters))).map(\.description)
    } catch {
      return error.problems.map(\.description)
    }
  }

  /// The table of section 4.6 and the operators of section 6: exactly these are offered.
  @Test func offersOperatorsByType() {
    let special: [(name: String, type: String)] = [
      ("tags", "tags"), ("leadlist", "leadlist"), ("globalcategory", "globalcategory"),
      ("device_type", "device_type"), ("device_brand", "device_brand"),
      ("device_os", "device_os"), ("owner_id", "lookup_id"), ("stage", "stage"),
      ("points", "number"), ("date_added", "date"), ("date_identified", "date"),
      ("date_modified", "datetime"), ("last_active", "datetime"), ("dnc_bounced", "boolean"),
    ]
    let all = special + Self.types.filter { $0 != .time }.map { ("f_\($0.rawValue)", $0.rawValue) }
    for (name, type) in all {
      let offered = Set(RandomFilters.operators(type))
      for comparison in FilterOperator.allCases {
        let found = problems(having(name, comparison.rawValue, "1"))
          .contains("filters[0].operator: value is not valid")
        #expect(found != offered.contains(comparison.rawValue), "\(name) \(comparison)")
      }
    }
    for comparison in FilterOperator.allCases {
      let isOffered = ["=", "like", "regexp"].contains(comparison.rawValue)
      #expect((problems(having("device_model", comparison.rawValue, "1")) == []) == isOffered)
      // Mautic offers the ordering operators for UTM values too.
      let isUTM = ["gt", "gte", "lt", "lte"].contains(comparison.rawValue)
      let isText = RandomFilters.operators("text").contains(comparison.rawValue)
      #expect((problems(having("utm_term", comparison.rawValue, "1")) == []) == (isUTM || isText))
    }
  }

  @Test("SEG-38: times of day never; unpublished or hidden fields only if already in use")
  func offersFieldsForSegments() throws {
    #expect(problems(having("f_time", "empty")).first?.hasPrefix("filters[0].field") == true)
    for name in ["hidden", "off"] {
      let filters = try SegmentFilters(json: [having(name, "=", "x")])
      #expect(
        compiler.check(filters).map(\.description)
          == ["filters[0].field: the field “\(name)” is not available for segments"])
      #expect(compiler.check(filters, replacing: filters) == [])
      #expect(throws: Never.self) { try compiler.compile(filters, references: .stored) }
    }
  }

  @Test("SEG-39: the type of a filter only describes")
  func takesAnyType() {
    #expect(problems(having("points", "gte", "20", type: "text")) == [])
    #expect(problems(having("f_region", "in", "a|b", type: "lookup")) == [])
  }

  /// Section 11, row by row, each with its key and message.
  @Test func refusesByTheTable() {
    #expect(
      problems(having("no_such", "=", "x"))
        == ["filters[0].field: the field “no_such” does not exist, or no segment can use it"])
    #expect(problems(having("hit_url", "=", "x", object: "behaviors")).count == 1)
    #expect(problems(having("f_text", "is", "x")) == ["filters[0].operator: value is not valid"])
    #expect(problems(having("f_text", "date", "x")) == ["filters[0].operator: value is not valid"])
    #expect(problems(having("f_text", "gt", "x")) == ["filters[0].operator: value is not valid"])
    #expect(problems(having("f_text", "=", "")) == ["filters[0].filter: value required"])
    #expect(problems(having("tags", "in", [])) == ["filters[0].filter: value required"])
    #expect(
      problems(having("tags", "in", ["vip"]))
        == ["filters[0].filter: “vip” is not the number of a record"])
    #expect(
      problems(having("owner_id", "=", "ann"))
        == ["filters[0].filter: “ann” is not the number of a record"])
    #expect(
      problems(having("f_number", "between", [1]))
        == ["filters[0].filter: a range needs exactly two values"])
    #expect(
      problems(having("f_number", "between", [1, ""])) == ["filters[0].filter: value required"])
    #expect(
      problems(having("f_text", "=", "x", glue: "xor")) == ["filters[0].glue: value is not valid"])
    #expect(
      problems(having("f_text", "=", "x", object: "planet"))
        == ["filters[0].object: value is not valid"])
    #expect(
      problems(having("leadlist", "in", [1, 7]))
        == ["filters[0].filter: the segment 7 does not exist"])
    #expect(
      problems(having("f_text", "like", ["a", "b"])) == ["filters[0].filter: value is not valid"])
    #expect(
      problems(having("f_text", "=", "a\u{0}b")) == [
        "filters[0]: the filter has a character that cannot be stored, or is nested too deeply"
      ])
    // Each filter is reported with its own index, all at once.
    #expect(
      problems(having("f_text", "=", "x"), having("x", "=", "x"), having("f_text", "=", ""))
        .map { $0.prefix(10) } == ["filters[1]", "filters[2]"])
  }

  /// The limits of section 11.
  @Test func refusesTooMuch() {
    let one = having("f_text", "=", "x")
    #expect(problems(Array(repeating: one, count: 200)) == [])
    #expect(
      problems(Array(repeating: one, count: 201))
        == ["filters: a segment can have 200 filters, not 201"])
    let values = (0..<2_001).map { "v\($0)" }
    #expect(
      problems(having("f_text", "in", .array(values.prefix(2_000).map { .string($0) }))) == [])
    for list in [
      JSONValue.array(values.map { .string($0) }), .string(values.joined(separator: "|")),
    ] {
      #expect(
        problems(having("f_text", "in", list))
          == ["filters[0].filter: a list can have 2000 values, not 2001"])
    }
    let long = String(repeating: "é", count: 1_001)
    #expect(
      problems(having("f_text", "regexp", .string(long)))
        == ["filters[0].filter: a regular expression can have 1000 characters"])
    #expect(problems(having("f_text", "!regexp", .string(String(long.dropLast())))) == [])
    #expect(
      problems(having("f_text", "=", .string(String(repeating: "x", count: 10_001))))
        == ["filters[0].filter: a value can have 10000 characters"])
  }

  /// Section 11: regular expressions are compiled by the database.
  @Test func triesRegularExpressions() async throws {
    try await TestDatabase.with { (database) async throws in
      let filters = try SegmentFilters(json: [
        having("f_text", "regexp", "^a|b$"), having("f_text", "regexp", "("),
        having("f_text", "contains", "("), having("f_text", "!regexp", "a{2,1}"),
        having("f_text", "regexp", #"\\d+"#),
      ])
      let problems = try await RegularExpressions.check(filters, on: database.pool)
      #expect(problems.map(\.key) == ["filters[1].filter", "filters[3].filter"])
      #expect(problems.first?.message.contains("regular expression") == true)
      let huge = try SegmentFilters(json: [
        having("f_text", "regexp", .string(String(repeating: "((a{1,99}){1,99}){1,99}", count: 9)))
      ])
      #expect(try await RegularExpressions.check(huge, on: database.pool).count == 1)
    }
  }
}
