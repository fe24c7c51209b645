import TestSupport
import Testing

@testable import API

@Suite struct LatestHitsAPITests {
  @Test func theLastHitsAreShownOnceTheyAreRecorded() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let before = try await bed.call("GET", "/tracking/hits").json
      #expect(before["hits"] == [] && before["isWaiting"] == false)
      for page in 1...3 {
        let path = "/mtracking.gif?page_url=https://www.example.com/\(page)&page_title=Page"
        _ = try await bed.server.request(
          "GET", path, as: nil, headers: ["User-Agent: Mozilla/5.0 (X11; Linux) Firefox/125.0"])
      }
      let areRecorded = try await eventually {
        try await bed.call("GET", "/tracking/hits").json["hits"]?.elements?.count == 3
      }
      #expect(areRecorded)
      let two = try await bed.call("GET", "/tracking/hits?limit=2").json["hits"]?.elements ?? []
      #expect(two.count == 2)
      let hit = try #require(two.first)
      guard case .object(let members) = hit else { throw APIError.notFound }
      #expect(
        members.members.map(\.key) == [
          "id", "dateHit", "url", "title", "referrer", "contact", "email", "page", "address",
          "agent",
        ])
      #expect(hit["title"] == "Page" && hit["contact"]?.integer != nil)
      #expect(hit["url"]?.text?.hasPrefix("https://www.example.com/") == true)
      try await bed.user("lee", may: ["lead:leads": ["viewown"]])
      #expect(try await bed.call(as: "lee", "GET", "/tracking/hits").status == 403)
    }
  }
}
