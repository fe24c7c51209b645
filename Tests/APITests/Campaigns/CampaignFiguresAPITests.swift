import Testing

@testable import API

@Suite("Figures of campaigns, and who waits at an event (API page, 8.4)")
struct CampaignFiguresAPITests {
  private static let events =
    Event.points("new1")
    + ","
    + Event.points(
      "new2",
      #","parent":"new1","triggerMode":"interval","triggerInterval":1,"triggerIntervalUnit":"d""#)

  @Test("Figures tell members and the next time, of those that exist")
  func figures() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      let empty = try await bed.send("GET", "/api/campaigns/figures?ids=\(id),99")
      #expect(empty.json["figures"]?["\(id)"]?["members"] == 0)
      #expect(empty.json["figures"]?["\(id)"]?["nextFireTime"] == .null)
      #expect(empty.json["figures"]?["99"] == nil)
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      let full = try await bed.send("GET", "/api/campaigns/figures?ids=\(id)")
      #expect(full.json["figures"]?["\(id)"]?["members"] == 1)
      #expect(full.json["figures"]?["\(id)"]?["failed"] == 0)
      #expect(full.json["figures"]?["\(id)"]?["nextFireTime"]?.text != nil)
      #expect(try await bed.send("GET", "/api/campaigns/figures").json["figures"] == [])
      let many = (1...201).map(String.init).joined(separator: ",")
      #expect(try await bed.send("GET", "/api/campaigns/figures?ids=\(many)").status == 400)
    }
  }

  @Test("Who waits at an event comes with the time; nobody for whom nothing failed")
  func waiting() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      for contact in 1...2 {
        _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/\(contact)/add")
      }
      let page = try await bed.send("GET", "/api/campaigns/events/2/contacts?limit=1")
      #expect(page.json["total"] == 2)
      let entry = try #require(page.json["contacts"]?.elements?.first)
      #expect(entry["contactId"] == 1 && entry["eventId"] == 2 && entry["state"] == "scheduled")
      #expect(entry["triggerDate"]?.text != nil)
      let failed = try await bed.send("GET", "/api/campaigns/events/2/contacts?state=failed")
      #expect(failed.json["total"] == 0 && failed.json["contacts"] == [])
      let other = try await bed.send("GET", "/api/campaigns/events/2/contacts?state=other")
      #expect(other.status == 400)
      #expect(try await bed.send("GET", "/api/campaigns/events/99/contacts").status == 404)
    }
  }
}
