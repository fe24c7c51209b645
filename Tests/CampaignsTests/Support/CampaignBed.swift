import Contacts
import DynamicContents
import Fields
import Focus
import Foundation
import JobQueue
import Points
import Postgres
import Primitives
import Segments
import Synchronization
import TestSchema
import TestSupport
import Testing
import Tracking
import Transfer
import Users

@testable import Campaigns
@testable import Mail

/// A database, a Redis key prefix and campaigns on them, with a clock that the test moves.
struct CampaignBed: Sendable {
  let pool: PostgresPool
  let redis: TestRedis
  let jobs: JobClient
  let clock: TestInstant
  let runtime: CampaignService
  let mail: MailEnvironment?

  static let migrations =
    JobQueueSchema.migrations + UsersMigrations.all + ContactsMigrations.all
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all
    + CampaignsMigrations.all + DynamicContentsMigrations.all + FocusMigrations.all
    + TrackingMigrations.all
  /// Settings that allow webhooks to local test servers.
  static var localCalls: CampaignSettings {
    var settings = CampaignSettings(companies: CompanyRules())
    settings.allowsPrivateWebhooks = true
    return settings
  }
  /// A Wednesday at ten, UTC.
  static let start = Date(timeIntervalSince1970: 1_700_042_400)

  static func with<R: Sendable>(
    settings: CampaignSettings = localCalls, types: EventTypes? = nil,
    batchSize: Int = 2_000, transport: (any MailTransport)? = nil,
    reading settingsAreRead: @escaping @Sendable () throws -> Void = {},
    isolation: isolated (any Actor)? = #isolation,
    _ body: (CampaignBed) async throws -> R
  ) async throws -> R {
    let clock = TestInstant(start)
    let wall = WallClock.standing { clock.now }
    return try await TestBed.with(migrations: migrations, clock: wall) { base in
      let (database, redis, jobs) = (base.database, base.redis, base.jobs)
      let later = LaterRuntime()
      let mail = transport.map { mailEnvironment(jobs, prefix: redis.prefix, $0, observed: later) }
      let engine = CampaignEngine(
        fields: FieldStore(pool: database.pool),
        types: types
          ?? .standard(mail: mail?.dispatcher, http: HTTPClient()),
        settings: {
          try settingsAreRead()
          return settings
        })
      let runtime = CampaignService(
        engine: engine, jobs: jobs, batchSize: batchSize, memberBatchSize: batchSize,
        logger: .silent)
      later.value = runtime
      let bed = CampaignBed(
        pool: database.pool, redis: redis, jobs: jobs, clock: clock, runtime: runtime, mail: mail)
      return try await body(bed)
    }
  }

  /// Runs a worker during a closure, and a scheduler if requested.
  ///
  /// - Parameter looking: Whether segments follow changes of contacts, and campaigns segments.
  func working<R: Sendable>(
    concurrency: Int = 4, scheduling: Bool = false, looking: Bool = false,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    CampaignJobs.register(in: &registry, runtime)
    if let mail { MailJobs.register(in: &registry, environment: mail) }
    if looking { SegmentJobs.register(in: &registry, cache: segmentEditor.sets()) }
    let wakers = (SegmentWaker(jobs: jobs, logger: .silent), CampaignWaker(runtime))
    let waking = [
      Task { if looking { await wakers.0.run() } }, Task { if looking { await wakers.1.run() } },
      Task { if scheduling { await ScheduleService(runtime).run() } },
    ]
    let periodic = looking ? SegmentJobs.periodic + CampaignJobs.periodic : []
    let result: Result<R, any Error>
    do {
      result = .success(
        try await jobs.working(
          registry, concurrency: concurrency, periodic: scheduling ? periodic : nil, body))
    } catch {
      result = .failure(error)
    }
    for task in waking {
      task.cancel()
      await task.value
    }
    return try result.get()
  }

  var engine: CampaignEngine { runtime.engine }
  var editor: CampaignEditor { CampaignEditor(runtime: runtime) }
  var segmentEditor: SegmentEditor { SegmentEditor(jobs: jobs, fields: engine.fields) }
  var campaigns: Campaigns { Campaigns(runtime: runtime) }
  var now: Date { clock.now }

  // MARK: Records

