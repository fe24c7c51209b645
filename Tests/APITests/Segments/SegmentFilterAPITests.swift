import Foundation
import Postgres
import Testing

@testable import API

@Suite("What builders of segments need (API page, 8.3)")
struct SegmentFilterAPITests {
  private static func send(
    _ bed: APIBed, _ method: String, _ path: String, as user: String = "admin",
    _ body: JSONValue? = nil
  ) async throws -> RawResponse {
    try await bed.server.request(
      method, "/api/segments" + path, as: user, headers: ["Content-Type: application/json"],
      body: body.map { Array($0.rendered) } ?? [])
  }

  /// The offered filters, by heading.
  private static func sections(_ bed: APIBed) async throws -> [(key: String, filters: [JSONValue])]
  {
    let answer = try await send(bed, "GET", "/filters")
    #expect(answer.status == 200)
    return (answer.json["sections"]?.elements ?? []).map {
      ($0["key"]?.text ?? "", $0["filters"]?.elements ?? [])
    }
  }

  private static func filter(
    _ field: JSONValue, _ comparison: JSONValue, _ value: JSONValue, glue: JSONValue = "and"
  ) -> JSONValue {
    [
      "glue": glue, "field": field["field"] ?? .null, "object": field["object"] ?? .null,
      "type": field["type"] ?? .null, "operator": comparison, "properties": ["filter": value],
    ]
  }

