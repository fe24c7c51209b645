import Contacts
import Foundation
import Primitives
import Testing
import Users

@testable import Campaigns

@Suite("Entries of one contact, changed by hand (campaigns.md 10.6)")
struct LogEditorTests {
  private func change(
    _ bed: CampaignBed, _ event: CampaignEvent, _ contact: Int64 = 1, trigger: Double? = nil,
    triggered: Double? = nil
  ) async throws -> Bool {
    var change = EntryChange()
    change.triggerDate = trigger.map { CampaignBed.start.addingTimeInterval($0) }
    change.dateTriggered = triggered.map { CampaignBed.start.addingTimeInterval($0) }
    return try await bed.campaigns.log.change(event.id, contact: contact, change)
  }

  private func conflict(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch CampaignError.conflict(let text) {
      return text
    } catch {
      return "\(error)"
    }
  }

  @Test("CAM-217, CAM-702, CAM-707: a new fire time overrides the settings, earlier or later")
  func reschedule() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([E.points("a", after: (2, "h"))])
      try await bed.add([1, 2], to: campaign.id)
      #expect(try await !change(bed, campaign.events[0], 1, trigger: 60))
      #expect(try await !change(bed, campaign.events[0], 2, trigger: 20_000))
      try await bed.run(for: 10_000)
      #expect(try await bed.story(campaign.id, 1) == ["a#1 executed @60"])
      #expect(try await bed.story(campaign.id, 2) == ["a#1 scheduled @20000"])
      try await bed.run(for: 20_000)
      #expect(try await bed.story(campaign.id, 2) == ["a#1 executed @20000"])
    }
  }

  @Test("CAM-702, CAM-705, CAM-706: a refused change gives the reason and changes nothing")
  func refusals() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.points("done"), E.points("later", after: (1, "h")), E.decision("visit", "page.pagehit"),
        E.points("below", under: "later"),
      ])
      let (done, later, visit, below) = (
        campaign.events[0], campaign.events[1], campaign.events[2], campaign.events[3]
      )
      try await bed.add([1], to: campaign.id)
      let before = try await bed.log(campaign.id)
      bed.clock.now = bed.now.addingTimeInterval(10)
      await #expect(
        throws: CampaignError.refused(
          InvalidInput("triggerDate", "2023-11-15T10:00:05Z lies in the past"))
      ) { _ = try await change(bed, later, trigger: 5) }
      #expect(
        await conflict { _ = try await change(bed, done, trigger: 100) }?
          .contains("executed already at 2023-11-15T10:00:00Z") == true)
      #expect(
        await conflict { _ = try await change(bed, later, 2, trigger: 100) }?
          .contains("no member") == true)
      #expect(
        await conflict { _ = try await change(bed, visit, trigger: 100) }?
          .contains("decision") == true)
      #expect(
        await conflict { _ = try await change(bed, below) }?.contains("neither date") == true)
      #expect(
        await conflict { try await bed.campaigns.log.cancel(done.id, contact: 1) }?
          .contains("executed") == true)
      await #expect(throws: CampaignError.notFound("there is no contact 99")) {
        _ = try await change(bed, later, 99, trigger: 100)
      }
      await #expect(throws: CampaignError.self) {
        try await bed.campaigns.log.cancel(later.id, contact: 2)
      }
      bed.clock.now = bed.now.addingTimeInterval(3600)
      #expect(
        await conflict { _ = try await change(bed, later, trigger: 9000) }?
          .contains("due") == true)
      #expect(
        await conflict { try await bed.campaigns.log.cancel(later.id, contact: 1) }?
          .contains("due") == true)
      #expect(try await bed.log(campaign.id) == before)
    }
  }

  @Test("CAM-703: a cancelled entry stays with its time, and nothing below it runs")
  func cancelling() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")), E.points("b", under: "a"), E.points("c", after: (2, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.campaigns.log.cancel(campaign.events[0].id, contact: 1)
      try await bed.run(for: 86_400)
      #expect(
        try await bed.story(campaign.id) == ["a#1 cancelled @3600 (user)", "c#1 executed @7200"])
      let page = try await bed.timeline(of: 1)
      let cancelled = page.first { $0.type == .campaignScheduled }
      #expect(cancelled?.details["state"] == "cancelled")
      #expect(cancelled?.timestamp == CampaignBed.start.addingTimeInterval(3600))
    }
  }

  @Test("CON-103: scheduled entries are in the history, with a warning after an error")
  func foreseen() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("later", after: (1, "d")), E.action("try", "trial.action"),
      ])
      try await bed.add([1], to: campaign.id)
      func foreseen() async throws -> [[JSONValue?]] {
        try await bed.timeline(of: 1).filter { $0.type == .campaignScheduled }.map { event in
          let seconds = event.timestamp.timeIntervalSince(CampaignBed.start).rounded()
          return [
            event.details["event"], .integer(Int64(seconds)), event.details["state"],
            event.details["isWarning"],
          ]
        }
      }
      #expect(
        try await foreseen() == [
          ["try", 3600, "scheduled", true], ["later", 86_400, "scheduled", false],
        ])
      for event in campaign.events { _ = try await change(bed, event, trigger: 7200) }
      #expect(
        try await foreseen() == [
          ["later", 7200, "scheduled", false], ["try", 7200, "scheduled", true],
        ])
      for event in campaign.events {
        try await bed.campaigns.log.cancel(event.id, contact: 1)
      }
      #expect(try await foreseen().map { $0[2] } == ["cancelled", "cancelled"])
    }
  }

  @Test("CAM-706: an executed date records the entry, and the counters follow")
  func executed() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")),
        E.condition("ask", "lead.tags", ["tags": ["x"]], under: "a"),
      ])
      let (a, ask) = (campaign.events[0], campaign.events[1])
      try await bed.add([1], to: campaign.id)
      #expect(try await !change(bed, a, triggered: -7200))
      #expect(try await change(bed, ask, triggered: -3600))
      let numbers = try await bed.campaigns.statistics.numbers(of: campaign.id)
      #expect(numbers.events[a.id]?.executed == 1 && numbers.events[a.id]?.scheduled == 0)
      #expect(numbers.events[ask.id]?.yes == 1)
      #expect(try await bed.corrections(of: campaign.id) == 0)
    }
  }

  @Test("CAM-701: the history has entries, warnings, and every run")
  func timeline() async throws {
    try await CampaignBed.with(
      settings: CampaignSettings(companies: CompanyRules(), retryInterval: .zero)
    ) { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign(
        [
          E.points("nothing", 0),
          E.action("break", "lead.changeowner", ["owner": [.integer(7)]]),
          E.points("later", after: (1, "d")),
        ].map { $0 }, restart: false, trusting: true)
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 60)
      try await bed.remove([1], from: campaign.id)
      try await bed.run(for: 60)
      try await bed.add([1], to: campaign.id)
      let events = try await bed.timeline(of: 1)
      let moves = events.filter { $0.type == .campaignMembership }
      #expect(moves.map { $0.details["action"] } == ["added", "removed", "added"])
      #expect(moves.map { $0.details["byHand"] } == [true, true, true])
      let done = events.filter { $0.type == .campaignEvent && $0.details["rotation"] == 1 }
      #expect(
        done.map { [$0.details["event"], $0.details["state"], $0.details["isWarning"]] } == [
          ["nothing", "executed", true], ["break", "failed", true],
        ])
      let foreseen = events.filter { $0.type == .campaignScheduled }
      #expect(foreseen.count == 1 && foreseen.first?.details["isWarning"] == false)
      #expect(Set(events.map(\.id)).count == events.count)
    }
  }
}
