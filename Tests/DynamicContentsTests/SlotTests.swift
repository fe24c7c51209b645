import Contacts
import Foundation
import JobQueue
import Primitives
import TestSupport
import Testing

@testable import DynamicContents

@Suite("Slots of web pages (tracking.md 13)") struct SlotTests {
  @Test("The first content whose filters the contact meets; without filters everybody, last")
  func filters() async throws {
    try await SlotBed.with { bed in
      try await bed.contact(1, city: "Bonn")
      try await bed.contact(2, city: "Kiel")
      try await bed.content("<p>For all</p>")
      try await bed.content("<p>Bonn</p>", filters: SlotBed.city("Bonn"))
      try await bed.content("<p>Also Bonn</p>", filters: SlotBed.city("Bonn"))
      let slots = bed.slots()
      #expect(try await slots.content(of: "banner", for: 1) == "<p>Bonn</p>")
      #expect(try await slots.content(of: "banner", for: 2) == "<p>For all</p>")
      #expect(try await slots.content(of: "banner", for: nil) == "<p>For all</p>")
      #expect(try await slots.content(of: "other", for: 1) == nil)
      #expect(try await slots.content(of: "", for: 1) == nil)
      #expect(try await slots.content(of: String(repeating: "x", count: 192), for: 1) == nil)
    }
  }

  @Test("What is not published, has not begun or has ended is not shown")
  func publication() async throws {
    try await SlotBed.with { bed in
      try await bed.contact(1)
      try await bed.content("draft") { $0.isPublished = false }
      try await bed.content("later") { $0.publishUp = .some(bed.now.addingTimeInterval(60)) }
      try await bed.content("ended") { $0.publishDown = .some(bed.now.addingTimeInterval(-60)) }
      try await bed.content("for campaigns") { $0.isCampaignBased = true }
      #expect(try await bed.slots().content(of: "banner", for: 1) == nil)
      bed.offset.advance(by: 120)
      #expect(try await bed.slots().content(of: "banner", for: 1) == "later")
    }
  }

  @Test("A pushed content comes first, and the last push counts; observers hear before the choice")
  func pushes() async throws {
    try await SlotBed.with { bed in
      try await bed.contact(1)
      try await bed.content("For all")
      let pushed = try await bed.content("Pushed") { $0.isCampaignBased = true }
      let later = try await bed.content("Pushed later") { $0.isCampaignBased = true }
      let watch = RequestWatch()
      let slots = bed.slots([watch])
      #expect(try await bed.push(pushed, to: 1))
      #expect(try await slots.content(of: "banner", for: 1) == "Pushed")
      #expect(try await bed.push(later, to: 1))
      #expect(try await slots.content(of: "banner", for: 1) == "Pushed later")
      #expect(watch.requests.map(\.contact) == [1, 1] && watch.requests[0].slot == "banner")
      // Nobody is heard of whom nobody knows.
      #expect(try await slots.content(of: "banner", for: nil) == "For all")
      #expect(try await slots.content(of: "banner", for: 99) == "For all")
      #expect(watch.requests.count == 2)
      _ = try await bed.store.delete(later.id, by: SlotBed.author, now: bed.now)
      #expect(try await slots.content(of: "banner", for: 1) == "For all")
      #expect(try await !bed.push(later, to: 1))
    }
  }

  @Test("What contacts saw is counted, once per answer, and stays in their history after a merge")
  func counts() async throws {
    try await SlotBed.with { bed in
      try await bed.contact(1)
      try await bed.contact(2)
      let content = try await bed.content("For all")
      for contact: Int64? in [1, 1, 2, nil] {
        _ = try await bed.slots().content(of: "banner", for: contact)
      }
      #expect(try await bed.store.find(content.id)?.sent == 3)
      try await bed.pool.query(
        "INSERT INTO contact_merges (old_id, contact_id, date_added) VALUES (9, 1, \(bed.now))")
      _ = try await bed.slots().content(of: "banner", for: 9)
      #expect(
        try await bed.texts(
          "SELECT contact_id || ': ' || sent_count FROM dynamic_content_stats ORDER BY contact_id")
          == ["1: 3", "2: 1"])
      try await bed.pool.query("SELECT delete_contacts(ARRAY[2]::bigint[])")
      #expect(try await bed.texts("SELECT id::text FROM dynamic_content_stats").count == 1)
    }
  }

  @Test("Filters that cannot be asked any more match nobody, and the next content is shown")
  func brokenFilters() async throws {
    try await SlotBed.with { bed in
      try await bed.contact(1, city: "Bonn")
      let content = try await bed.content("Bonn", filters: SlotBed.city("Bonn"))
      try await bed.content("For all")
      try await bed.pool.query(
        """
        UPDATE dynamic_contents SET filters = jsonb_set(filters, '{0,field}', '"gone"')
        WHERE id = \(content.id)
        """)
      #expect(try await bed.slots().content(of: "banner", for: 1) == "For all")
    }
  }

  @Test(
    "Variants share the slot and the filters by their weights; a contact sees the same each time")
  func variants() async throws {
    try await SlotBed.with { bed in
      let parent = try await bed.content("parent")
      for (html, weight) in [("a", 30), ("b", 20)] {
        try await bed.content(html) {
          $0.slot = nil
          $0.variantParent = .some(parent.id)
          $0.variantWeight = .some(weight)
        }
      }
      for contact in Int64(1)...10 { try await bed.contact(contact) }
      for contact in Int64(1)...10 {
        let first = try await bed.slots().content(of: "banner", for: contact)
        let again = try await bed.slots().content(of: "banner", for: contact)
        #expect(first == again && ["parent", "a", "b"].contains(first))
      }
    }
  }

  @Test("The shares of variants")
  func shares() {
    var counts: [Int?: Int] = [:]
    for contact in Int64(1)...20_000 {
      counts[VariantChoice.place(of: contact, in: 7, weights: [30, 20]), default: 0] += 1
    }
    #expect(abs((counts[0] ?? 0) - 6_000) < 400)
    #expect(abs((counts[1] ?? 0) - 4_000) < 400)
    #expect(abs((counts[nil] ?? 0) - 10_000) < 400)
    #expect(VariantChoice.place(of: 1, in: 1, weights: []) == nil)
    #expect(VariantChoice.place(of: 1, in: 1, weights: [100, 100]) == 0)
    #expect(VariantChoice.place(of: 1, in: 1, weights: [-5, 0]) == nil)
  }
}