  /// Creates contacts with consecutive ids from `first`.
  func contacts(_ count: Int, from first: Int = 1, zone: String? = nil) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, timezone)
      SELECT n, \(Self.start), \(Self.start), n || '@example.com', \(zone)::text
      FROM generate_series(\(first), \(first + count - 1)) AS n
      """)
  }

  /// Creates a static segment.
  func segment(_ id: Int64, members: [Int64] = []) async throws {
    try await pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, date_added)
      VALUES (\(id), \("Segment \(id)"), \("Segment \(id)"), \("segment-\(id)"), \(Self.start))
      """)
    try await enterSegment(id, members)
  }

  /// Adds contacts to a segment by hand.
  func enterSegment(_ id: Int64, _ contacts: [Int64]) async throws {
    try await jobs.transaction(at: now) { transaction in
      _ = try await SegmentMembership.add(contacts, to: id, cause: .user, in: transaction)
    }
  }

  /// Removes contacts from a segment.
  func leaveSegment(_ id: Int64, _ contacts: [Int64]) async throws {
    try await jobs.transaction(at: now) { transaction in
      _ = try await SegmentMembership.remove(contacts, from: id, cause: .user, in: transaction)
    }
  }

  /// Creates a published campaign from events in wire form, with segment 1 as source.
  @discardableResult
  func campaign(
    _ events: [JSONValue], segments: [Int64] = [1], restart: Bool = false, published: Bool = true
  ) async throws -> Campaign {
    let exists = try await pool.query("SELECT FROM segments WHERE id = 1")
    if exists.isEmpty, segments == [1] { try await segment(1) }
    var input = CampaignInput()
    input.name = "Campaign"
    input.isPublished = published
    input.allowsRestart = restart
    input.segments = segments
    input.events = events.compactMap { EventInput(json: $0) }
    return try await editor.create(input, by: .system)
  }

  /// Adds contacts to a campaign by hand.
  func add(_ contacts: [Int64], to campaign: Int64) async throws {
    _ = try await runtime.transaction(campaign, now: now) {
      try await MembershipManager($0).add(contacts, by: .manual)
    }
  }

  /// Removes contacts from a campaign by hand.
  func remove(_ contacts: [Int64], from campaign: Int64) async throws {
    _ = try await runtime.transaction(campaign, now: now) {
      try await MembershipManager($0).remove(contacts, .byHand)
    }
  }

  // MARK: Time

  /// Runs all campaigns until an instant, each entry at its own time.
  func run(until end: Date, limit: Int = 1_000) async throws {
    let (engine, jobs, clock) = (engine, jobs, clock)
    while true {
      let next = try await jobs.transaction { transaction -> Date? in
        let connection = transaction.connection
        let run = try await VirtualRun(engine: engine, campaigns: Self.all(on: connection))
        guard let next = try await run.next(until: end, on: connection) else { return nil }
        let now = max(next, clock.now)
        let done = try await run.run(limit: limit, in: transaction.at(now))
        return done == 0 ? nil : now
      }
      guard let next else { break }
      clock.now = next
    }
    clock.now = end
  }

  private static func all(on connection: PostgresConnection) async throws -> [Int64] {
    try await connection.query("SELECT id FROM campaigns WHERE is_published ORDER BY id").map {
      try $0.decode(at: 0)
    }
  }

  /// Runs all campaigns for a number of seconds more.
  func run(for seconds: Double) async throws {
    try await run(until: now.addingTimeInterval(seconds))
  }

  /// Records engagements of contacts at the current time.
  func engage(_ type: String, _ contacts: [Int64], objects: Set<Int64> = [], url: String? = nil)
    async throws
  {
    let (engine, now) = (engine, now)
    let engagements = contacts.map {
      CampaignEngagement(type: type, contact: $0, at: now, objects: objects, url: url)
    }
    try await jobs.transaction(at: now) { transaction in
      _ = try await engine.record(engagements, in: transaction)
    }
  }

  /// Processes announcements of segments and update requests without a queue.
  func follow(_ campaign: Int64) async throws {
    try await pool.query("DELETE FROM segment_announcements")
    let last = try await pool.query("SELECT coalesce(max(id), 0) FROM contacts")[0].decode(
      at: 0, as: Int64.self)
    _ = try await runtime.transaction(campaign, now: now) { transaction in
      try await SourceReconciler(transaction).reconcile(0...last, isLast: true)
    }
  }

  /// Runs the jobs enqueued by edits without a queue.
  func doEditJobs(limit: Int = 1_000) async throws {
    struct Job: Decodable {
      var campaign: Int64?
      var event: Int64?
    }
    let now = now
    let rows = try await pool.query("DELETE FROM jobs RETURNING name, payload")
    for row in rows {
      let (name, payload) = try row.decode(String.self, String.self)
      let job = try JSONDecoder().decode(Job.self, from: Data(payload.utf8))
      switch (name, job.event, job.campaign) {
      case (CancelEvent.name, let event?, _):
        while try await jobs.transaction(
          at: now, { try await TimerStore.cancelOpen(of: event, limit: limit, in: $0) }) > 0
        {}
      case (RecomputeDeadlines.name, let event?, let campaign?):
        var after: Int64? = 0
        while let last = after {
          after =
            try await runtime.transaction(campaign, now: now, includingUnpublished: true) {
              transaction in
              guard let event = transaction.graph[event] else { return nil }
              return try await DecisionScheduler(transaction).recompute(
                event, after: last, limit: limit)
            } ?? nil
        }
      default: break
      }
    }
  }

  /// Changes a campaign, and runs the resulting jobs.
  func edit(_ campaign: Int64, _ change: (inout CampaignInput) -> Void) async throws {
    var input = CampaignInput()
    change(&input)
    _ = try await editor.update(campaign, input, by: .system)
    try await doEditJobs()
  }

  /// Changes members of one event, and runs the resulting jobs.
  func edit(_ campaign: Campaign, _ name: String, _ members: [String: JSONValue]) async throws {
    guard let event = campaign.events.first(where: { $0.name == name }) else { return }
    let json = JSONValue.object(members.merging(["id": .integer(event.id)]) { $1 })
    try await edit(campaign.id) { $0.events = [json].compactMap { EventInput(json: $0) } }
  }

  /// Publishes or unpublishes a campaign.
  func publish(_ campaign: Int64, _ isPublished: Bool) async throws {
    try await edit(campaign) { $0.isPublished = isPublished }
    if isPublished { try await follow(campaign) }
  }

  /// Removes a contact by an exit, as an action of another campaign does.
  func exit(_ contacts: [Int64], from campaign: Int64) async throws {
    _ = try await runtime.transaction(campaign, now: now) {
      try await MembershipManager($0).remove(contacts, .exit)
    }
  }

  // MARK: Reading

  /// A membership: `active manual #2`.
  func member(_ campaign: Int64, _ contact: Int64 = 1) async throws -> String? {
    let rows = try await pool.query(
      """
      SELECT is_active, manually_added, rotation, date_last_exited IS NOT NULL FROM campaign_members
      WHERE contact_id = \(contact) AND campaign_id = \(campaign)
      """)
    guard let row = rows.first else { return nil }
    let (isActive, isManual, rotation, hasExited) = try row.decode(
      Bool.self, Bool.self, Int.self, Bool.self)
    return
      "\(isActive ? "active" : hasExited ? "exited" : "barred")\(isManual ? " manual" : "") #\(rotation)"
  }

  /// An entry as tests compare it.
  struct Seen: Sendable, Equatable, CustomStringConvertible {
    var contact: Int64
    var event: String
    var rotation: Int
    var state: String
    var path: Bool?
    /// Seconds after ``CampaignBed/start``: of execution, or else of the fire time.
    var at: Double?
    var note: String?

    var description: String {
      let path = path.map { $0 ? " yes" : " no" } ?? ""
      let time = at.map { " @\(Int($0.rounded()))" } ?? ""
      return
        "\(contact) \(event)#\(rotation) \(state)\(path)\(time)\(note.map { " (\($0))" } ?? "")"
    }
  }

  /// All entries of a campaign, by contact and time.
  func log(_ campaign: Int64, contact: Int64? = nil) async throws -> [Seen] {
    let rows = try await pool.query(
      """
      SELECT l.contact_id, e.name, l.rotation, l.state, l.path, coalesce(l.executed_at, l.fire_at),
        coalesce(l.note, l.cancel_reason)
      FROM campaign_log l JOIN campaign_events e ON e.id = l.event_id
      WHERE l.campaign_id = \(campaign) AND (\(contact)::bigint IS NULL OR l.contact_id = \(contact))
      ORDER BY l.contact_id, coalesce(l.executed_at, l.fire_at), l.rotation, e.id
      """)
    return try rows.map { row in
      Seen(
        contact: try row.decode(at: 0), event: try row.decode(at: 1),
        rotation: try row.decode(at: 2),
        state: EntryState(rawValue: try row.decode(at: 3))?.name ?? "?",
        path: try row.decode(at: 4),
        at: try row.decode(at: 5, as: Date?.self)?.timeIntervalSince(Self.start),
        note: try row.decode(at: 6))
    }
  }

  /// The entries of a contact as texts: `mail#1 executed @0`.
  func story(_ campaign: Int64, _ contact: Int64 = 1) async throws -> [String] {
    try await log(campaign, contact: contact).map {
      "\($0.description.drop { $0 != " " }.dropFirst())"
    }
  }

  /// The failed attempts of a campaign's entries, by contact and event.
  func attempts(_ campaign: Int64) async throws -> [Int16] {
    try await pool.query(
      "SELECT attempts FROM campaign_log WHERE campaign_id = \(campaign) ORDER BY contact_id, event_id"
    ).map { try $0.decode(at: 0) }
  }

  func points(_ contact: Int64) async throws -> Int {
    try await pool.query("SELECT points FROM contacts WHERE id = \(contact)").first?.decode(at: 0)
      ?? 0
  }
}

