import Contacts
import Testing

@testable import Campaigns

@Suite("The rules of a graph (campaigns.md 3 and 14)")
struct GraphCheckTests {
  /// A graph that breaks rules, and a piece of the message for each.
  struct Wrong: Sendable, CustomTestStringConvertible {
    var rule: String
    var events: [JSONValue]
    var says: [String]

    var testDescription: String { rule }
  }

  static let wrong: [Wrong] = [
    Wrong(
      rule: "CAM-002: a parent that is not there",
      events: [E.points("a", under: "nobody")], says: ["its parent is no event"]),
    Wrong(
      rule: "CAM-002: a circle of parents",
      events: [E.points("a", under: "b"), E.points("b", under: "a")],
      says: ["is its own ancestor"]),
    Wrong(
      rule: "CAM-003: no path below a decision",
      events: [
        E.decision("visit", "page.pagehit"), E.points("a", under: "visit", after: (1, "d")),
      ], says: ["needs a decisionPath"]),
    Wrong(
      rule: "CAM-005: an open without an e-mail above it",
      events: [E.points("a"), E.decision("open", "email.open", under: "a")],
      says: ["directly below an action that sends an e-mail"]),
    Wrong(
      rule: "CAM-005: pushed content away from its request",
      events: [E.action("push", "dwc.push_content")].map { $0 }
        + [E.action("push2", "dwc.push_content", under: "push")],
      says: ["yes path of a request for dynamic content"]),
    Wrong(
      rule: "CAM-005: a tracking event away from a page visit",
      events: [E.points("a"), E.action("pixel", "tracking.pixel.send", under: "a")],
      says: ["yes path of a page visit"]),
    Wrong(
      rule: "CAM-005: something below a deletion",
      events: [E.action("gone", "lead.deletecontact"), E.points("a", under: "gone")],
      says: ["nothing may hang below lead.deletecontact"]),
    Wrong(
      rule: "CAM-006: an immediate action on a decision's no path",
      events: [
        E.decision("visit", "page.pagehit"), E.points("a", under: "visit", path: "no"),
      ], says: ["cannot be immediate on the no path"]),
    Wrong(
      rule: "CAM-007: restarting at once",
      events: [E.action("again", "campaign.addremovelead", ["addTo": .array([.string("this")])])],
      says: ["cannot be immediate"]),
    Wrong(
      rule: "CAM-007: restarting after 29 minutes",
      events: [
        E.action(
          "again", "campaign.addremovelead", ["addTo": .array([.string("this")])],
          after: (29, "i"))
      ], says: ["at least 30 minutes, not 29"]),
    Wrong(
      rule: "CAM-008: a jump to itself",
      events: [
        E.action("jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-jump")])
      ], says: ["jumps to itself"]),
    Wrong(
      rule: "CAM-008: a circle of two jumps without time",
      events: [
        E.points("a"), E.points("b"),
        E.action("to b", "campaign.jump_to_event", ["jumpToEvent": .string("new-b")], under: "a"),
        E.action("to a", "campaign.jump_to_event", ["jumpToEvent": .string("new-a")], under: "b"),
      ], says: ["leads back to itself"]),
    Wrong(
      rule: "CAM-009: a jump to nowhere",
      events: [E.action("jump", "campaign.jump_to_event", ["jumpToEvent": .integer(99)])],
      says: ["jumpToEvent is no event of the campaign"]),
    Wrong(
      rule: "kind and type do not fit",
      events: [E.action("a", "lead.tags")], says: ["is no action but a condition"]),
    Wrong(
      rule: "no kind of that name",
      events: [
        .object([
          "id": .string("new1"), "name": .string("a"), "type": .string("lead.tags"),
          "eventType": .string("wish"),
        ])
      ], says: ["none of action, decision, condition"]),
  ]

  @Test("What breaks a rule is refused as a whole, and nothing is kept", arguments: wrong)
  func refusal(wrong: Wrong) async throws {
    try await CampaignBed.with { bed in
      try await expectRefusal(bed, wrong.events, says: wrong.says)
    }
  }

  @Test("CAM-008: a circle with a delay is a way to work")
  func circlesThatTakeTime() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a", after: (1, "i")),
        E.action("back", "campaign.jump_to_event", ["jumpToEvent": "new-b"], under: "b"),
      ])
      // The target has its new number.
      #expect(campaign.events[2].jumpTarget == campaign.events[1].id)
    }
  }

  @Test(
    "CAM-008: a date that has come holds up nobody, and breaks no circle",
    arguments: [
      ["triggerMode": "date", "triggerDate": "2030-01-01"],
      [
        "triggerMode": "contact_date", "triggerContactField": "attribution_date",
        "triggerIfPast": "skip",
      ],
    ] as [[String: JSONValue]])
  func circleOverADate(trigger: [String: JSONValue]) async throws {
    try await CampaignBed.with { bed in
      try await expectRefusal(
        bed,
        [
          E.points("a"), E.points("b", under: "a", trigger),
          E.action("back", "campaign.jump_to_event", ["jumpToEvent": "new-b"], under: "b"),
        ], says: ["without a delay"])
    }
  }

  @Test("CAM-003: a path below an action, and of a root, is dropped")
  func paths() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.points("root", path: "yes"), E.points("child", under: "root", path: "no"),
      ])
      #expect(campaign.events.map(\.path) == [nil, nil])
    }
  }

  @Test("CAM-001: no events, no sources")
  func emptiness() async throws {
    try await CampaignBed.with { bed in
      for (events, segments, member) in [
        ([], [1], "events"), ([E.points("a")], [], "lists"),
      ] as [([JSONValue], [Int64], String)] {
        do {
          try await bed.campaign(events, segments: segments)
          Issue.record("it was taken")
        } catch CampaignError.invalid(let input) {
          #expect(input.problems.map(\.member) == [member])
        }
      }
      #expect(try await bed.campaigns.store.page(start: 0, limit: 10).total == 0)
    }
  }

  @Test("More than 5,000 events are refused")
  func size() async throws {
    try await CampaignBed.with { bed in
      try await expectRefusal(
        bed, (0...5_000).map { E.points("\($0)") }, says: ["at most 5000 events"])
    }
  }

  @Test("Unknown types are kept and told, not executed")
  func unknownTypes() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.action("fax", "fax.send"), E.points("a")])
      let warnings = try await bed.campaigns.warnings(about: campaign)
      #expect(warnings.map(\.kind) == [.unknownType])
      #expect(warnings.first?.event == campaign.events[0].id)
      try await bed.add([1], to: campaign.id)
      #expect(
        try await bed.story(campaign.id).first
          == "fax#1 executed @0 (events of the type fax.send are not installed)")
    }
  }

  private func expectRefusal(
    _ bed: CampaignBed, _ events: [JSONValue], says: [String]
  ) async throws {
    do {
      try await bed.campaign(events)
      Issue.record("it was taken")
    } catch CampaignError.refused(let input) {
      for text in says { #expect(input.description.contains(text), "\(input)") }
    }
    #expect(try await bed.campaigns.store.page(start: 0, limit: 10).total == 0)
    let rows = try await bed.pool.query("SELECT FROM campaign_events")
    #expect(rows.isEmpty)
  }
}
