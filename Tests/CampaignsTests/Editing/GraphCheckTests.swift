import Contacts
import Primitives
import Testing

@testable import Campaigns

@Suite("The rules of a graph (campaigns.md 3 and 14)")
struct GraphCheckTests {
  /// A graph that breaks rules, and a part of the message for each.
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
      rule: "CAM-003: no path below a condition",
      events: [
        E.condition("tagged", "lead.tags", ["tags": ["x"]]), E.points("a", under: "tagged"),
      ], says: ["needs a decisionPath"]),
    Wrong(
      rule: "CAM-005: e-mail decisions without an e-mail above them",
      events: [
        E.points("a"), E.decision("open", "email.open", under: "a"),
        E.decision("click", "email.click", under: "open", path: "yes"),
        E.decision("reply", "email.reply"),
      ],
      says: ["open", "click", "reply"].map {
        "“\($0)” (email.\($0)): stands only directly below an action that sends an e-mail"
      }),
    Wrong(
      rule: "CAM-005: pushed content away from the yes path of its request",
      events: [
        E.action("root", "dwc.push_content"), E.decision("asks", "dwc.decision"),
        E.action("missed", "dwc.push_content", under: "asks", path: "no", after: (1, "h")),
        E.action("asked", "dwc.push_content", under: "asks", path: "yes"),
        E.action("after", "dwc.push_content", under: "asked"),
      ],
      says: ["root", "missed", "after"].map {
        "“\($0)” (dwc.push_content): stands only on the yes path of a request"
      }),
    Wrong(
      rule: "CAM-005: a tracking event away from a page visit",
      events: [
        E.action("root", "tracking.pixel.send"), E.points("a"),
        E.action("below", "tracking.pixel.send", under: "a"),
      ],
      says: ["root", "below"].map {
        "“\($0)” (tracking.pixel.send): stands only on the yes path of a page visit"
      }),
    Wrong(
      rule: "CAM-005: something below a jump",
      events: [
        E.points("a"), E.points("b", under: "jump"),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-a")], after: (1, "h")),
      ], says: ["nothing may hang below campaign.jump_to_event"]),
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

  @Test(
    "CAM-002, CAM-003, CAM-005, CAM-006, CAM-007, CAM-008, CAM-009: refused as a whole, nothing is kept",
    arguments: wrong)
  func refusal(wrong: Wrong) async throws {
    try await CampaignBed.with { bed in
      try await expectRefusal(bed, wrong.events, says: wrong.says)
    }
  }

  @Test("CAM-008: a cycle with a delay is allowed")
  func circlesThatTakeTime() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a", after: (1, "i")),
        E.action("back", "campaign.jump_to_event", ["jumpToEvent": "new-b"], under: "b"),
      ])
      // The target has its new id.
      #expect(campaign.events[2].jumpTarget == campaign.events[1].id)
    }
  }

  @Test(
    "CAM-008: a past date delays no contact, and breaks no cycle",
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

  @Test("CAM-002, CAM-009: parents and targets of jumps are existing events of this campaign")
  func otherCampaigns() async throws {
    try await CampaignBed.with { bed in
      let other = try await bed.campaign([E.points("theirs")]).events[0].id
      let campaign = try await bed.campaign([
        E.points("a"), E.points("gone", under: "a", after: (1, "d")),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": "new-gone"], under: "a",
          after: (1, "h")),
      ])
      let (a, gone, jump) = (campaign.events[0].id, campaign.events[1].id, campaign.events[2].id)
      func refused(_ events: [JSONValue], replacing: Bool = false, _ says: String) async throws {
        var input = CampaignInput()
        (input.name, input.isPublished, input.segments) = ("Campaign", true, [1])
        input.events = events.compactMap { EventInput(json: $0) }
        do {
          _ = try await bed.editor.update(campaign.id, input, replacing: replacing, by: .system)
          Issue.record("it was taken")
        } catch CampaignError.refused(let input) {
          #expect(input.description.contains(says), "\(input)")
        }
      }
      try await refused([["id": .integer(a), "parent": .integer(other)]], "its parent is no event")
      try await refused(
        [["id": .integer(jump), "properties": ["jumpToEvent": .integer(other)]]],
        "properties.jumpToEvent is no event of the campaign")
      // The target cannot be deleted while the jump stays.
      let rest: [JSONValue] = [["id": .integer(a)], ["id": .integer(jump)]]
      try await refused(rest, replacing: true, "properties.jumpToEvent is no event")
      var without = CampaignInput()
      (without.name, without.isPublished, without.segments) = ("Campaign", true, [1])
      without.events = [EventInput(.id(a))]
      _ = try await bed.editor.update(campaign.id, without, replacing: true, by: .system)
      // A deleted event can no longer be a parent.
      try await refused([["id": .integer(a), "parent": .integer(gone)]], "its parent is no event")
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

  @Test("CAM-001: a campaign without sources cannot be published")
  func publishingWithoutSources() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([E.points("a")], published: false)
      try await bed.edit(campaign.id) { $0.segments = [] }
      await #expect(
        throws: CampaignError.invalid(
          InvalidInput("lists", "at least one list or form is required as a source"))
      ) {
        try await bed.edit(campaign.id) { $0.isPublished = true }
      }
      #expect(try await bed.campaigns.store.campaign(campaign.id)?.isPublished == false)
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

  @Test("Unknown types are kept and reported, not executed")
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