/// An instant that a test can move.
final class TestInstant: Sendable {
  private let instant: Mutex<Date>

  init(_ date: Date) { instant = Mutex(date) }

  var now: Date {
    get { instant.withLock { $0 } }
    set { instant.withLock { $0 = newValue } }
  }
}

/// Events in wire form.
enum E {
  static func action(
    _ id: String, _ type: String, _ properties: [String: JSONValue] = [:],
    under parent: String? = nil,
    path: String? = nil, after: (Int, String)? = nil, _ more: [String: JSONValue] = [:]
  ) -> JSONValue {
    event(id, "action", type, properties, parent, path, after, more)
  }

  /// An action that adds points, identified by its name.
  static func points(
    _ id: String, _ points: Int = 1, under parent: String? = nil, path: String? = nil,
    after: (Int, String)? = nil, _ more: [String: JSONValue] = [:]
  ) -> JSONValue {
    event(
      id, "action", "lead.changepoints", ["points": .integer(Int64(points))], parent, path, after,
      more)
  }

  static func condition(
    _ id: String, _ type: String, _ properties: [String: JSONValue] = [:],
    under parent: String? = nil,
    path: String? = nil, after: (Int, String)? = nil
  ) -> JSONValue {
    event(id, "condition", type, properties, parent, path, after, [:])
  }

