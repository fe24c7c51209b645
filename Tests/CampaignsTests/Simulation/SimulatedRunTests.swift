import Contacts
import Foundation
import JobQueue
import Primitives
import Segments
import TestSupport
import Testing

@testable import Campaigns

/// A simulation predicts what workers with a queue do.
///
/// `MARTLET_TEST_SEED` repeats a run, `MARTLET_TEST_STORIES` widens it.
@Suite("Simulations compared with real runs")
struct SimulatedRunTests {
  static let seed = TestVariable.number("MARTLET_TEST_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
  static let stories: UInt64 = TestVariable.number("MARTLET_TEST_STORIES") ?? 4
  /// The maximum number of compared moments of a story.
  static let moments = 24

  @Test(
    "CAM-110, CAM-120 to CAM-122, api.md 8.4: to the second, with engagements and returns",
    arguments: 0..<stories)
  func agrees(number: UInt64) async throws {
    let seed = Self.seed &+ number &* 15_485_863
    print("simulation: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await CampaignBed.with { bed in
      let campaign = try await Self.world(bed, &generator)
      let plan = [7, 13, 17, 23].map { PlannedEngagement(second: $0, &generator) }
      let request: [String: JSONValue] = [
        "contacts": [1, 2, 3], "acts": .array(plan.map(\.json)),
      ]
      func simulate(until end: Date) async throws -> [[String]] {
        let members = request.merging(["until": .string(end.formatted(.iso8601))]) { $1 }
        return try await bed.simulate(campaign.id, .object(members)).journeys.map {
          $0.story.sorted()
        }
      }
      // Contacts that exit at once return every ten seconds: the first moments are enough.
      let whole = try await bed.simulate(
        campaign.id, .object(request.merging(["until": "3 days"]) { $1 }), within: .seconds(10))
      let moments = Self.moments(of: whole, engagements: plan.map(\.seconds))
      var expected: [[[String]]] = []
      for seconds in moments {
        expected.append(
          try await simulate(until: CampaignBed.start.addingTimeInterval(seconds)))
      }
      try await bed.working(scheduling: true, looking: true) {
        for (seconds, expected) in zip(moments, expected) {
          // Simultaneous entries run in no particular order, so the story ends there.
          guard try await bed.due(campaign.id, at: seconds).allSatisfy({ $0 < 2 }) else { return }
          bed.clock.now = CampaignBed.start.addingTimeInterval(seconds)
          for engagement in plan where engagement.seconds == seconds {
            try await bed.apply(engagement, to: campaign.id)
          }
          var seen: [[String]] = []
          let isSame = try await eventually(within: .seconds(20)) {
            seen = []
            for contact: Int64 in 1...3 {
              seen.append(try await bed.story(campaign.id, contact).map(Self.bare).sorted())
            }
            return seen == expected
          }
          guard isSame else {
            Issue.record("seed \(seed), \(Int(seconds)) s: \(seen), simulated \(expected)")
            return
          }
        }
      }
    }
  }

  /// Returns an entry without its note, in the form of a journey.
  private static func bare(_ entry: String) -> String {
    entry.split(separator: " (")[0].description
  }

  /// Makes a campaign of three contacts, whose sources are a segment by city, a static one, or both.
  private static func world(
    _ bed: CampaignBed, _ generator: inout SeededGenerator
  ) async throws -> Campaign {
    try await bed.contacts(3)
    try await bed.pool.query("UPDATE contacts SET city = 'Berlin'")
    let segments = [try await bed.berliners(), 2]
    try await bed.segment(2, members: [1, 2, 3])
    try await bed.jobs.transaction(at: bed.now) { [sets = bed.segmentEditor.sets()] in
      _ = try await SegmentEvaluation.refresh([1, 2, 3], sets, in: $0)
    }
    let sources = generator.pick([segments, [segments[0]], [segments[1]]])
    while true {
      var random = RandomCampaign(
        generator, campaigns: [1], segments: segments, start: CampaignBed.start)
      random.hasTrials = false
      let events = random.events(most: 7)
      generator = random.generator
      do {
        return try await bed.campaign(
          events, segments: sources, restart: generator.once(in: 2))
      } catch CampaignError.refused {
        // A jump without a target, or similar.
      }
    }
  }

  /// Returns the first moments at which something may happen, as far as the report goes.
  private static func moments(of report: SimulationReport, engagements: [Double]) -> [Double] {
    let settings = CampaignSettings(companies: CompanyRules())
    var moments: Set<Double> = [0]
    let entries = report.journeys.flatMap(\.entries)
    let times = entries.compactMap(\.at)
    let reached =
      report.isCutOff
      ? entries.filter { $0.state == "executed" }.compactMap(\.at).max() ?? report.start
      : report.end
    for time in times + engagements.map({ CampaignBed.start.addingTimeInterval($0) }) {
      for moment in [time, settings.returnTime(after: time)] {
        let seconds = moment.timeIntervalSince(CampaignBed.start)
        if seconds >= 0, moment <= reached { moments.insert(seconds) }
      }
    }
    moments.formUnion(
      engagements.filter { CampaignBed.start.addingTimeInterval($0) <= reached })
    return Array(moments.sorted().prefix(Self.moments))
  }
}

/// An event of a contact, at a second of its minute at which nothing else is due.
private struct PlannedEngagement {
  enum What: CaseIterable { case visit, enter, leave, move, addSegment, removeSegment }

  let seconds: Double
  let contact: Int64
  let what: What
  let city: String

  init(second: Int, _ generator: inout SeededGenerator) {
    seconds = Double(60 * (generator.next() % 600)) + Double(second)
    contact = Int64(generator.next() % 3) + 1
    what = generator.pick(What.allCases + [.visit, .visit])
    city = generator.pick(RandomCampaign.cities)
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "contact": .integer(contact - 1), "after": .string("\(Int(seconds)) seconds"),
    ]
    switch what {
    case .visit: members["type"] = "page.pagehit"
    case .enter: members["type"] = "enter"
    case .leave: members["type"] = "leave"
    case .move: members["change"] = ["fields": ["city": .string(city)]]
    case .addSegment: members["change"] = ["addSegments": [2]]
    case .removeSegment: members["change"] = ["removeSegments": [2]]
    }
    return .object(members)
  }
}

extension CampaignBed {
  fileprivate func apply(_ engagement: PlannedEngagement, to campaign: Int64) async throws {
    switch engagement.what {
    case .visit: try await engage("page.pagehit", [engagement.contact])
    case .enter: try await add([engagement.contact], to: campaign)
    case .leave: try await remove([engagement.contact], from: campaign)
    case .move:
      try await jobs.transaction(at: now) { transaction in
        try await transaction.query(
          "UPDATE contacts SET city = \(engagement.city) WHERE id = \(engagement.contact)")
        try await ContactChanges.mark([engagement.contact], [.column("city")], in: transaction)
      }
    case .addSegment: try await enterSegment(2, [engagement.contact])
    case .removeSegment: try await leaveSegment(2, [engagement.contact])
    }
  }

  /// Returns the number of entries of each contact due at an instant.
  fileprivate func due(_ campaign: Int64, at seconds: Double) async throws -> [Int] {
    let instant = Self.start.addingTimeInterval(seconds)
    return try await pool.query(
      """
      SELECT count(*) FROM campaign_log WHERE campaign_id = \(campaign) AND state < 2
        AND fire_at BETWEEN \(now)::timestamptz + interval '1 us' AND \(instant)
      GROUP BY contact_id
      """
    ).map { try $0.decode(at: 0) }
  }
}
