import Foundation
import Testing

@testable import Campaigns

@Suite("Decisions")
struct DecisionTests {
  static let day = 86_400.0

  @Test(
    "CAM-401, CAM-402, CAM-405: an engagement decides only what is open in live campaigns")
  func open() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let events = [
        E.decision("visit", "page.pagehit"), E.decision("form", "form.submit"),
        E.points("came", under: "visit", path: "yes"),
        E.decision("hidden", "page.pagehit", under: "form", path: "yes"),
      ]
      let live = [try await bed.campaign(events), try await bed.campaign(events)]
      let asleep = try await bed.campaign(events)
      for campaign in live + [asleep] { try await bed.add([1, 2], to: campaign.id) }
      try await bed.publish(asleep.id, false)
      try await bed.engage("page.pagehit", [1])
      for campaign in live {
        #expect(
          Set(try await bed.story(campaign.id, 1)) == [
            "visit#1 executed yes @0", "came#1 executed @0", "form#1 waiting",
          ])
        #expect(
          Set(try await bed.story(campaign.id, 2)) == ["visit#1 waiting", "form#1 waiting"])
      }
      // It is not kept for later either.
      try await bed.publish(asleep.id, true)
      try await bed.run(for: 60)
      #expect(try await bed.story(asleep.id, 1).contains("visit#1 waiting"))
    }
  }

  @Test("CAM-404: engagements count from the opening on, by the time of the engagement")
  func opening() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.points("came", under: "visit", path: "yes", after: (1, "h")),
      ])
      try await bed.add([1, 2, 3], to: campaign.id)
      bed.clock.now = bed.now.addingTimeInterval(600)
      let (engine, now) = (bed.engine, bed.now)
      let engagements = [(1, -1.0), (2, 0), (3, 300)].map { contact, after in
        CampaignEngagement(
          type: "page.pagehit", contact: contact,
          at: CampaignBed.start.addingTimeInterval(after))
      }
      _ = try await bed.jobs.transaction(at: now) { transaction in
        try await engine.record(engagements, in: transaction)
      }
      #expect(try await bed.story(campaign.id, 1) == ["visit#1 waiting"])
      #expect(
        try await bed.story(campaign.id, 2) == [
          "visit#1 executed yes @0", "came#1 scheduled @3600",
        ])
      // Late in coming, but the delay counts from the engagement.
      #expect(
        try await bed.story(campaign.id, 3) == [
          "visit#1 executed yes @300", "came#1 scheduled @3900",
        ])
    }
  }

  @Test(
    "CAM-402, CAM-418: an engagement, or its copy, does not decide a decision it has opened")
  func nested() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("one", "page.pagehit"),
        E.decision("two", "page.pagehit", under: "one", path: "yes"),
        E.points("twice", under: "two", path: "yes"),
      ])
      try await bed.add([1], to: campaign.id)
      bed.clock.now = bed.now.addingTimeInterval(10)
      try await bed.engage("page.pagehit", [1])
      try await bed.engage("page.pagehit", [1])
      #expect(try await bed.story(campaign.id) == ["one#1 executed yes @10", "two#1 waiting"])
      bed.clock.now = bed.now.addingTimeInterval(10)
      try await bed.engage("page.pagehit", [1])
      #expect(try await bed.story(campaign.id).contains("twice#1 executed @20"))
    }
  }

  @Test(
    "CAM-402, CAM-905: an engagement does not decide runs it begins, whatever the batch"
  )
  func begunByEngagement() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      // It comes second, as its id is greater.
      let first = try await bed.campaign([E.decision("visit", "page.pagehit")])
      let second = try await bed.campaign([E.decision("again", "page.pagehit")])
      try await bed.edit(first.id) {
        $0.events = [
          E.action(
            "add", "campaign.addremovelead", ["addTo": .array([.integer(second.id)])],
            path: "yes", ["parent": .integer(first.events[0].id)])
        ].compactMap { EventInput(json: $0) }
      }
      try await bed.add([1], to: first.id)
      try await bed.add([2], to: second.id)
      // The second contact makes the second campaign part of the batch, too.
      try await bed.engage("page.pagehit", [1, 2])
      #expect(try await bed.story(second.id, 1) == ["again#1 waiting"])
      #expect(try await bed.story(second.id, 2) == ["again#1 executed yes @0"])
    }
  }

  @Test("CAM-430: the name of an app's screen is matched like an address")
  func screens() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([
        E.decision("screen", "page.pagehit", ["url": "main screen*, settings"]),
        E.points("seen", under: "screen", path: "yes"),
      ])
      try await bed.add([1, 2, 3], to: campaign.id)
      for (contact, screen) in [(1, "Main Screen: offers"), (2, "Settings"), (3, "Settings/more")] {
        try await bed.engage("page.pagehit", [Int64(contact)], url: screen)
      }
      #expect(
        try await bed.log(campaign.id).filter { $0.event == "seen" }.map(\.contact) == [1, 2])
    }
  }

  @Test("CAM-410: without a `no` child a decision waits forever")
  func forever() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.decision("visit", "page.pagehit")])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 4_000 * Self.day)
      #expect(try await bed.story(campaign.id) == ["visit#1 waiting"])
    }
  }

  @Test("CAM-411, CAM-413: restrictions do not move the deadline, only the events after it")
  func restricted() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.points(
          "reminder", under: "visit", path: "no", after: (4, "d"),
          [
            "triggerRestrictedStartHour": .string("12:00"),
            "triggerRestrictedStopHour": .string("14:00"),
          ]),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 10 * Self.day)
      // Ten o'clock four days later; the reminder waits for noon, and not for another four days.
      #expect(
        try await bed.story(campaign.id) == [
          "visit#1 executed no @345600", "reminder#1 executed @352800",
        ])
    }
  }

  @Test(
    "CAM-218, CAM-411: a contact's date that was waited for runs, although it has passed")
  func contactDate() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.pool.query(
        "UPDATE contacts SET attribution_date = \(bed.now.addingTimeInterval(Self.day))")
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.points(
          "reminder", under: "visit", path: "no",
          [
            "triggerMode": .string("contact_date"), "triggerIfPast": .string("skip"),
            "triggerContactField": .string("attribution_date"),
          ]),
      ])
      try await bed.add([1], to: campaign.id)
      // Picked up slightly late, as always.
      bed.clock.now = bed.now.addingTimeInterval(Self.day + 0.05)
      try await bed.run(for: 1)
      #expect(
        try await bed.story(campaign.id) == [
          "visit#1 executed no @86400", "reminder#1 executed @86400",
        ])
    }
  }

  @Test("CAM-415: changed delays move all open deadlines; one in the past is due at once")
  func retimed() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.points("no", under: "visit", path: "no", after: (4, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 2 * Self.day)
      try await bed.edit(campaign, "no", ["triggerInterval": .integer(3)])
      #expect(try await bed.story(campaign.id) == ["visit#1 waiting @259200"])
      try await bed.edit(campaign, "no", ["triggerInterval": .integer(1)])
      try await bed.run(for: 1)
      #expect(
        try await bed.story(campaign.id) == [
          "visit#1 executed no @172800", "no#1 executed @172800",
        ])
    }
  }

  @Test(
    "CAM-415: a decision with a longer delay keeps waiting, even before it is recomputed")
  func longer() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.points("no", under: "visit", path: "no", after: (1, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      var input = CampaignInput()
      let no = try #require(campaign.events.first { $0.name == "no" })
      input.events = [
        EventInput(json: .object(["id": .integer(no.id), "triggerInterval": .integer(3)]))
      ].compactMap(\.self)
      _ = try await bed.editor.update(campaign.id, input, by: .system)
      try await bed.run(for: 2 * Self.day)
      #expect(try await bed.story(campaign.id) == ["visit#1 waiting @259200"])
    }
  }

  @Test("CAM-416: an immediate condition on the `no` path takes it at once")
  func atOnce() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.condition("tagged", "lead.tags", ["tags": .array([])], under: "visit", path: "no"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.engage("page.pagehit", [1])
      #expect(
        try await bed.story(campaign.id) == [
          "visit#1 executed no @0", "tagged#1 executed no @0",
        ])
    }
  }

  @Test("CAM-417: an engagement from before the deadline, received later, does not reopen it")
  func tooLate() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"), E.points("yes", under: "visit", path: "yes"),
        E.points("no", under: "visit", path: "no", after: (1, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: Self.day)
      let (engine, now) = (bed.engine, bed.now)
      _ = try await bed.jobs.transaction(at: now) { transaction in
        try await engine.record(
          [
            CampaignEngagement(
              type: "page.pagehit", contact: 1, at: CampaignBed.start.addingTimeInterval(60))
          ], in: transaction)
      }
      #expect(
        try await bed.story(campaign.id) == ["visit#1 executed no @86400", "no#1 executed @86400"])
    }
  }

  @Test("CAM-402: an exit caused by one decision closes the others before the engagement does")
  func closed() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("one", "page.pagehit"), E.decision("two", "page.pagehit"),
        E.action(
          "out", "campaign.addremovelead", ["removeFrom": .array([.string("this")])], under: "one",
          path: "yes"),
        E.points("never", under: "two", path: "yes"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.engage("page.pagehit", [1])
      let story = try await bed.story(campaign.id)
      #expect(story.contains { $0.hasPrefix("two#1 cancelled") })
      #expect(!story.contains { $0.hasPrefix("never") })
    }
  }
}