  static func decision(
    _ id: String, _ type: String, _ properties: [String: JSONValue] = [:],
    under parent: String? = nil,
    path: String? = nil
  ) -> JSONValue {
    event(id, "decision", type, properties, parent, path, nil, [:])
  }

  /// An action that adds to campaigns, by id or `this`.
  static func add(
    _ id: String, _ campaigns: [String], _ more: [String: JSONValue] = [:]
  ) -> JSONValue {
    action(
      id, "campaign.addremovelead", ["addTo": .array(campaigns.map(JSONValue.string))], more)
  }

  /// An action that removes from campaigns, by id or `this`.
  static func remove(
    _ id: String, _ campaigns: [String], _ more: [String: JSONValue] = [:]
  ) -> JSONValue {
    action(
      id, "campaign.addremovelead", ["removeFrom": .array(campaigns.map(JSONValue.string))], more)
  }

  private static func event(
    _ id: String, _ kind: String, _ type: String, _ properties: [String: JSONValue],
    _ parent: String?, _ path: String?, _ after: (Int, String)?, _ more: [String: JSONValue]
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string("new-\(id)"), "name": .string(id), "eventType": .string(kind),
      "type": .string(type), "properties": .object(properties),
      "parent": parent.map { .string("new-\($0)") } ?? .null,
    ]
    if let path { members["decisionPath"] = .string(path) }
    if let (interval, unit) = after {
      members["triggerMode"] = .string("interval")
      members["triggerInterval"] = .integer(Int64(interval))
      members["triggerIntervalUnit"] = .string(unit)
    }
    return .object(members.merging(more) { $1 })
  }
}
