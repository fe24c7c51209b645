import Foundation
import Primitives
import TestSupport
import Testing

@testable import Campaigns

@Suite("Events in requests (campaigns.md 14)")
struct EventReaderTests {
  /// An invalid member of a trigger, and part of the message.
  static let wrong: [(String, JSONValue, String)] = [
    ("triggerInterval", -1, "no whole number from 0"),
    ("triggerInterval", "1.5", "no whole number from 0"),
    ("triggerInterval", 1_000_001, "no whole number from 0"),
    ("triggerIntervalUnit", "w", "none of i, h, d, m, y"),
    ("triggerHour", "24:00", "no time of day"),
    ("triggerRestrictedStartHour", "9", "no time of day"),
    ("triggerRestrictedStopHour", "10:60", "no time of day"),
    ("triggerRestrictedDaysOfWeek", [7], "no day from -1"),
    ("triggerRestrictedDaysOfWeek", [-2], "no day from -1"),
    ("triggerMode", "sometimes", "none of immediate"),
    ("triggerMode", "date", "triggerDate: is required"),
    ("triggerMode", "contact_date", "triggerContactField: is required"),
    ("triggerDate", "tomorrow", "is no date"),
    ("triggerIfPast", "weep", "neither run nor skip"),
    ("triggerOffset", "x", "no whole number from -1000000"),
  ]

  @Test("Each wrong member of a trigger is named", arguments: wrong)
  func triggers(member: String, value: JSONValue, says: String) {
    var reader = TriggerReader(zone: .gmt)
    var trigger = Trigger()
    reader.read([member: value], into: &trigger)
    #expect(reader.problems.count == 1)
    #expect(reader.problems.first?.contains(says) == true, "\(reader.problems)")
  }

  @Test("Units in any case, times with seconds, whole dates as clients send them back")
  func forms() {
    var reader = TriggerReader(zone: .gmt)
    var trigger = Trigger()
    reader.read(
      [
        "triggerMode": "interval", "triggerInterval": "2", "triggerIntervalUnit": "H",
        "triggerHour": "1970-01-01T09:30:00+00:00", "triggerRestrictedStartHour": "08:00:00",
        "triggerRestrictedDaysOfWeek": [1, "2"],
      ], into: &trigger)
    #expect(reader.problems.isEmpty)
    #expect(trigger.interval == 2 && trigger.unit == .hour)
    #expect(trigger.hour?.description == "09:30" && trigger.windowStart?.description == "08:00")
    #expect(trigger.daysOfWeek == [1, 2])
  }

  @Test("A date without a zone is one of the default zone")
  func zones() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Vienna"))
    var reader = TriggerReader(zone: zone)
    var trigger = Trigger()
    reader.read(["triggerMode": "date", "triggerDate": "2027-01-15 12:00:00"], into: &trigger)
    #expect(trigger.date?.formatted(.iso8601) == "2027-01-15T11:00:00Z")
    reader.read(["triggerDate": "2027-01-15T12:00:00+00:00"], into: &trigger)
    #expect(trigger.date?.formatted(.iso8601) == "2027-01-15T12:00:00Z")
  }

  @Test("A written trigger reads back as the same trigger")
  func roundTrip() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      var trigger = Trigger(random.pick(Trigger.Mode.allCases))
      trigger.interval = Int.random(in: 0...1000, using: &random)
      trigger.unit = random.pick(Trigger.Unit.allCases)
      if Bool.random(using: &random) { trigger.hour = TimeOfDay(minutes: 541) }
      if Bool.random(using: &random) { trigger.windowStart = TimeOfDay(minutes: 0) }
      if Bool.random(using: &random) { trigger.windowStop = TimeOfDay(minutes: 1439) }
      trigger.daysOfWeek = random.pick([[], [0], [-1], [1, 6]])
      if trigger.mode == .date { trigger.date = Date(timeIntervalSince1970: 1_800_000_000) }
      if trigger.mode == .contactDate { trigger.contactField = "birthday" }
      trigger.offset = Int.random(in: -50...50, using: &random)
      trigger.offsetUnit = random.pick(Trigger.Unit.allCases)
      trigger.ifPast = random.pick([.run, .skip])
      var reader = TriggerReader(zone: .gmt)
      var copy = Trigger()
      reader.read(trigger.members, into: &copy)
      #expect(copy == trigger && reader.problems.isEmpty, "seed \(seed)")
    }
  }

  @Test("Any events are accepted or refused as a whole, and never break anything")
  func fuzz() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("event reader seed \(seed)")
    try await CampaignBed.with { bed in
      var random = SeededGenerator(seed: seed)
      let good = try await bed.campaign([
        E.points("a"), E.decision("visit", "page.pagehit", under: "a"),
        E.points("b", under: "visit", path: "no", after: (1, "d")),
      ])
      var version = good.version
      for round in 0..<150 {
        let events = (0..<Int.random(in: 1...4, using: &random)).map { _ in
          Self.event(&random, good.events.map(\.id))
        }
        var input = CampaignInput()
        input.events = events.compactMap { EventInput(json: $0) }
        input.canvas = Bool.random(using: &random) ? Self.value(&random, 3) : nil
        do {
          _ = try await bed.editor.update(good.id, input, by: .system)
        } catch is CampaignError {
          // Refused: nothing has changed.
          #expect(
            try await bed.campaigns.store.campaign(good.id)?.version == version,
            "seed \(seed), round \(round)")
        }
        let now = try #require(try await bed.campaigns.store.campaign(good.id))
        version = now.version
        // Accepted events satisfy the rules.
        var check = GraphCheck(now.events)
        check.run(bed.engine.types)
        #expect(check.problems.isEmpty, "seed \(seed), round \(round): \(check.problems)")
      }
    }
  }

  private static let members = [
    "parent", "children", "decisionPath", "eventType", "type", "name", "description", "order",
    "properties", "channel", "channelId", "triggerMode", "triggerInterval", "triggerIntervalUnit",
    "triggerHour", "triggerDate", "triggerRestrictedDaysOfWeek", "triggerContactField",
  ]

  private static func event(_ random: inout SeededGenerator, _ known: [Int64]) -> JSONValue {
    var object: [String: JSONValue] = [
      "id": random.pick([
        .integer(random.pick(known)), "new1", "new2", value(&random, 1),
      ]),
      "type": random.pick(["lead.changepoints", "lead.tags", "page.pagehit", "nobody.knows"]),
    ]
    for member in members where Bool.random(using: &random) {
      object[member] = random.pick([
        value(&random, 3), "yes", "no", "action", "condition", "interval", "date", "new1",
        .integer(random.pick(known)), .object(["points": 3, "tags": ["x"]]),
      ])
    }
    return .object(object)
  }

  private static func value(_ random: inout SeededGenerator, _ depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
    case 0: return .null
    case 1: return .boolean(Bool.random(using: &random))
    case 2: return .integer(random.pick([0, 1, -1, .max, .min, 1_000_000]))
    case 3: return .number(random.pick([0.5, -1e300, 1e18]))
    case 4: return .string("")
    case 5: return .string(String(repeating: "ä", count: random.pick([1, 300])))
    case 6: return .string(random.pick(["new1", "12", "1970-01-01", "25:61", "\u{1F600}"]))
    case 7: return .array((0..<3).map { _ in value(&random, depth - 1) })
    default:
      return .object(["id": value(&random, depth - 1), "nodes": value(&random, depth - 1)])
    }
  }
}
