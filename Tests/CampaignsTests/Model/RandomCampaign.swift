import Foundation
import Primitives
import TestSupport

@testable import Campaigns

/// Makes campaigns in which all kinds of events may be below any other.
struct RandomCampaign {
  var generator: SeededGenerator
  let campaigns: [Int64]
  let segments: [Int64]
  let start: Date
  /// Whether an action may delete contacts.
  var deletes = false
  /// Whether to use the action types that exist only for tests.
  var hasTrials = true
  private var count = 0

  init(_ generator: SeededGenerator, campaigns: [Int64], segments: [Int64], start: Date) {
    self.generator = generator
    self.campaigns = campaigns
    self.segments = segments
    self.start = start
  }

  static let tags = ["red", "green", "blue"]
  static let cities = ["Berlin", "Rome", "Oslo"]

  /// Returns events in wire form.
  mutating func events(most: Int) -> [JSONValue] {
    count = 0
    var events: [JSONValue] = []
    let roots = 1 + Int(generator.next() % 2)
    for _ in 0..<roots { grow(under: nil, path: nil, depth: 0, most: most, &events) }
    return events
  }

  private mutating func grow(
    under parent: (id: String, kind: String)?, path: String?, depth: Int, most: Int,
    _ events: inout [JSONValue]
  ) {
    guard count < most else { return }
    count += 1
    let id = "e\(count)"
    let kind = generator.pick(["action", "action", "action", "condition", "decision", "decision"])
    let (type, properties) =
      switch kind {
      case "condition": condition()
      case "decision": decision()
      default: action()
      }
    var members: [String: JSONValue] = [
      "id": .string("new-\(id)"), "name": .string(id), "eventType": .string(kind),
      "type": .string(type), "properties": .object(properties),
      "parent": parent.map { .string("new-\($0.id)") } ?? .null,
      "order": .integer(Int64(generator.next() % 3)),
    ]
    if let path { members["decisionPath"] = .string(path) }
    if kind != "decision" {
      let isMissed = parent?.kind == "decision" && path == "no"
      members.merge(trigger(isMissed: isMissed)) { $1 }
    }
    events.append(.object(members))
    guard type != "campaign.jump_to_event", type != "lead.deletecontact", depth < 4 else { return }
    let children = Int(generator.next() % 3) + (depth == 0 ? 1 : 0)
    for _ in 0..<children {
      let path = kind == "action" ? nil : generator.once(in: 2) ? "yes" : "no"
      grow(under: (id, kind), path: path, depth: depth + 1, most: most, &events)
    }
  }

  private mutating func action() -> (String, [String: JSONValue]) {
    switch generator.next() % 14 {
    case 0, 1, 2:
      return ("lead.changepoints", ["points": .integer(Int64(generator.next() % 5) - 1)])
    case 3, 4:
      return (
        "lead.changetags",
        [
          "add_tags": .array([.string(generator.pick(Self.tags))]),
          "remove_tags": .array([.string(generator.pick(Self.tags))]),
        ]
      )
    case 5:
      let segment = JSONValue.integer(generator.pick(segments))
      return (
        "lead.changelist",
        [
          generator.once(in: 2) ? "addToLists" : "removeFromLists": .array([segment])
        ]
      )
    case 6: return ("lead.updatelead", ["city": .string(generator.pick(Self.cities))])
    case 7,
      8 where hasTrials:
      return ("trial.action", TrialRule.properties(&generator, start: start))
    case 9 where hasTrials:
      return ("trial.outside", TrialRule.properties(&generator, start: start))
    case 10:
      return (
        "campaign.jump_to_event",
        [
          "jumpToEvent": .string("new-e\(1 + generator.next() % UInt64(max(1, count)))")
        ]
      )
    case 11 where deletes: return ("lead.deletecontact", [:])
    default:
      let names = campaigns.map { JSONValue.string("\($0)") } + [.string("this")]
      var properties = [
        "addTo": JSONValue.array(generator.some(names)),
        "removeFrom": JSONValue.array(generator.some(names)),
      ]
      if properties.values.allSatisfy({ $0 == .array([]) }) {
        properties["removeFrom"] = .array([.string("this")])
      }
      return ("campaign.addremovelead", properties)
    }
  }

  private mutating func condition() -> (String, [String: JSONValue]) {
    switch generator.next() % 5 {
    case 0:
      return (
        "lead.points",
        [
          "operator": .string(generator.pick(["gte", "lt"])),
          "score": .integer(Int64(generator.next() % 8)),
        ]
      )
    case 1: return ("lead.tags", ["tags": .array([.string(generator.pick(Self.tags))])])
    case 2:
      return ("lead.segments", ["segments": .array([.integer(generator.pick(segments))])])
    case 3:
      return ("lead.campaigns", ["campaigns": .array([.integer(generator.pick(campaigns))])])
    default:
      return (
        "lead.field_value",
        [
          "field": .string("city"), "operator": .string("="),
          "value": .string(generator.pick(Self.cities)),
        ]
      )
    }
  }

  private mutating func decision() -> (String, [String: JSONValue]) {
    guard !generator.once(in: 2) else { return ("page.pagehit", [:]) }
    let forms = generator.some([1, 2], oneIn: 2).map { JSONValue.integer(Int64($0)) }
    return ("form.submit", ["forms": .array(forms)])
  }

  /// Returns all members of a trigger.
  mutating func trigger(isMissed: Bool) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    switch generator.next() % 10 {
    case 0...3 where !isMissed: members["triggerMode"] = .string("immediate")
    case 4:
      members["triggerMode"] = .string("date")
      let date = start.addingTimeInterval(Double(generator.next() % 20) * 43_200 - 172_800)
      members["triggerDate"] = .string(date.formatted(.iso8601))
    case 5:
      members["triggerMode"] = .string("contact_date")
      members["triggerContactField"] = .string(generator.pick(["due", "attribution_date"]))
      members["triggerOffset"] = .integer(Int64(generator.next() % 7) - 3)
      members["triggerOffsetUnit"] = .string(generator.pick(["h", "d"]))
      members["triggerIfPast"] = .string(generator.pick(["run", "skip"]))
      if generator.once(in: 2) { members["triggerHour"] = .string(time()) }
    default:
      members["triggerMode"] = .string("interval")
      let unit = generator.pick(["i", "h", "h", "d", "d", "m"])
      let most: UInt64 = unit == "i" ? 90 : unit == "h" ? 30 : unit == "d" ? 4 : 1
      members["triggerInterval"] = .integer(Int64(generator.next() % (most + 1)))
      members["triggerIntervalUnit"] = .string(unit)
      if generator.once(in: 4) { members["triggerHour"] = .string(time()) }
      if generator.once(in: 4) {
        members["triggerRestrictedStartHour"] = .string(time())
        members["triggerRestrictedStopHour"] = .string(time())
      }
      if generator.once(in: 5) {
        let days = generator.some(Array(-1...6)).map { JSONValue.integer(Int64($0)) }
        members["triggerRestrictedDaysOfWeek"] = .array(days)
      }
    }
    return members
  }

  private mutating func time() -> String {
    TimeOfDay(minutes: Int(generator.next() % 48) * 30)?.description ?? "00:00"
  }
}
