import Foundation
import Primitives
import Testing

@testable import Campaigns

struct DecisionRulesTests {
  private let opened = Date(timeIntervalSince1970: 1_700_042_400)

  /// A decision that matches every engagement of its type.
  private struct AnyDecision: CampaignDecision {
    var answer = true
    func matches(
      _ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement
    ) -> Bool { answer }
  }

  private func event(_ id: Int64, _ kind: EventKind, path: Bool? = nil) -> CampaignEvent {
    CampaignEvent(id: id, path: path, kind: kind, type: "page.pagehit", name: "\(id)")
  }

  private func decides(
    at seconds: Double, _ event: CampaignEvent, parent: CampaignEvent? = nil,
    type: String = "page.pagehit", answer: Bool = true
  ) -> Bool {
    DecisionResolver.decides(
      CampaignEngagement(type: type, contact: 1, at: opened.addingTimeInterval(seconds)), event,
      parent: parent, opened: opened, AnyDecision(answer: answer))
  }

  @Test("CAM-404: engagements before the opening do not count, one at the same instant does")
  func opening() {
    let decision = event(1, .decision)
    #expect(decides(at: 0, decision))
    #expect(decides(at: 1, decision))
    #expect(!decides(at: -1, decision))
  }

  @Test("CAM-402: the engagement that opened a decision does not also decide it")
  func openedByEngagement() {
    let (parent, below) = (event(1, .decision), event(2, .decision, path: true))
    #expect(!decides(at: 0, below, parent: parent))
    #expect(decides(at: 1, below, parent: parent))
    // On the `no` path there was no engagement.
    #expect(decides(at: 0, event(2, .decision, path: false), parent: parent))
  }

  @Test("An engagement of another type, or about something else, decides nothing")
  func mismatch() {
    #expect(!decides(at: 1, event(1, .decision), type: "email.open"))
    #expect(!decides(at: 1, event(1, .decision), answer: false))
  }

  @Test("EML-361: an open of a machine decides, unless the decision asks for a person")
  func byPerson() {
    let mail = CampaignEvent(
      id: 1, path: nil, kind: .action, type: EventType.sendEmail, name: "mail",
      properties: .object(["email": .integer(7)]))
    for (property, machine, decides) in [
      (nil, nil, true), (nil, "prefetch", true), (true, nil, true), (true, "prefetch", false),
      (false, "prefetch", true),
    ] as [(Bool?, String?, Bool)] {
      var properties: [String: JSONValue] = [:]
      properties["byPerson"] = property.map { .boolean($0) }
      let decision = CampaignEvent(
        id: 2, path: nil, kind: .decision, type: "email.open", name: "open",
        properties: .object(properties))
      var engagement = CampaignEngagement(type: "email.open", contact: 1, at: opened, objects: [7])
      engagement.details["machine"] = machine
      #expect(EmailDecision().matches(decision, parent: mail, engagement) == decides)
    }
  }

  @Test(
    "CAM-432: properties compare as truths, numbers and texts; what is no number has no order",
    arguments: [
      ("vip", "=", .boolean(true), true), ("vip", "=", .boolean(false), false),
      ("vip", "!=", .boolean(false), true), ("name", "=", .string("nan"), true),
      ("total", "=", .integer(9), true), ("total", "lt", .string("inf"), false),
      ("name", "gt", .integer(1), false), ("missing", "!=", .string("x"), true),
    ] as [(String, String, JSONValue, Bool)])
  func properties(_ property: String, _ comparison: String, _ value: JSONValue, _ holds: Bool) {
    let condition = JSONValue.object([
      "property": .string(property), "operator": .string(comparison), "value": value,
    ])
    let decision = CampaignEvent(
      id: 1, path: nil, kind: .decision, type: "event.track", name: "event",
      properties: .object(["event": .string("Or*"), "conditions": .array([condition])]))
    let engagement = CampaignEngagement(
      type: "event.track", contact: 1, at: opened,
      details: EventDecision.details(
        "Order", ["vip": "true", "name": "NaN", "total": "9.0"]))
    #expect(EventDecision().matches(decision, parent: nil, engagement) == holds)
  }

  @Test("Engagements are split into lists with each contact once, oldest first")
  func waves() {
    let engagements = [(1, 30), (2, 10), (1, 10), (1, 20)].map { contact, seconds in
      CampaignEngagement(
        type: "x", contact: Int64(contact), at: opened.addingTimeInterval(Double(seconds)))
    }
    let waves = DecisionResolver.waves(engagements)
    #expect(waves.map { $0.map(\.contact) } == [[1, 2], [1], [1]])
    #expect(waves.map { $0[0].at.timeIntervalSince(opened) } == [10, 20, 30])
    #expect(DecisionResolver.waves([]).isEmpty)
  }

  @Test("CAM-411: the earliest time is the deadline, with all events that determine it")
  func deadlines() {
    let later = opened.addingTimeInterval(60)
    var deadlines: [Int64: DecisionScheduler.Deadline] = [:]
    DecisionScheduler.merge([1: later, 2: opened], givenBy: 10, into: &deadlines)
    DecisionScheduler.merge([1: opened, 2: opened, 3: later], givenBy: 11, into: &deadlines)
    DecisionScheduler.merge([1: later], givenBy: 12, into: &deadlines)
    #expect(
      deadlines == [
        1: .init(at: opened, givenBy: [11]), 2: .init(at: opened, givenBy: [10, 11]),
        3: .init(at: later, givenBy: [11]),
      ])
  }
}
