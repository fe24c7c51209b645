import Foundation
import Postgres
import Primitives
import Segments
import TestSupport
import Testing

@testable import Campaigns

@Suite("Simulations: what a campaign would do (api.md 8.4)")
struct SimulationTests {
  @Test("A simulation predicts the following run, to the second")
  func equalsARun() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2, zone: "Europe/Vienna")
      let campaign = try await bed.campaign([
        E.points("hello"),
        E.condition("rich", "lead.points", ["operator": "gt", "score": 0], under: "hello"),
        E.points("more", under: "rich", path: "yes", after: (3, "d"), ["triggerHour": "09:00"]),
        E.points("less", under: "rich", path: "no"),
        E.decision("visit", "page.pagehit", under: "hello"),
        E.points("missed", under: "visit", path: "no", after: (2, "h")),
      ])
      let report = try await bed.simulate(
        campaign.id, ["contacts": [1, 2], "until": "30 days"])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.run(for: 30 * 86_400)
      for (place, journey) in report.journeys.enumerated() {
        let real = try await bed.story(campaign.id, Int64(place + 1))
        #expect(journey.story.sorted() == real.sorted())
        #expect(journey.isMember && journey.contact == Int64(place + 1))
        #expect(journey.missing.map(\.name) == ["less"])
        #expect(journey.missing.first?.reason == "“rich” came out yes")
      }
    }
  }

  @Test("Nothing is stored, nothing is called")
  func leavesNothing() async throws {
    try await CampaignBed.with { bed in
      let receiver = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
      // Away from the ids of the invented contact.
      try await bed.contacts(1, from: 1_000)
      let campaign = try await bed.campaign([
        E.action(
          "call", "campaign.sendwebhook",
          ["url": .string(receiver.url("/x")), "method": "post"]),
        E.points("after", under: "call"),
        E.action("gone", "lead.deletecontact", under: "after", after: (1, "d")),
      ])
      let before = try await bed.everything()
      let report = try await bed.simulate(
        campaign.id, ["contacts": [1000, ["fields": ["firstname": "Kim"], "tags": ["new"]]]])
      #expect(report.hooks.map(\.method) == ["POST", "POST"])
      #expect(receiver.asked.withLock { $0.isEmpty })
      #expect(report.journeys.allSatisfy { !$0.isMember })
      #expect(try await bed.everything() == before)
      let failing = try await bed.simulate(campaign.id, ["webhooksFail": true, "until": "1 day"])
      #expect(failing.journeys[0].entries.map(\.name) == ["call"])
    }
  }

  @Test("Due entries of others are neither run nor locked nor reported")
  func leavesOthersAlone() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(20)
      let campaign = try await bed.campaign([
        E.action(
          "call", "campaign.sendwebhook", ["url": "https://example.com", "method": "post"],
          after: (1, "d")),
        E.points("then", under: "call", after: (1, "d")),
      ])
      try await bed.add(Array(2...20), to: campaign.id)
      bed.clock.now = bed.now.addingTimeInterval(3600)
      let report = try await bed.simulate(campaign.id, ["contacts": [1], "until": "30 days"])
      #expect(report.hooks.map(\.place) == [0])
      #expect(report.journeys[0].entries.map(\.state) == ["executed", "executed"])
    }
  }

  @Test("Engagements decide: at a time, after the start, after an event; else the no path runs")
  func engagements() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.points("hello", after: (1, "d")), E.decision("visit", "page.pagehit", under: "hello"),
        E.points("came", under: "visit", path: "yes"),
        E.points("missed", under: "visit", path: "no", after: (2, "d")),
      ])
      let hello = campaign.events[0].id
      for (engagement, story) in [
        (["event": .integer(hello), "after": "3h"], "came#1 executed @\(86_400 + 10_800)"),
        (["after": "P1DT2H"], "came#1 executed @\(86_400 + 7_200)"),
        (["after": "4 days"], "missed#1 executed @\(3 * 86_400)"),
      ] as [([String: JSONValue], String)] {
        let report = try await bed.simulate(
          campaign.id,
          ["acts": [.object(engagement.merging(["type": "page.pagehit", "contact": 0]) { $1 })]])
        #expect(report.journeys[0].story.contains(story), "\(report.journeys[0].story)")
      }
    }
  }

  @Test("The same engagement twice at one moment counts twice")
  func twice() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.decision("first", "page.pagehit"),
        E.decision("second", "page.pagehit", under: "first", path: "yes"),
        E.points("both", under: "second", path: "yes"),
      ])
      let visit: JSONValue = ["type": "page.pagehit", "after": "1h"]
      let later: JSONValue = ["type": "page.pagehit", "after": "2h"]
      let once = try await bed.simulate(campaign.id, ["acts": [visit]])
      #expect(once.journeys[0].missing.map(\.name) == ["both"])
      let again = try await bed.simulate(campaign.id, ["acts": [visit, later, later]])
      #expect(again.journeys[0].story.last == "both#1 executed @7200")
    }
  }

  @Test("An unsaved campaign, and changes to a saved one")
  func unsaved() async throws {
    try await CampaignBed.with { bed in
      let saved = try await bed.campaign([E.points("a", after: (1, "d"))])
      let draft: JSONValue = [
        "lists": [1], "events": [E.points("x", after: (2, "h")), E.points("y", under: "x")],
      ]
      let report = try await bed.simulate(nil, ["campaign": draft])
      #expect(report.campaign == nil)
      #expect(
        report.journeys[0].story == ["x#1 executed @7200", "y#1 executed @7200"])
      let changed = try await bed.simulate(
        saved.id,
        [
          "campaign": [
            "events": [["id": .integer(saved.events[0].id), "triggerInterval": 3]]
          ]
        ])
      #expect(changed.journeys[0].story == ["a#1 executed @259200"])
      let unchanged = try await bed.simulate(saved.id, [:])
      #expect(unchanged.journeys[0].story == ["a#1 executed @86400"])
      #expect(try await bed.pool.query("SELECT FROM campaigns").count == 1)
    }
  }

  @Test("A contact that a change removes from the segment leaves")
  func leaving() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.points("a"), E.points("b", after: (5, "d"))])
      let report = try await bed.simulate(
        campaign.id,
        [
          "contacts": [1],
          "acts": [["change": ["removeSegments": [1]], "after": "2 days"]],
        ])
      #expect(!report.journeys[0].isMember)
      #expect(report.journeys[0].entries.map(\.state) == ["executed", "cancelled"])
    }
  }

  @Test(
    "Changes by actions move contacts out of the sources and back, as segments follow"
  )
  func moving() async throws {
    try await CampaignBed.with { bed in
      let berliners = try await bed.berliners()
      try await bed.segment(2)
      // By the city's segment, and by a static one.
      let moved = try await bed.campaign(
        [
          E.action("move", "lead.updatelead", ["city": "Rome"], after: (1, "h")),
          E.points("late", after: (1, "d")),
        ],
        segments: [berliners])
      let listed = try await bed.campaign(
        [
          E.action("out", "lead.changelist", ["removeFromLists": [2]], after: (1, "h")),
          E.points("late", after: (1, "d")),
        ], segments: [2])
      for (campaign, first, someone) in [
        (moved, "move", ["fields": ["city": "Berlin"]]), (listed, "out", ["segments": [2]]),
      ] as [(Campaign, String, JSONValue)] {
        let journey = try await bed.simulate(campaign.id, ["contacts": [someone]]).journeys[0]
        #expect(journey.story == ["\(first)#1 executed @3600", "late#1 cancelled @86400"])
        #expect(!journey.isMember)
      }
    }
  }

  @Test("CAM-110: a contact that exits while a segment holds it returns after the pause")
  func returning() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign(
        [
          E.action(
            "out", "campaign.addremovelead", ["removeFrom": ["this"]], after: (5, "i"))
        ], restart: true)
      let report = try await bed.simulate(campaign.id, ["contacts": [1], "until": "13 minutes"])
      #expect(
        report.journeys[0].story == [
          "out#1 executed @300", "out#2 executed @660", "out#3 scheduled @1020",
        ])
    }
  }

  @Test("Ten years of a one-day cycle run without waiting")
  func years() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.points("tick", after: (30, "d")),
        E.action("back", "campaign.jump_to_event", ["jumpToEvent": "new-tick"], under: "tick"),
      ])
      let report = try await bed.simulate(campaign.id, ["until": "10 years"])
      let ticks = report.journeys[0].entries.filter { $0.name == "tick" && $0.state == "executed" }
      #expect(!report.isCutOff && ticks.count == 3652 / 30)
    }
  }

  @Test(
    "Problems are reported, and nothing runs",
    arguments: [
      (#"{"until":"soon"}"#, "until"), (#"{"start":"yesterday-ish"}"#, "start"),
      (#"{"until":"200 years"}"#, "until"), (#"{"contacts":["x"]}"#, "contacts"),
      (#"{"contacts":[999]}"#, "contacts"), (#"{"contacts":[{"nofield":"x"}]}"#, "contacts"),
      (#"{"acts":[{"type":"page.pagehit","contact":7}]}"#, "acts"),
      (#"{"acts":[{"type":"page.pagehit","after":"a while"}]}"#, "acts"),
      (#"{"acts":[{"type":"no.such"}]}"#, "acts"), (#"{"acts":[{}]}"#, "acts"),
      (#"{"campaign":{"lists":[77]}}"#, "lists"), (#"{"campaign":{"lists":["x"]}}"#, "lists"),
      (#"{"campaign":7}"#, "campaign"), (#"{"campaign":{"events":[7]}}"#, "events: 0"),
      (#"{"campaign":{"events":[{"id":[]}]}}"#, "events: 0"),
      (#"{"contacts":5}"#, "contacts"), (#"{"acts":5}"#, "acts"),
      (#"{"contacts":[{"segments":[999]}]}"#, "segments"),
      (#"{"acts":[{"change":{"addSegments":[999]}}]}"#, "addSegments"),
      (#"{"acts":[{"change":{"addSegments":["x"]}}]}"#, "addSegments"),
    ])
  func refusals(body: String, member: String) async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([E.points("a")])
      let json = try JSONDecoder().decode(JSONValue.self, from: Data(body.utf8))
      do {
        _ = try await bed.simulate(campaign.id, json)
        Issue.record("\(body) was taken")
      } catch {
        #expect("\(error)".contains(member), "\(error)")
      }
      await #expect(throws: CampaignError.self) { try await bed.simulate(99, [:]) }
    }
  }
}

extension CampaignBed {
  /// Simulates from the current time.
  ///
  /// - Parameter limit: The time after which the report is cut off; however busy the machine is, it shows all otherwise.
  @discardableResult
  func simulate(
    _ campaign: Int64?, _ json: JSONValue, within limit: Duration = .seconds(600)
  ) async throws -> SimulationReport {
    var request = try SimulationRequest(json: json, campaign: campaign, now: now)
    request.timeLimit = limit
    return try await campaigns.simulator { segmentEditor.sets() }.run(request)
  }

  /// Returns everything that a simulation could change, as text.
  fileprivate func everything() async throws -> [String] {
    var texts: [String] = []
    for table in [
      "contacts", "contact_tags", "campaigns", "campaign_events", "campaign_members",
      "campaign_log",
      "campaign_history", "campaign_event_counts", "campaign_event_hours", "campaign_member_hours",
      "segment_members", "segment_announcements", "email_sends", "jobs", "audit_log",
    ] {
      let rows = try await pool.query(
        "SELECT t::text FROM \(identifier: table) AS t ORDER BY 1")
      texts.append(table)
      texts += try rows.map { try $0.decode(at: 0) }
    }
    return texts
  }
}

extension SimulationReport.Journey {
  /// The entries in the form of ``CampaignBed/story(_:_:)``.
  var story: [String] {
    entries.map { step in
      let path = step.path.map { $0 ? " yes" : " no" } ?? ""
      let time =
        step.at.map { " @\(Int($0.timeIntervalSince(CampaignBed.start).rounded()))" } ?? ""
      return "\(step.name)#\(step.rotation) \(step.state)\(path)\(time)"
    }
  }
}
