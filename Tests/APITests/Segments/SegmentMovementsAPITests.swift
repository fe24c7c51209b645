import Testing

@testable import API

@Suite("Segments that move, and those that are broken (API page, 8.3)")
struct SegmentMovementsAPITests {
  @Test("Those that grew most come first, those without a change not at all")
  func movements() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      _ = try await bed.make("/api/segments", #"{"name":"More"}"#, "list")
      _ = try await bed.make("/api/segments", #"{"name":"Still"}"#, "list")
      for path in ["1/contact/1/add", "2/contact/1/add", "2/contact/2/add"] {
        _ = try await bed.send("POST", "/api/segments/\(path)")
      }
      let answer = try await bed.send("GET", "/api/segments/movements")
      let movements = answer.json["movements"]?.elements ?? []
      #expect(movements.map { $0["name"] } == ["More", "Known"])
      #expect(movements.first?["added"] == 2 && movements.first?["removed"] == 0)
      #expect(movements.first?["days"]?.elements?.count == 30)
      #expect(movements.first?["days"]?.elements?.last == 2)
      let one = try await bed.send("GET", "/api/segments/movements?limit=1")
      #expect(one.json["movements"]?.elements?.count == 1)
      let wrong = try await bed.send(
        "GET", "/api/segments/movements?dateFrom=2026-02-01&dateTo=2026-01-01")
      #expect(wrong.status == 400)
    }
  }

  @Test("A published segment with an error is broken")
  func broken() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      #expect(try await bed.send("GET", "/api/segments/broken").json["total"] == 0)
      try await bed.pool.query("UPDATE segments SET build_error = 'No such field' WHERE id = 1")
      let answer = try await bed.send("GET", "/api/segments/broken")
      #expect(answer.json["total"] == 1)
      #expect(answer.json["segments"]?.elements?.first?["error"] == "No such field")
      #expect(answer.json["segments"]?.elements?.first?["name"] == "Known")
    }
  }
}
