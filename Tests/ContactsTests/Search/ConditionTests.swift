import Fields
import Foundation
import Postgres
import Primitives
import Query
import TestSupport
import Testing

@Suite("Conditions: where (api.md 6)")
struct ConditionTests {
  private static func condition(_ col: String, _ expr: String, _ val: JSONValue?) -> JSONValue {
    var members: [String: JSONValue] = ["col": .string(col), "expr": .string(expr)]
    members["val"] = val
    return .object(members)
  }

  private static func both(_ values: String...) -> JSONValue {
    .array(values.map(JSONValue.string))
  }

  private static let examples: [(String, String, JSONValue?, [Int64])] = [
    ("email", "eq", "ANN@x.test", [1, 7]),
    ("email", "eq", " ann@x.test ", [1, 7]),
    ("l.email", "neq", "ann@x.test", [2, 3, 5, 6]),
    ("firstname", "lt", "annabel", [1, 6]),
    ("firstname", "gte", "Annabel", [2, 3, 5]),
    ("points", "gt", "4", [1, 2, 6]),
    ("points", "lte", .integer(-3), [5]),
    ("seats", "eq", "1.50", [1]),
    ("id", "eq", "3", [3]),
    ("id", "lt", "2.5", [1, 2]),
    ("id", "eq", "1e300", []),
    ("consent", "eq", "yes", [1]),
    ("consent", "neq", .boolean(true), [2, 6]),
    ("isPublished", "eq", "0", [3]),
    ("dateAdded", "gte", "2024-01-06", [6, 7]),
    ("date_Added", "lt", "2024-01-01T12:00:00+02:00", []),
    ("date_added", "eq", "2024-01-01 10:00", [1]),
    ("birthday", "between", both("1980-02-03", "1980-12-31"), [1, 2]),
    ("birthday", "notBetween", both("1980-02-03", "1980-12-31"), [6]),
    ("points", "between", "5,50", [1, 2, 6]),
    ("plan", "like", "PRO%", [1, 2]),
    ("plan", "like", "p_o", [1]),
    ("plan", "like", "pro", [1]),
    ("plan", "notLike", "pro%", [3]),
    ("email", "like", "ann@x.tes_", [1, 7]),
    ("email", "notLike", "%x.test", [3]),
    ("firstname", "like", "per\\_cent", [5]),
    ("email", "like", "100\\%%", [5]),
    ("firstname", "like", "jos\\", []),
    ("birthday", "like", "1980-%", [1, 2]),
    ("id", "in", "1,3,77", [1, 3]),
    ("id", "in", both("1", "2"), [1, 2]),
    ("city", "in", "\"new york\",'Bern'", [2, 5]),
    ("city", "in", "'New York, NY',bern", [2]),
    ("email", "in", both("ann@x.test", "OTHER@x.test"), [1, 6, 7]),
    ("id", "in", "", []),
    ("seats", "in", "15,1.5", [1, 2]),
    ("birthday", "in", "1990-02-03", [6]),
    ("id", "notIn", "1,2,3", [4, 5, 6, 7]),
    ("city", "notIn", "Berlin,Bern", [3, 5, 6]),
    ("city", "isNull", nil, [4, 7]),
    ("city", "isNotNull", nil, [1, 2, 3, 5, 6]),
    ("interests", "isEmpty", nil, [3, 4, 5, 6, 7]),
    ("interests", "isNotEmpty", nil, [1, 2]),
    ("interests", "eq", "Opera|chess", [1]),
    ("email", "isEmpty", nil, [4]),
    ("seats", "isEmpty", nil, [3, 4, 6, 7]),
    ("owner", "eq", "1", [1, 5]),
    ("stageId", "in", "2", [2, 6]),
    // A missing val counts as an empty text, which equals no number.
    ("points", "eq", nil, []),
    ("owner_id", "neq", nil, [1, 2, 5]),
    ("city", "eq", nil, []),
  ]

  @Test("Every expression, on every kind of column")
  func expressions() async throws {
    try await SearchBed.with { (bed) async throws in
      for (col, expr, val, expected) in Self.examples {
        let found = try await bed.find(where: .array([Self.condition(col, expr, val)]))
        #expect(found == expected, "\(col) \(expr) \(String(describing: val))")
      }
    }
  }

  @Test("Conditions are joined by AND, orX and andX nest, internal ones are dropped")
  func groups() async throws {
    try await SearchBed.with { (bed) async throws in
      let berlin = Self.condition("city", "eq", "berlin")
      let bern = Self.condition("city", "eq", "bern")
      let ann = Self.condition("firstname", "eq", "ann")
      let either: JSONValue = .object(["expr": "orX", "val": .array([berlin, bern])])
      #expect(try await bed.find(where: .array([berlin, bern])) == [])
      #expect(try await bed.find(where: .array([either])) == [1, 2])
      #expect(try await bed.find(where: .array([either, ann])) == [1])
      let byPosition: JSONValue = .object(["10": ann, "9": either])
      #expect(try await bed.find(where: byPosition) == [1])
      let nested: JSONValue = .object([
        "expr": "orX", "col": .null,
        "val": .array([.object(["expr": "andX", "val": .array([berlin, ann])]), bern]),
      ])
      #expect(try await bed.find(where: .array([nested])) == [1, 2])
      let hidden: JSONValue = .object([
        "col": "city", "expr": "eq", "val": "bern", "internal": .boolean(true),
      ])
      #expect(try await bed.find(where: .array([hidden, ann])) == [1, 6])
      let others: JSONValue = .object(["column": "city", "expr": "eq", "value": "bern"])
      #expect(try await bed.find(where: .array([others])) == [2])
      #expect(try await bed.find(where: .array([])).count == 7)
    }
  }

