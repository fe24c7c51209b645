import Campaigns
import Contacts
import Fields
import Foundation
import Histogram
import JobQueue
import Postgres

/// Scheduled entries of campaigns: the cost of millions of them while they wait, and the lateness of each when all have
/// different times.
struct LatenessBench {
  let bench: CampaignBench

  private var stage: BenchStage { bench.stage }

  /// Entries a second: a million in ten minutes.
  private static let density = 1_667.0

  /// - Parameter entries: The number of contacts, each of which comes due once; ten times as many entries wait.
  static func run(_ stage: BenchStage, entries: Int) async throws -> [BenchResult] {
    let lateness = LatenessBench(
      bench: CampaignBench(
        stage: stage,
        campaigns: Campaigns(
          jobs: stage.client, fields: FieldStore(pool: stage.postgres),
          settings: { CampaignSettings(companies: CompanyRules()) }, logger: stage.logger),
        contacts: entries))
    try await lateness.bench.prepare()
    let waiting = try await lateness.future(10 * entries)
    return waiting + [try await lateness.wait(entries)]
  }

  /// Entries of many events spread over the next year, ten of each contact: the time in which the whole schedule is laid
  /// in Redis, as after it was emptied, and its memory there.
  private func future(_ number: Int) async throws -> [BenchResult] {
    let campaign = try await bench.make(
      (1...Self.futureEvents).map {
        bench.event("at\($0)", "lead.changepoints", ["points": .integer(1)], delay: ("d", 1))
      })
    let events = campaign.events.map(\.id)
    let before = try await redisMemory()
    let contacts = bench.contacts
    try await stage.postgres.query(
      """
      INSERT INTO campaign_members (contact_id, campaign_id, rotation, date_added)
      SELECT n, \(campaign.id), \(number / contacts), '2026-01-01Z'
      FROM generate_series(1, \(contacts)) AS n
      """)
    try await stage.postgres.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state,
        pinned)
      SELECT n % \(contacts) + 1, (\(events))[n % \(events.count) + 1], n / \(contacts) + 1,
        \(campaign.id), '2026-01-01Z',
        \(stage.client.clock.now)::timestamptz + interval '365 days' * (n / \(Double(number))), 0, true
      FROM generate_series(0, \(number - 1)) AS n
      """)
    try await stage.postgres.query("VACUUM ANALYZE campaign_log")
    try await bench.publish(campaign)
    let start = ContinuousClock.now
    try await bench.campaigns.runtime.layTimers()
    let time = Double(start.duration(to: .now) / .milliseconds(1))
    let memory = try await redisMemory() - before
    let intervals = try await bench.campaigns.future.totals().buckets.reduce(0) { $0 + $1.count }
    let near = try await stage.client.queues().reduce(0) { $0 + $1.scheduled }
    try await bench.remove(campaign)
    return [
      .time(
        "campaigns.future", time, unit: "ms", bare: nil,
        details: [
          "entries": Double(number), "events": Double(events.count),
          "redis_members": Double(intervals + near),
          "redis_bytes": Double(max(0, memory)),
        ])
    ]
  }

  /// The number of events whose entries wait.
  private static let futureEvents = 50

  private func redisMemory() async throws -> Int {
    let text = try await stage.redis.send("INFO", "memory").text ?? ""
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("used_memory:") {
      return Int(line.dropFirst("used_memory:".count)) ?? 0
    }
    return 0
  }

  /// Contacts with a fire time of their own each, spread evenly: the lateness of their execution.
  func wait(_ number: Int) async throws -> BenchResult {
    let spread = Double(number) / Self.density
    let campaign = try await bench.make([
      bench.event("at", "lead.changepoints", ["points": .integer(1)], delay: ("d", 1))
    ])
    guard let event = campaign.events.first else { throw BenchError("a campaign has no event") }
    try await stage.postgres.query(
      """
      INSERT INTO campaign_members (contact_id, campaign_id, date_added)
      SELECT n, \(campaign.id), '2026-01-01Z' FROM generate_series(1, \(number)) AS n
      """)
    try await stage.postgres.query("VACUUM ANALYZE campaign_members")
    // Writing the entries down takes a while, too.
    let start = stage.client.clock.now.addingTimeInterval(5 + Double(number) / 20_000)
    try await stage.postgres.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state,
        pinned)
      SELECT n, \(event.id), 1, \(campaign.id), '2026-01-01Z',
        \(start)::timestamptz + make_interval(secs => n * \(spread / Double(number))), 0, true
      FROM generate_series(1, \(number)) AS n
      """)
    try await stage.postgres.query("VACUUM ANALYZE campaign_log")
    try await bench.publish(campaign)
    guard stage.client.clock.now < start else {
      throw BenchError("the entries were written down after the first of them was due")
    }
    let (_, work) = try await bench.working(schedules: true) {
      try await stage.measure(items: number) {
        try await bench.settles(within: spread + 180) {
          "SELECT NOT EXISTS (SELECT FROM campaign_log WHERE event_id = \(event.id) AND state < 2)"
        }
      }
    }
    let result = try await lateness(of: event.id, work)
    try await bench.remove(campaign)
    return result
  }

  private func lateness(of event: Int64, _ work: Work) async throws -> BenchResult {
    let late = try await stage.postgres.query(
      """
      SELECT (extract(epoch FROM executed_at - fire_at) * 1e6)::bigint FROM campaign_log
      WHERE event_id = \(event) AND state = 3
      """)
    var times = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    for row in late {
      let micros: Int64 = try row.decode(at: 0)
      guard micros >= 0 else { throw BenchError("an entry was executed before its time") }
      times.record(UInt64(micros))
    }
    func milliseconds(_ percentile: Double) -> Double {
      (Double(times.valueAtPercentile(percentile)) / 1000).rounded(to: 1)
    }
    return .time(
      "campaigns.lateness.p99", milliseconds(99), unit: "ms", bare: nil, work: work,
      details: [
        "entries": Double(late.count), "p50": milliseconds(50), "worst": milliseconds(100),
      ])
  }
}
