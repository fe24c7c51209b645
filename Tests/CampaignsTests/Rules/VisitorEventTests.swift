import Foundation
import Primitives
import Testing

@testable import Campaigns

@Suite("What campaigns leave for a contact's next page (campaigns.md 7.1, tracking.md 14)")
struct VisitorEventTests {
  /// Focus items with ids from 1.
  private func items(_ bed: CampaignBed, _ count: Int) async throws {
    try await bed.pool.query(
      """
      INSERT INTO focus_items (name, kind, style, properties, mode, date_added)
      SELECT 'Item ' || n, 'notice', 'bar', '{}', 'basic', \(bed.now)
      FROM generate_series(1, \(count)) AS n
      """)
  }

  /// What waits, as contact, service and content.
  private func waiting(_ bed: CampaignBed) async throws -> [String] {
    try await bed.pool.query(
      """
      SELECT contact_id || ' ' || service || ' ' || content::text FROM visitor_contents
      ORDER BY contact_id, id
      """
    ).map { try $0.decode(at: 0) }
  }

  private func problems(_ bed: CampaignBed, _ events: [JSONValue]) async throws -> String {
    do {
      _ = try await bed.campaign(events)
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// The problems of an action that sends an event, with some properties.
  private func pixel(
    _ bed: CampaignBed, _ properties: [String: JSONValue]
  ) async throws -> String {
    try await problems(
      bed,
      [
        E.decision("visit", "page.pagehit"),
        E.action("tell", "tracking.pixel.send", properties, under: "visit", path: "yes"),
      ])
  }

  @Test("A visit leaves an event for each service that the action names, with what it knows")
  func pixels() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.action(
          "tell", "tracking.pixel.send",
          [
            "services": .array([.string("facebook_pixel"), .string("google_analytics")]),
            "category": .string("Shop"), "action": .string("Lead"), "label": .string("\"x\""),
          ], under: "visit", path: "yes"),
      ])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.engage("page.pagehit", [1])
      #expect(
        try await waiting(bed) == [
          #"1 google_analytics {"label": "\"x\"", "action": "Lead", "category": "Shop"}"#,
          #"1 facebook_pixel {"label": "\"x\"", "action": "Lead"}"#,
        ])
      #expect(
        try await bed.story(campaign.id, 1) == ["visit#1 executed yes @0", "tell#1 executed @0"])
    }
  }

  @Test("A focus item is left once, however often campaigns show it; one that is gone is noted")
  func items() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await items(bed, 2)
      let campaign = try await bed.campaign([
        E.action("show", "focus.show", ["focus": .integer(2)]),
        E.action("again", "focus.show", ["focus": .string("2")], under: "show"),
        E.action("other", "focus.show", ["focus": .integer(1)], under: "again", after: (1, "h")),
      ])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.run(for: 0)
      let shown = [#"1 focus_item {"id": 2}"#, #"2 focus_item {"id": 2}"#]
      #expect(try await waiting(bed) == shown)
      try await bed.pool.query("DELETE FROM focus_items WHERE id = 1")
      try await bed.run(for: 3_600)
      #expect(try await waiting(bed) == shown)
      #expect(
        try await bed.story(campaign.id, 1).last
          == "other#1 executed @3600 (the focus item 1 does not exist)")
    }
  }

  @Test("Wrong properties are refused, each by its name")
  func refused() async throws {
    try await CampaignBed.with { bed in
      let none = try await pixel(bed, [:])
      #expect(none.contains("properties.services: is required"))
      #expect(none.contains("properties.action: is required"))
      let unknown = try await pixel(
        bed,
        [
          "services": .array([.string("bing")]), "action": .string("a"),
          "label": .string(String(repeating: "x", count: 192)),
        ])
      #expect(unknown.contains("is none of google_analytics, facebook_pixel"))
      #expect(unknown.contains("properties.label: has more than 191 characters"))
      let wrong: [(JSONValue, String)] = [
        (.integer(7), "there is no 7"), (.string("x"), "is no list of numbers"),
        (.null, "is required"),
      ]
      for (focus, problem) in wrong {
        let text = try await problems(bed, [E.action("show", "focus.show", ["focus": focus])])
        #expect(text.contains("properties.focus: \(problem)"), "\(text)")
      }
    }
  }
}