  private static let senseless: [(JSONValue, String)] = [
    (.string("city"), "list"),
    (.array([.object(["col": "id"])]), "no expr"),
    (.array([.object(["expr": "eq"])]), "no col"),
    (.array([condition("nothing", "eq", "1")]), "\"nothing\""),
    (.array([condition("identity_shared", "eq", "1")]), "no column"),
    (.array([condition("companyname", "eq", "1")]), "no column"),
    (.array([condition("id\" = 1 --", "eq", "1")]), "no column"),
    (.array([condition("id", "sounds", "1")]), "\"sounds\""),
    (.array([condition("id", "eq", "x")]), "\"id\" eq: not a number"),
    (.array([condition("id", "in", "1,x")]), "not a number"),
    (.array([condition("points", "between", "1")]), "two values"),
    (.array([condition("consent", "eq", "perhaps")]), "not a boolean"),
    (.array([condition("date_added", "lt", "soon")]), "not a valid date"),
    (.array([condition("birthday", "lt", "2024-02-30")]), "not a valid date"),
    (.array([condition("city", "eq", "a\0b")]), "not valid"),
    (.array([condition("city", "like", "a\0b")]), "not valid"),
    (.array(Array(repeating: condition("id", "eq", "1"), count: 201)), "200 conditions"),
    (
      (0...QueryLimits.conditionDepth).reduce(.array([condition("id", "eq", "1")])) { inner, _ in
        .array([.object(["expr": "orX", "val": inner])])
      }, "deep"
    ),
    (
      .array([condition("id", "in", .array(Array(repeating: "1", count: 10_001)))]),
      "10000 values"
    ),
  ]

  @Test("Invalid conditions are refused with a message")
  func refusals() async throws {
    let fields = FieldSet(
      version: 1,
      fields: [
        Field(id: 1, alias: "city", type: .text, dateAdded: testNow),
        Field(id: 1, alias: "consent", type: .boolean, dateAdded: testNow),
        Field(id: 1, alias: "birthday", type: .date, dateAdded: testNow),
      ])
    for (conditions, reason) in Self.senseless {
      let error = #expect(throws: QueryError.self) {
        try ListQuery.contacts(fields).condition(search: nil, where: conditions, user: 1)
      }
      #expect(error?.parameter == "where")
      #expect(error?.message.contains(reason) == true, "\(String(describing: error)): \(reason)")
    }
  }

  /// Any input is answered or refused; the database never has to refuse it.
  @Test func readsAnything() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let expressions = [
      "eq", "neq", "lt", "gte", "like", "notLike", "in", "notIn", "between", "notBetween", "isNull",
      "isEmpty", "isNotEmpty", "andX", "orX", "", "EQ",
    ]
    let columns = [
      "email", "city", "id", "points", "seats", "birthday", "interests", "consent", "dateAdded",
      "l.lastActive", "plan", "", "x",
    ]
    let texts = [
      "", "1", "a", "%", "_", "\\", "'", "\"", ",", "1,2", "2024-01-01", "2024-01-01,2025-01-01",
      "true", "-0.0", "1e999", "nan", "99999999999999999999", "0000-00-00", "99999-01-01", "|",
      "{}", "ä", "\u{1F600}",
    ]
    func value(_ depth: Int) -> JSONValue {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: .null
      case 1: .integer(.random(in: .min ... .max, using: &random))
      case 2: .number(.random(in: -1e300...1e300, using: &random))
      case 3: .boolean(.random(using: &random))
      case 4 where depth > 0: .array((0..<3).map { _ in value(depth - 1) })
      case 5 where depth > 0: .object(["0": part(depth - 1), "x": part(depth - 1)])
      default: .string(texts.randomElement(using: &random) ?? "")
      }
    }
    func part(_ depth: Int) -> JSONValue {
      .object([
        "col": .string(columns.randomElement(using: &random) ?? ""),
        "expr": .string(expressions.randomElement(using: &random) ?? ""), "val": value(depth),
      ])
    }
    try await SearchBed.with { (bed) async throws in
      var answered = 0
      for _ in 0..<1500 {
        let conditions: JSONValue = .array([part(2)])
        do {
          _ = try await bed.find(where: conditions)
          answered += 1
        } catch is QueryError {
          continue
        } catch {
          Issue.record("seed \(seed): \(conditions): \(error)")
        }
      }
      #expect(answered > 300)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  /// Creates a string.
  public init(stringLiteral value: String) { self = .string(value) }
}