  @Test("What is offered is taken: each filter with each of its operators, and with no other")
  func offers() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await Self.send(bed, "POST", "/new", ["name": "Base"])
      let sections = try await Self.sections(bed)
      #expect(sections.map(\.key).starts(with: ["contact", "record", "company"]))
      var all: Set<String> = []
      for filter in sections.flatMap(\.filters) {
        for entry in filter["operators"]?.elements ?? [] {
          all.insert(entry["operator"]?.text ?? "")
        }
      }
      #expect(all.count > 15)
      for offered in sections.flatMap(\.filters) {
        let name = offered["field"]?.text ?? ""
        #expect(offered["label"]?.text != name, "\(name) has no name for people")
        let operators = Set(
          (offered["operators"]?.elements ?? []).compactMap { $0["operator"]?.text })
        func look(_ comparisons: Set<String>) async throws -> RawResponse {
          let filters = comparisons.sorted().map {
            Self.filter(offered, .string($0), Self.value(offered["kind"]?.text ?? "", $0))
          }
          return try await Self.send(
            bed, "POST", "/preview", ["filters": .array(filters), "limit": 0])
        }
        let taken = try await look(operators)
        #expect(taken.status == 200, "\(name): \(taken.text)")
        let others = all.subtracting(operators)
        let refused = try await look(others).error["details"]
        for index in 0..<others.count {
          #expect(
            refused?["filters[\(index)].operator"] != nil, "\(name) \(others.sorted()[index])")
        }
      }
    }
  }

  /// A value that a filter of a kind may have.
  private static func value(_ kind: String, _ comparison: String) -> JSONValue {
    let single: JSONValue =
      switch kind {
      case "number", "record", "records": 1
      case "date", "datetime": "2024-03-01"
      case "boolean": true
      default: "a"
      }
    if comparison.hasSuffix("between") { return [single, single] }
    return comparison.hasSuffix("in") || comparison.hasSuffix("in_all") ? [single] : single
  }

  @Test("SEG-38: fields that no new filter may use are not offered; choices come with a field")
  func fields() async throws {
    try await APIBed.with { (bed) async throws in
      func make(_ body: JSONValue) async throws {
        let made = try await bed.server.request(
          "POST", "/api/fields/contact/new", headers: ["Content-Type: application/json"],
          body: Array(body.rendered))
        #expect(made.status == 201)
      }
      try await make([
        "label": "Size", "alias": "size", "type": "select",
        "properties": ["list": [["label": "Small", "value": "s"]]],
      ])
      try await make(["label": "Lunch", "alias": "lunch", "type": "time"])
      try await make(["label": "Hidden", "alias": "hidden", "type": "text", "isListable": false])
      try await make(["label": "Off", "alias": "off", "type": "text", "isPublished": false])
      let answer = try await Self.send(bed, "GET", "/filters")
      let filters = try await Self.sections(bed).flatMap(\.filters)
      let names = filters.compactMap { $0["field"]?.text }
      #expect(names.contains("size") && names.contains("companyname"))
      #expect(!names.contains("lunch") && !names.contains("hidden") && !names.contains("off"))
      let size = filters.first { $0["field"] == "size" }
      #expect(size?["choices"] == [["value": "s", "label": "Small"]])
      #expect(size?["operators"]?.elements?.first == ["operator": "=", "label": "is"])
      let lookups = answer.json["lookups"]
      #expect(lookups?["tags"]?["path"] == "/api/tags")
      #expect(
        lookups?["country"]?["choices"]?.elements?.contains { $0["value"] == "Norway" } == true)
      let types = Set(filters.compactMap { $0["type"]?.text })
      #expect(types.isSuperset(of: ["leadlist", "tags", "lookup_id", "country"]))
    }
  }

  @Test("Why a segment holds a contact: each filter in its group, and what was done by hand")
  func why() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.insertContacts(1...2)
      try await bed.pool.query("UPDATE contacts SET city = 'Oslo', points = 7 WHERE id = 1")
      let city: JSONValue = ["field": "city", "object": "lead", "type": "text"]
      let points: JSONValue = ["field": "points", "object": "lead", "type": "number"]
      let filters: JSONValue = [
        Self.filter(city, "=", "Oslo"), Self.filter(points, "gt", 10),
        Self.filter(points, "lte", 7, glue: "or"),
      ]
      _ = try await Self.send(bed, "POST", "/new", ["name": "Locals", "filters": filters])
      let first = try await Self.send(bed, "GET", "/1/contact/1/why")
      #expect(first.status == 200)
      #expect(first.json["matches"] == true && first.json["isMember"] == false)
      #expect(
        first.json["groups"] == [
          [
            "matches": false,
            "filters": [
              ["index": 0, "matches": true, "error": .null],
              ["index": 1, "matches": false, "error": .null],
            ],
          ],
          ["matches": true, "filters": [["index": 2, "matches": true, "error": .null]]],
        ])
      _ = try await Self.send(bed, "POST", "/1/contact/2/add")
      _ = try await Self.send(bed, "POST", "/1/contact/1/add")
      _ = try await Self.send(bed, "POST", "/1/contact/1/remove")
      let added = try await Self.send(bed, "GET", "/1/contact/2/why").json
      #expect(added["isMember"] == true && added["manuallyAdded"] == true)
      let barred = try await Self.send(bed, "GET", "/1/contact/1/why").json
      #expect(barred["isMember"] == false && barred["manuallyRemoved"] == true)
      #expect(barred["matches"] == true)
      for path in ["/1/contact/9/why", "/9/contact/1/why"] {
        #expect(try await Self.send(bed, "GET", path).status == 404)
      }
    }
  }

  @Test("SEG-86: a filter that cannot be evaluated says why, the others are evaluated")
  func whyNot() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.insertContacts(1...1)
      _ = try await Self.send(bed, "POST", "/new", ["name": "Base"])
      let base: JSONValue = ["field": "leadlist", "object": "lead", "type": "leadlist"]
      let id: JSONValue = ["field": "date_added", "object": "lead", "type": "date"]
      _ = try await Self.send(
        bed, "POST", "/new",
        [
          "name": "User",
          "filters": [Self.filter(base, "in", [1]), Self.filter(id, "!empty", .null)],
        ])
      _ = try await Self.send(bed, "DELETE", "/1/delete")
      let why = try await Self.send(bed, "GET", "/2/contact/1/why").json
      let filters = why["groups"]?.elements?.first?["filters"]?.elements
      #expect(why["matches"] == false && filters?.count == 2)
      #expect(filters?.first?["matches"] == .null && filters?.first?["error"]?.text != nil)
      #expect(filters?.last?["matches"] == true)
      _ = try await Self.send(bed, "POST", "/new", ["name": "Own", "isGlobal": false])
      #expect(try await Self.send(bed, "GET", "/3/contact/1/why", as: "kim").status == 403)
    }
  }
}
