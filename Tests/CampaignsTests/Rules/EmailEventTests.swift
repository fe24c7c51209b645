import Foundation
import Primitives
import TestSupport
import Testing

@testable import Campaigns
@testable import Mail

@Suite("E-mails of campaigns")
struct EmailEventTests {
  @Test(
    "CAM-909: executed once the send is recorded; a later failure does not stop the run"
  )
  func executed() async throws {
    let transport = PickyTransport(refusing: ["2@example.com"])
    try await CampaignBed.with(transport: transport) { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.action("mail", "email.send", ["email": .integer(try await bed.email())]),
        E.decision("open", "email.open", under: "mail"),
        E.points("then", under: "mail", after: (1, "h")),
      ])
      try await bed.add([1, 2], to: campaign.id)
      // Nothing has been handed over yet.
      #expect(try await bed.sends() == [.queued, .queued])
      let stories = ["mail#1 executed @0", "then#1 scheduled @3600", "open#1 waiting"]
      for contact in [1, 2] as [Int64] {
        #expect(try await bed.story(campaign.id, contact) == stories)
      }
      try await bed.working {
        let areDone = try await eventually { try await bed.sends() == [.sent, .failed] }
        #expect(areDone)
      }
      #expect(transport.recipients == ["1@example.com"])
      #expect(try await bed.story(campaign.id, 2) == stories)
      let failed: [String] = try await bed.pool.query(
        """
        SELECT concat_ws(' ', l.contact_id, e.failed_count, l.error)
        FROM campaign_log l JOIN campaign_events e ON e.id = l.event_id WHERE l.error IS NOT NULL
        """
      ).map { try $0.decode(at: 0) }
      #expect(failed == ["2 1 the e-mail could not be delivered: not wanted"])
      // The history marks it (CAM-701).
      for contact in [1, 2] as [Int64] {
        let event = try await bed.timeline(of: contact).first { $0.type == .campaignEvent }
        #expect(event?.details["isWarning"] == .boolean(contact == 2))
      }
      try await bed.run(for: 3600)
      #expect(try await bed.points(2) == 1)
    }
  }

  @Test(
    "CAM-127: e-mails handed over before an exit are not recalled; the rest is not sent")
  func leaving() async throws {
    let transport = PickyTransport()
    try await CampaignBed.with(transport: transport) { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      func mail(_ name: String, under parent: String? = nil) async throws -> JSONValue {
        E.action(
          name, "email.send", ["email": .integer(try await bed.email())], under: parent,
          after: parent.map { _ in (1, "h") })
      }
      let campaign = try await bed.campaign([
        try await mail("first"), try await mail("second", under: "first"),
        try await mail("third", under: "second"),
      ])
      try await bed.follow(campaign.id)
      try await bed.working {
        let isSent = try await eventually { try await bed.sends() == [.sent] }
        #expect(isSent)
      }
      try await bed.run(for: 3600)
      #expect(try await bed.sends() == [.sent, .queued])
      try await bed.leaveSegment(1, [1])
      try await bed.follow(campaign.id)
      #expect(try await bed.sends() == [.sent, .skipped])
      #expect(
        try await bed.story(campaign.id).prefix(2) == [
          "first#1 executed @0", "second#1 executed @3600",
        ])
      #expect(try await bed.story(campaign.id).last?.hasPrefix("third#1 cancelled") == true)
      try await bed.working {
        let isIdle = try await eventually { try await bed.pool.query("SELECT FROM jobs").isEmpty }
        #expect(isIdle)
      }
      #expect(transport.recipients == ["1@example.com"])
    }
  }

  @Test("A clicked link and the wanted text are compared in one form, whichever is encoded")
  func clickedLinks() {
    let mail = CampaignEvent(
      id: 1, parent: nil, path: nil, kind: .action, type: EventType.sendEmail, name: "mail",
      properties: ["email": 7])
    for (wanted, url, matches) in [
      ("https://x.example/grün", "https://x.example/gr%C3%BCn", true),
      ("https://x.example/gr%C3%BCn", "https://x.example/grün", true),
      ("https://x.example/gr%c3%bcn/", "http://X.example/gr%C3%BCn?a=1", true),
      ("x.example/a b", "https://x.example/a%20b", true),
      ("https://x.example/grün", "https://x.example/grun", false),
    ] {
      let click = CampaignEvent(
        id: 2, parent: 1, path: nil, kind: .decision, type: "email.click", name: "click",
        properties: ["urls": ["list": [.string(wanted)]]])
      let engagement = CampaignEngagement(
        type: "email.click", contact: 1, at: CampaignBed.start, objects: [7], url: url)
      #expect(
        EmailDecision().matches(click, parent: mail, engagement) == matches, "\(wanted) \(url)")
    }
  }
}
