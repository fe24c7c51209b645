import Contacts
import Foundation
import Primitives
import Segments
import TestSupport
import Testing

@testable import Campaigns

@Suite("Membership of campaigns")
struct MembershipTests {
  static let day = 86_400.0

  @Test("CAM-101, CAM-102: reconciliation adds members of source segments and starts the roots")
  func enters() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, members: [1, 2])
      try await bed.segment(2, members: [2])
      let campaign = try await bed.campaign(
        [E.points("a"), E.points("b", after: (1, "h")), E.decision("c", "page.pagehit")],
        segments: [1, 2])
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id, 1) == "active #1")
      #expect(try await bed.member(campaign.id, 2) == "active #1")
      #expect(try await bed.member(campaign.id, 3) == nil)
      #expect(
        Set(try await bed.story(campaign.id)) == [
          "a#1 executed @0", "b#1 scheduled @3600", "c#1 waiting",
        ])
    }
  }

  @Test(
    "CAM-103, CAM-104, CAM-130: without allow_restart only once; with it from the first events",
    arguments: [false, true])
  func restart(restarts: Bool) async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign(
        [E.points("a"), E.points("b", under: "a", after: (2, "d"))], restart: restarts)
      try await bed.follow(campaign.id)
      try await bed.leaveSegment(1, [1])
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == "exited #1")
      try await bed.run(for: Self.day)
      try await bed.enterSegment(1, [1])
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == (restarts ? "active #2" : "exited #1"))
      let executed = try await bed.story(campaign.id).filter { $0.contains("executed") }
      #expect(
        executed == (restarts ? ["a#1 executed @0", "a#2 executed @86400"] : ["a#1 executed @0"]))
    }
  }

  @Test("CAM-105, CAM-106, CAM-124: a contact removed by hand returns only by hand")
  func barred() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.points("a")], restart: true)
      try await bed.follow(campaign.id)
      try await bed.remove([1], from: campaign.id)
      #expect(try await bed.member(campaign.id) == "barred #1")
      try await bed.leaveSegment(1, [1])
      // As the segment's announcement would.
      _ = try await bed.runtime.transaction(campaign.id, now: bed.now) {
        try await SourceReconciler($0).reconcile([1])
      }
      #expect(try await bed.member(campaign.id) == "barred #1")
      try await bed.run(for: 3600)
      try await bed.enterSegment(1, [1])
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == "barred #1")
      try await bed.add([1], to: campaign.id)
      #expect(try await bed.member(campaign.id) == "active manual #2")
    }
  }

  @Test(
    "CAM-107, CAM-108: an addition by hand restarts an active member, if the campaign allows it",
    arguments: [false, true])
  func again(restarts: Bool) async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign(
        [E.points("a"), E.points("b", under: "a", after: (1, "d"))], restart: restarts)
      try await bed.follow(campaign.id)
      try await bed.add([1], to: campaign.id)
      #expect(try await bed.member(campaign.id) == (restarts ? "active manual #2" : "active #1"))
      let once = ["a#1 executed @0", "b#1 scheduled @86400"]
      let twice = [
        "a#1 executed @0", "a#2 executed @0", "b#1 cancelled @86400 (restarted)",
        "b#2 scheduled @86400",
      ]
      #expect(try await bed.story(campaign.id) == (restarts ? twice : once))
    }
  }

  @Test("CAM-109, CAM-110: a contact that exits while a segment holds it restarts after 60 s")
  func loop() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.remove("out", ["this"])], restart: true)
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == "exited #1")
      try await bed.run(for: 59)
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == "exited #1")
      try await bed.run(for: 1)
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == "exited #2")
      #expect(
        try await bed.story(campaign.id) == ["out#1 executed @0", "out#2 executed @60"])
    }
  }

  @Test(
    "CAM-104, CAM-109: a contact that exits while a segment holds it is re-enrolled")
  func comesBack() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, members: [1, 2])
      let campaign = try await bed.campaign([E.points("a")], restart: true)
      try await bed.add([3], to: campaign.id)
      try await bed.working {
        let isQuiet = try await eventually {
          try await bed.pool.query("SELECT FROM jobs WHERE state <> 2").isEmpty
        }
        #expect(isQuiet)
      }
      #expect(try await bed.member(campaign.id, 2) == "active #1")
      // Two with times in the same ten seconds, and one that no segment holds.
      try await bed.exit([1, 3], from: campaign.id)
      bed.clock.now = CampaignBed.start.addingTimeInterval(5)
      try await bed.exit([2], from: campaign.id)
      try await bed.working(scheduling: true) {
        for (seconds, contact) in [(61.0, Int64(1)), (71, 2)] {
          bed.clock.now = CampaignBed.start.addingTimeInterval(seconds)
          let isBack = try await eventually {
            try await bed.member(campaign.id, contact) == "active #2"
          }
          #expect(isBack, "\(contact)")
        }
      }
      #expect(try await bed.member(campaign.id, 3) == "exited manual #1")
    }
  }

  @Test("CAM-111: a finished contact is still a member, and cannot restart until it has left")
  func finished() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.points("a")], restart: true)
      for _ in 0..<3 {
        try await bed.follow(campaign.id)
        try await bed.run(for: Self.day)
      }
      #expect(try await bed.member(campaign.id) == "active #1")
      #expect(try await bed.story(campaign.id) == ["a#1 executed @0"])
    }
  }

  @Test("CAM-112: campaigns that immediately add to each other terminate")
  func mutual() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let first = try await bed.campaign([E.points("a")], restart: true)
      let second = try await bed.campaign(
        [E.points("b"), E.add("back", ["\(first.id)"])], restart: true)
      try await bed.edit(first.id) {
        $0.events = [EventInput(json: E.add("over", ["\(second.id)"]))].compactMap(\.self)
      }
      try await bed.add([1, 2], to: first.id)
      for contact in [1, 2] as [Int64] {
        #expect(try await bed.member(first.id, contact) == "active manual #1")
        #expect(try await bed.member(second.id, contact) == "active manual #1")
        #expect(
          try await bed.story(first.id, contact) == ["a#1 executed @0", "over#1 executed @0"])
        #expect(
          try await bed.story(second.id, contact) == ["b#1 executed @0", "back#1 executed @0"])
      }
    }
  }

  /// Changes memberships within a transaction, as triggers and bulk actions do.
  private func change(
    _ bed: CampaignBed, _ contacts: [Int64], adding: [Int64], removing: [Int64] = []
  ) async throws -> Set<Int64> {
    try await bed.jobs.transaction(at: bed.now) { transaction in
      let there = try await ContactLock.lock(contacts, on: transaction.connection)
      return try await bed.campaigns.members.change(
        there, adding: adding, removing: removing, as: .exit, in: transaction)
    }
  }

  @Test("CAM-112, CAM-126: several campaigns changed by one call are one change")
  func changedTogether() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let second = try await bed.campaign([E.points("b")], restart: true)
      let first = try await bed.campaign([E.add("over", ["\(second.id)"])], restart: true)
      let leaving = try await bed.campaign([E.points("c", after: (1, "d"))])
      try await bed.add([1], to: leaving.id)
      // Ids decide the order, so the second is begun by the first, and not begun again after it.
      let changed = try await change(
        bed, [1], adding: [first.id, second.id], removing: [leaving.id])
      #expect(changed == [1])
      #expect(try await bed.member(first.id) == "active manual #1")
      #expect(try await bed.member(second.id) == "active manual #1")
      #expect(try await bed.points(1) == 1)
      #expect(try await bed.member(leaving.id) == "exited manual #1")
      // A campaign with a smaller id that leads to a greater one.
      let third = try await bed.campaign([E.points("d")], restart: true)
      try await bed.edit(second.id) {
        $0.events = [EventInput(json: E.add("on", ["\(third.id)"]))].compactMap(\.self)
      }
      _ = try await change(bed, [1], adding: [second.id, third.id])
      #expect(try await bed.member(second.id) == "active manual #2")
      #expect(try await bed.member(third.id) == "active manual #1")
      #expect(try await bed.points(1) == 3)
    }
  }

  @Test("CAM-308: a contact deleted by the first of several campaigns is in none of the others")
  func deletedOnTheWay() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let deleting = try await bed.campaign([
        E.condition(
          "first", "lead.field_value",
          [
            "field": "email", "operator": "=", "value": "1@example.com",
          ]),
        E.action("gone", "lead.deletecontact", under: "first", path: "yes"),
      ])
      let other = try await bed.campaign([E.points("a")])
      _ = try await change(bed, [1, 2], adding: [deleting.id, other.id])
      #expect(try await bed.member(other.id, 1) == nil)
      #expect(try await bed.member(other.id, 2) == "active manual #1")
      #expect(try await bed.log(other.id).map(\.contact) == [2])
    }
  }

  @Test("CAM-602: contacts added by hand or by points to an unpublished campaign wait")
  func asleep() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let asleep = try await bed.campaign([E.points("a")], published: false)
      _ = try await change(bed, [1], adding: [asleep.id, 77])
      #expect(try await bed.member(asleep.id) == "active manual #1")
      #expect(try await bed.story(asleep.id) == ["a#1 scheduled @0"])
      _ = try await change(bed, [1], adding: [], removing: [asleep.id])
      #expect(try await bed.member(asleep.id) == "exited manual #1")
    }
  }

  @Test("CAM-120: another source segment, or a manual addition, keeps a contact in")
  func held() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(4)
      try await bed.segment(1, members: [1, 2, 4])
      try await bed.segment(2, members: [1])
      let campaign = try await bed.campaign([E.points("a")], segments: [1, 2])
      try await bed.follow(campaign.id)
      // One is added by hand before it is in the segment; another, a member already, stays automatic.
      try await bed.add([3, 4], to: campaign.id)
      try await bed.enterSegment(1, [3])
      try await bed.follow(campaign.id)
      try await bed.leaveSegment(1, [1, 2, 3, 4])
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id, 1) == "active #1")
      #expect(try await bed.member(campaign.id, 2) == "exited #1")
      #expect(try await bed.member(campaign.id, 3) == "active manual #1")
      #expect(try await bed.member(campaign.id, 4) == "exited #1")
    }
  }

  @Test("CAM-120: a contact moved from one source to another stays, whichever is checked first")
  func betweenSources() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let berliners = try await bed.berliners()
      try await bed.segment(2, members: [1, 2])
      let campaign = try await bed.campaign([E.points("a")], segments: [berliners, 2])
      try await bed.follow(campaign.id)
      try await bed.pool.query("DELETE FROM contact_changes")
      try await bed.jobs.transaction(at: bed.now) { transaction in
        _ = try await SegmentMembership.remove([1, 2], from: 2, cause: .user, in: transaction)
        try await transaction.query("UPDATE contacts SET city = 'Berlin' WHERE id = 1")
        try await ContactChanges.mark([1], [.column("city")], in: transaction)
      }
      // The refresh has processed the second contact's changes, but not the first one's city.
      try await bed.pool.query("DELETE FROM contact_changes WHERE 2 = ANY (contact_ids)")
      try await bed.working {
        try await bed.jobs.enqueue(FollowSegments())
        let isFirst = try await eventually {
          try await bed.member(campaign.id, 2) == "exited #1"
        }
        #expect(isFirst)
      }
      #expect(try await bed.member(campaign.id, 1) == "active #1")
      try await bed.working(scheduling: true, looking: true) {
        let isDone = try await eventually {
          bed.clock.now = bed.now.addingTimeInterval(1)
          let rows = try await bed.pool.query("SELECT FROM segment_announcements")
          let marks = try await bed.pool.query("SELECT FROM contact_changes")
          return rows.isEmpty && marks.isEmpty
        }
        #expect(isDone)
      }
      #expect(try await bed.member(campaign.id, 1) == "active #1")
    }
  }

  @Test("CAM-121, CAM-122: an unpublished segment, or a former source, holds no contacts")
  func sources() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      for segment in [1, 2, 3] as [Int64] { try await bed.segment(segment, members: [segment]) }
      let campaign = try await bed.campaign([E.points("a")], segments: [1, 2, 3])
      try await bed.follow(campaign.id)
      try await bed.pool.query("UPDATE segments SET is_published = false WHERE id = 1")
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id, 1) == "exited #1")
      try await bed.edit(campaign.id) { $0.segments = [3] }
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id, 2) == "exited #1")
      #expect(try await bed.member(campaign.id, 3) == "active #1")
    }
  }

  @Test(
    "CAM-125, CAM-126: a removing action ends the run: earlier effects stay, nothing follows"
  )
  func middle() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign(
        [
          E.points("start"),
          E.points("before", under: "start", ["order": .integer(1)]),
          E.action(
            "out", "campaign.addremovelead",
            ["addTo": .array([.string("this")]), "removeFrom": .array([.string("this")])],
            under: "start", after: (1, "h")),
          E.points("below", under: "out"),
          E.points("other", under: "start", after: (2, "h"), ["order": .integer(3)]),
        ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: Self.day)
      #expect(try await bed.member(campaign.id) == "exited manual #1")
      let story = try await bed.story(campaign.id)
      #expect(story.contains("before#1 executed @0"))
      #expect(story.contains("out#1 executed @3600"))
      #expect(!story.contains { $0.hasPrefix("below") })
      #expect(story.contains { $0.hasPrefix("other#1 cancelled") })
    }
  }

  @Test("CAM-125: a run that another campaign ends midway does not continue")
  func endedElsewhere() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let first = try await bed.campaign([E.points("x")])
      let second = try await bed.campaign([E.remove("end", ["\(first.id)"])])
      try await bed.edit(first.id) {
        $0.events = [
          E.add("over", ["\(second.id)"], ["order": .integer(5)]),
          E.points("below", under: "over"), E.points("after", 1, ["order": .integer(9)]),
        ].compactMap { EventInput(json: $0) }
      }
      try await bed.add([1], to: first.id)
      #expect(try await bed.member(first.id) == "exited manual #1")
      #expect(try await bed.story(first.id) == ["x#1 executed @0", "over#1 executed @0"])
    }
  }

  @Test("CAM-128: an exit that committed first wins over due entries")
  func exitWins() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([E.points("a", after: (1, "h"))])
      try await bed.add([1, 2], to: campaign.id)
      // An exit that has not seen the entry.
      try await bed.pool.query("UPDATE campaign_members SET is_active = false WHERE contact_id = 1")
      try await bed.run(for: 7200)
      #expect(try await bed.story(campaign.id, 1) == ["a#1 cancelled @3600 (left)"])
      #expect(try await bed.story(campaign.id, 2) == ["a#1 executed @3600"])
    }
  }

  @Test("CAM-128: with a concurrent webhook and exit the webhook is sent")
  func claimedFirst() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.action("call", "trial.outside", ["modulus": .integer(100)], ["order": .integer(1)]),
        E.remove("out", ["this"], ["order": .integer(2)]), E.points("below", under: "call"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 60)
      #expect(
        Set(try await bed.story(campaign.id)) == ["call#1 executed @0", "out#1 executed @0"])
    }
  }

  @Test(
    "CAM-140, CAM-141, CAM-142: added events run only below events not executed yet")
  func laterEvents() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("done"), E.points("open", under: "done", after: (1, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      func under(_ name: String, _ event: JSONValue) throws -> EventInput {
        var input = try #require(EventInput(json: event))
        let parent = try #require(campaign.events.first { $0.name == name })
        input.parent = .some(.id(parent.id))
        return input
      }
      let added = [
        try under("done", E.points("late")), try under("done", E.decision("never", "page.pagehit")),
        try under("open", E.points("then")), try #require(EventInput(json: E.points("root"))),
      ]
      try await bed.edit(campaign.id) { $0.events = added }
      try await bed.engage("page.pagehit", [1])
      try await bed.run(for: 2 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "done#1 executed @0", "open#1 executed @86400", "then#1 executed @86400",
        ])
    }
  }
}
