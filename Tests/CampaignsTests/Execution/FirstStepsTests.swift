import Foundation
import Testing

@testable import Campaigns

@Suite("A contact runs through a campaign")
struct FirstStepsTests {
  static let day = 86_400.0

  @Test("CAM-201, CAM-203, CAM-301: delays count from the execution of the event above")
  func chain() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("first"), E.points("second", under: "first", after: (1, "d")),
        E.points("third", under: "second", after: (1, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      #expect(
        try await bed.story(campaign.id) == [
          "first#1 executed @0", "second#1 scheduled @86400",
        ])
      try await bed.run(for: 3 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "first#1 executed @0", "second#1 executed @86400", "third#1 executed @172800",
        ])
      #expect(try await bed.points(1) == 3)
    }
  }

  @Test("CAM-303: a condition takes one path, the other is never run")
  func condition() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.pool.query("UPDATE contacts SET city = 'Berlin' WHERE id = 1")
      let campaign = try await bed.campaign([
        E.condition(
          "where", "lead.field_value",
          [
            "field": .string("city"), "operator": .string("="), "value": .string("Berlin"),
          ]),
        E.points("here", 5, under: "where", path: "yes"),
        E.points("there", 7, under: "where", path: "no", after: (2, "h")),
      ])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.run(for: Self.day)
      #expect(
        try await bed.story(campaign.id, 1) == ["where#1 executed yes @0", "here#1 executed @0"])
      #expect(
        try await bed.story(campaign.id, 2) == ["where#1 executed no @0", "there#1 executed @7200"])
    }
  }

  @Test(
    "CAM-402, CAM-412, CAM-413, CAM-414: an engagement decides yes; otherwise the deadline no")
  func decision() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.points("start"),
        E.decision("visit", "page.pagehit", under: "start"),
        E.points("came", under: "visit", path: "yes"),
        E.points("soon", under: "visit", path: "no", after: (1, "d")),
        E.points("later", under: "visit", path: "no", after: (3, "d")),
      ])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.run(for: 3600)
      try await bed.engage("page.pagehit", [1])
      try await bed.run(for: 10 * Self.day)
      #expect(
        try await bed.story(campaign.id, 1) == [
          "start#1 executed @0", "visit#1 executed yes @3600", "came#1 executed @3600",
        ])
      #expect(
        try await bed.story(campaign.id, 2) == [
          "start#1 executed @0", "visit#1 executed no @86400", "soon#1 executed @86400",
          "later#1 executed @345600",
        ])
    }
  }

  @Test("CAM-120, CAM-123, CAM-104: leaving the segment ends the run, returning starts a new one")
  func leavingAndComingBack() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign(
        [
          E.points("one"), E.points("two", under: "one", after: (1, "d")),
          E.points("three", under: "two", after: (1, "d")),
        ], restart: true)
      try await bed.follow(campaign.id)
      try await bed.run(for: 1.5 * Self.day)
      try await bed.leaveSegment(1, [1])
      try await bed.follow(campaign.id)
      try await bed.run(for: Self.day)
      let ended = try await bed.story(campaign.id)
      #expect(ended.count == 3)
      #expect(ended.last?.hasPrefix("three#1 cancelled @172800") == true)
      try await bed.enterSegment(1, [1])
      try await bed.follow(campaign.id)
      try await bed.run(for: 5 * Self.day)
      #expect(
        try await bed.story(campaign.id).suffix(3) == [
          "one#2 executed @216000", "two#2 executed @302400", "three#2 executed @388800",
        ])
    }
  }

  @Test("CAM-340, CAM-341: a jump begins a new rotation at its target, in its time")
  func jump() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("start"), E.points("again", under: "start", after: (1, "d")),
        E.action(
          "back", "campaign.jump_to_event", ["jumpToEvent": .string("new-again")], under: "again"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 2.5 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "start#1 executed @0", "again#1 executed @86400", "back#1 executed @86400",
          "again#2 executed @172800", "back#2 executed @172800", "again#3 scheduled @259200",
        ])
    }
  }
}
