import Campaigns
import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments
import Users

/// Contacts enter a campaign, and what is due is executed, by two workers; each beside hand-written statements for the
/// same rows, on one connection.
struct CampaignBench {
  let stage: BenchStage
  let campaigns: Campaigns
  /// The number of contacts.
  let contacts: Int

  static func run(_ stage: BenchStage, rows: Int) async throws -> [BenchResult] {
    let bench = CampaignBench(
      stage: stage,
      campaigns: Campaigns(
        jobs: stage.client, fields: FieldStore(pool: stage.postgres),
        settings: { CampaignSettings(companies: CompanyRules()) }, logger: stage.logger),
      contacts: rows)
    try await bench.prepare()
    let enrolment = try await bench.enrol()
    let execution = try await bench.execute()
    // As dense as a million contacts in ten minutes.
    let lateness = try await LatenessBench(bench: bench).wait(min(100_000, max(1_000, rows / 10)))
    return enrolment + execution + [lateness]
  }

  func prepare() async throws {
    try await stage.postgres.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, firstname, city)
      SELECT n, '2026-01-01Z', '2026-01-01Z', n || '@example.com', 'Kim', 'Vienna'
      FROM generate_series(1, \(contacts)) AS n
      """)
    try await stage.postgres.query(
      """
      INSERT INTO segments (id, name, public_name, alias, date_added) SELECT n, n, n, n, '2026-01-01Z'
      FROM generate_series(1, 2) AS n
      """)
    try await stage.postgres.query(
      """
      INSERT INTO segment_members (contact_id, segment_id, date_added)
      SELECT n, 1, '2026-01-01Z' FROM generate_series(1, \(contacts)) AS n
      """)
    try await stage.postgres.query("VACUUM ANALYZE")
  }

  // MARK: Entering

  /// A campaign with two events at its beginning, each a day later.
  private func enrol() async throws -> [BenchResult] {
    let campaign = try await make([
      event("a", "lead.changepoints", ["points": .integer(5)], delay: ("d", 1)),
      event("b", "lead.changetags", ["add_tags": .array([.string("b")])], delay: ("d", 1)),
    ])
    let bare = try await seconds { try await enrolByHand(campaign) }
    let (seconds, work) = try await working {
      try await stage.measure(items: contacts) {
        var publish = CampaignInput()
        publish.isPublished = true
        _ = try await campaigns.editor.update(campaign.id, publish, by: .system)
        // Counted in the transaction that also makes the entries.
        try await settles {
          """
          SELECT coalesce(sum(added), 0) = \(contacts) FROM campaign_member_hours
          WHERE campaign_id = \(campaign.id)
          """
        }
      }
    }
    let entries: Int = try await stage.postgres.query(
      "SELECT count(*) FROM campaign_log WHERE campaign_id = \(campaign.id)")[0].decode(at: 0)
    guard entries == 2 * contacts else {
      throw BenchError("\(entries) entries instead of \(2 * contacts)")
    }
    try await stage.postgres.query("DROP TABLE bare_members, bare_log")
    try await remove(campaign)
    return [
      .rate(
        "campaigns.enrol", Double(contacts) / seconds, unit: "contacts/s",
        bare: Double(contacts) / bare, work: work)
    ]
  }

  private func enrolByHand(_ campaign: Campaign) async throws {
    try await stage.postgres.transaction { connection in
      try await connection.query("CREATE TABLE bare_members (LIKE campaign_members INCLUDING ALL)")
      try await connection.query("CREATE TABLE bare_log (LIKE campaign_log INCLUDING ALL)")
      try await connection.query(
        """
        INSERT INTO bare_members (contact_id, campaign_id, date_added)
        SELECT contact_id, \(campaign.id), '2026-01-01Z' FROM segment_members s
        WHERE segment_id = 1 AND \(sql: SegmentMember.isMember("s")) AND NOT EXISTS (
          SELECT FROM bare_members m WHERE m.contact_id = s.contact_id AND m.campaign_id = \(campaign.id))
        ORDER BY contact_id
        """)
      for event in campaign.events {
        try await connection.query(
          """
          INSERT INTO bare_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
          SELECT contact_id, \(event.id), 1, \(campaign.id), '2026-01-01Z', '2026-01-02Z', 0
          FROM bare_members ORDER BY contact_id
          """)
      }
    }
  }

  // MARK: Executing

  /// Points with an event scheduled below, tags, a condition, a change of segments: all due for all contacts.
  private func execute() async throws -> [BenchResult] {
    let number = max(1, contacts / 4)
    let campaign = try await make([
      event("points", "lead.changepoints", ["points": .integer(5)], delay: ("d", 1)),
      event("next", "lead.changepoints", ["points": .integer(1)], under: "points", delay: ("d", 1)),
      event("tags", "lead.changetags", ["add_tags": .array([.string("due")])], delay: ("d", 1)),
      event(
        "asks", "lead.field_value",
        ["field": .string("city"), "operator": .string("="), "value": .string("Vienna")],
        kind: "condition", delay: ("d", 1)),
      event("list", "lead.changelist", ["addToLists": .array([.integer(2)])], delay: ("d", 1)),
    ])
    let roots = campaign.events.filter { $0.parent == nil }
    let events = number * roots.count
    let bare = try await executeByHand(campaign, roots, number)
    try await schedule(campaign, roots, number)
    try await publish(campaign)
    let (seconds, work) = try await working {
      try await stage.measure(items: events) {
        for root in roots {
          try await campaigns.runtime.executeSoon(root.id)
        }
        try await settles {
          """
          SELECT NOT EXISTS (SELECT FROM campaign_log WHERE event_id = ANY (\(roots.map(\.id)))
            AND state < 2)
          """
        }
      }
    }
    try await remove(campaign)
    return [
      .rate(
        "campaigns.execute", Double(events) / seconds, unit: "events/s",
        bare: Double(events) / bare,
        work: work, details: ["contacts": Double(number)])
    ]
  }

  private func schedule(_ campaign: Campaign, _ roots: [CampaignEvent], _ number: Int) async throws
  {
    try await stage.postgres.query(
      """
      INSERT INTO campaign_members (contact_id, campaign_id, date_added)
      SELECT n, \(campaign.id), '2026-01-01Z' FROM generate_series(1, \(number)) AS n
      """)
    for root in roots {
      try await stage.postgres.query(
        """
        INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
        SELECT n, \(root.id), 1, \(campaign.id), '2026-01-01Z', '2026-01-02Z', 0
        FROM generate_series(1, \(number)) AS n
        """)
    }
    try await stage.postgres.query("VACUUM ANALYZE campaign_log")
    try await stage.postgres.query("VACUUM ANALYZE campaign_members")
  }

  /// The statements for the same rows, in batches of the same size, on one connection.
  private func executeByHand(
    _ campaign: Campaign, _ roots: [CampaignEvent], _ number: Int
  ) async throws -> Double {
    try await schedule(campaign, roots, number)
    try await stage.postgres.query(
      "INSERT INTO tags (id, tag, date_added) VALUES (1, 'bare', '2026-01-01Z')")
    let child = campaign.events.first { $0.parent != nil }?.id ?? 0
    let time = try await seconds {
      try await stage.postgres.withConnection { connection in
        for root in roots {
          while try await batchByHand(root, child, campaign.id, on: connection) > 0 {}
        }
      }
    }
    try await stage.postgres.query("DELETE FROM contact_tags")
    try await stage.postgres.query("DELETE FROM segment_members WHERE segment_id = 2")
    try await stage.postgres.query("TRUNCATE campaign_log, campaign_members, segment_history")
    try await stage.postgres.query("VACUUM ANALYZE contacts")
    return time
  }

  private func batchByHand(
    _ root: CampaignEvent, _ child: Int64, _ campaign: Int64, on connection: PostgresConnection
  ) async throws -> Int {
    try await connection.transaction { connection in
      let rows = try await connection.query(
        """
        WITH due AS (
          SELECT contact_id, event_id, rotation FROM campaign_log
          WHERE event_id = \(root.id) AND state < 2 AND fire_at <= '2026-01-03Z'
          ORDER BY fire_at LIMIT 2000 FOR UPDATE SKIP LOCKED
        )
        UPDATE campaign_log l SET state = 3, executed_at = '2026-01-03Z' FROM due d
        WHERE l.contact_id = d.contact_id AND l.event_id = d.event_id AND l.rotation = d.rotation
        RETURNING l.contact_id
        """)
      let ids = try rows.map { try $0.decode(at: 0, as: Int64.self) }
      guard !ids.isEmpty else { return 0 }
      switch root.name {
      case "points":
        try await connection.query(
          "UPDATE contacts SET points = points + 5 WHERE id = ANY (\(ids))")
        try await connection.query(
          """
          INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
          SELECT id, 'campaign', '1: a', '1: a', 5, '2026-01-03Z' FROM unnest(\(ids)) AS id
          """)
        try await connection.query(
          """
          INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
          SELECT id, \(child), 1, \(campaign), '2026-01-03Z', '2026-01-04Z', 0
          FROM unnest(\(ids)) AS id
          """)
      case "tags":
        try await connection.query(
          "INSERT INTO contact_tags (contact_id, tag_id) SELECT id, 1 FROM unnest(\(ids)) AS id")
      case "asks":
        try await connection.query(
          "SELECT id FROM contacts WHERE id = ANY (\(ids)) AND lower(city) = 'vienna'")
      default:
        try await connection.query(
          """
          INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
          SELECT id, 2, true, '2026-01-03Z' FROM unnest(\(ids)) AS id
          """)
        try await connection.query(
          """
          INSERT INTO segment_history (contact_id, segment_id, entered, cause, at)
          SELECT id, 2, true, 5, '2026-01-03Z' FROM unnest(\(ids)) AS id
          """)
      }
      return ids.count
    }
  }

  // MARK: Parts

  func make(_ events: [Primitives.JSONValue]) async throws -> Campaign {
    var input = CampaignInput()
    input.name = "Bench"
    input.segments = [1]
    input.events = events.compactMap { EventInput(json: $0) }
    return try await campaigns.editor.create(input, by: .system)
  }

  /// Publishes a campaign without updating its members.
  func publish(_ campaign: Campaign) async throws {
    try await stage.postgres.query(
      """
      UPDATE campaigns SET is_published = true, was_live = true, version = version + 1
      WHERE id = \(campaign.id)
      """)
  }

  func remove(_ campaign: Campaign) async throws {
    try await stage.postgres.query(
      "UPDATE campaigns SET is_published = false, deleted_at = '2026-01-01Z' WHERE id = \(campaign.id)"
    )
    try await stage.postgres.query("TRUNCATE campaign_log, campaign_members")
    try await stage.postgres.query("TRUNCATE contact_changes")
    try await stage.postgres.query("VACUUM ANALYZE contacts")
  }

  func event(
    _ name: String, _ type: String, _ properties: [String: Primitives.JSONValue],
    kind: String = "action",
    under parent: String? = nil, delay: (String, Int)
  ) -> Primitives.JSONValue {
    .object([
      "id": .string("new-\(name)"), "name": .string(name), "type": .string(type),
      "eventType": .string(kind), "properties": .object(properties),
      "parent": parent.map { .string("new-\($0)") } ?? .null, "triggerMode": .string("interval"),
      "triggerInterval": .integer(Int64(delay.1)), "triggerIntervalUnit": .string(delay.0),
    ])
  }

  /// Runs two workers, and a scheduler, while `body` runs. The measurement is inside: workers take a while to end.
  func working<R>(schedules: Bool = false, _ body: () async throws -> R) async throws -> R {
    var registry = JobRegistry()
    CampaignJobs.register(in: &registry, campaigns.runtime)
    let scheduler = Scheduler(
      client: stage.client, periodic: schedules ? CampaignJobs.periodic : [], logger: stage.logger)
    let scheduling = Task { try await scheduler.run() }
    let keeping = schedules ? Task { await ScheduleService(campaigns.runtime).run() } : nil
    let result = try await stage.working(registry, queues: registry.queues, concurrency: 2) {
      try await stage.working(registry, queues: registry.queues, concurrency: 2, body)
    }
    keeping?.cancel()
    await keeping?.value
    scheduling.cancel()
    try await scheduling.value
    return result
  }

  /// Waits until a condition holds.
  func settles(
    within limit: Double = 600, _ question: () -> SQL
  ) async throws {
    let end = ContinuousClock.now + .seconds(limit)
    while try await !(stage.postgres.query(question())[0].decode(at: 0, as: Bool.self)) {
      guard ContinuousClock.now < end else { throw BenchError("campaigns came to a halt") }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
