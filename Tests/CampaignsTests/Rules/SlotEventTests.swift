import Contacts
import DynamicContents
import Foundation
import JobQueue
import Primitives
import Testing

@testable import Campaigns

@Suite("Slots of web pages in campaigns (campaigns.md 7)")
struct SlotEventTests {
  /// Contents with ids from 1.
  private func contents(_ bed: CampaignBed, _ count: Int) async throws {
    try await bed.pool.query(
      """
      INSERT INTO dynamic_contents (name, content, filters, is_campaign_based, date_added)
      SELECT 'Content ' || n, n::text, '[]', true, \(bed.now) FROM generate_series(1, \(count)) AS n
      """)
  }

  private func ask(_ bed: CampaignBed, _ contact: Int64, _ slot: String) async throws {
    let (runtime, now) = (bed.runtime, bed.now)
    try await bed.jobs.transaction(at: now) { transaction in
      try await CampaignSlotObserver { runtime }.requested(
        SlotRequest(slot: slot, contact: contact, at: now), in: transaction)
    }
  }

  private func pushes(_ bed: CampaignBed) async throws -> [String] {
    try await bed.pool.query(
      """
      SELECT contact_id || ' ' || slot_name || ' ' || content_id FROM dynamic_content_pushes
      ORDER BY contact_id, slot_name
      """
    ).map { try $0.decode(at: 0) }
  }

  @Test("A request decides for its slot alone, and the action fills it in the same transaction")
  func pushes() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await contents(bed, 2)
      let campaign = try await bed.campaign([
        E.decision("asks", "dwc.decision", ["dwc_slot_name": .string("banner")]),
        E.action(
          "push", "dwc.push_content", ["dynamicContent": .integer(2)], under: "asks", path: "yes"),
      ])
      try await bed.add([1, 2], to: campaign.id)
      try await ask(bed, 1, "Banner")
      #expect(try await pushes(bed) == [])
      try await ask(bed, 1, "banner")
      #expect(try await pushes(bed) == ["1 banner 2"])
      #expect(
        try await bed.story(campaign.id, 1) == [
          "asks#1 executed yes @0", "push#1 executed @0",
        ])
      #expect(try await bed.story(campaign.id, 2) == ["asks#1 waiting"])
      // A second request finds nothing open, and what was pushed stays.
      try await ask(bed, 1, "banner")
      #expect(try await pushes(bed) == ["1 banner 2"])
    }
  }

  @Test("The decision's own content is the default, and an action puts another one in its place")
  func defaults() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await contents(bed, 2)
      let campaign = try await bed.campaign([
        E.decision(
          "asks", "dwc.decision",
          ["dwc_slot_name": .string("banner"), "dynamicContent": .string("1")]),
        E.condition(
          "known", "lead.field_value",
          ["field": .string("email"), "operator": .string("="), "value": .string("1@example.com")],
          under: "asks", path: "yes"),
        E.points("below", under: "known", path: "yes"),
        E.action(
          "push", "dwc.push_content", ["dynamicContent": .integer(2)], under: "asks", path: "yes",
          after: (1, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      try await ask(bed, 1, "banner")
      #expect(try await pushes(bed) == ["1 banner 1"])
      try await bed.run(for: 3_600)
      #expect(try await pushes(bed) == ["1 banner 2"])
    }
  }

  @Test("A content that is gone is noted; one that never was is refused")
  func missing() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await contents(bed, 1)
      let campaign = try await bed.campaign([
        E.decision("asks", "dwc.decision", ["dwc_slot_name": .string("banner")]),
        E.action(
          "push", "dwc.push_content", ["dynamicContent": .integer(1)], under: "asks", path: "yes"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.pool.query("DELETE FROM dynamic_contents")
      try await ask(bed, 1, "banner")
      #expect(
        try await bed.story(campaign.id, 1).last
          == "push#1 executed @0 (the dynamic content 1 does not exist)")
      await #expect(throws: CampaignError.self) {
        try await bed.campaign([
          E.decision("asks", "dwc.decision", ["dynamicContent": .integer(7)])
        ])
      }
    }
  }
}
