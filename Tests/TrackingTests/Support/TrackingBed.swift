import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Points
import Postgres
import Segments
import Synchronization
import TestSchema
import TestSupport
import Users

@testable import Tracking

/// A database, a Redis prefix and tracking on them, with settings that a test may change.
struct TrackingBed: Sendable {
  let pool: PostgresPool
  let jobs: JobClient
  let redis: TestRedis
  let fields: FieldStore
  let settings: SharedSettings
  let observer: RecordingObserver
  let counter: RecordingCounter
  let environment: TrackingEnvironment

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all + TrackingMigrations.all
  static let site = MailSite(
    url: "https://track.example.com", secret: "0123456789abcdef0123456789abcdef")
  /// A browser's agent, which describes a desktop.
  static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"
  /// A telephone's.
  static let iPhone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"

  static func with<R: Sendable>(
    _ settings: TrackingSettings = TrackingSettings(), public aliases: [String] = ["email"],
    agents: AgentReader = AgentReader(),
    isolation: isolated (any Actor)? = #isolation, _ body: (TrackingBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations) { base in
      let bed = TrackingBed(base.database.pool, base.jobs, base.redis, settings, agents)
      try await bed.makePublic(aliases)
      return try await body(bed)
    }
  }

  private init(
    _ pool: PostgresPool, _ jobs: JobClient, _ redis: TestRedis, _ settings: TrackingSettings,
    _ agents: AgentReader
  ) {
    self.pool = pool
    self.jobs = jobs
    self.redis = redis
    fields = FieldStore(pool: pool)
    let shared = SharedSettings(settings)
    self.settings = shared
    observer = RecordingObserver()
    counter = RecordingCounter()
    environment = TrackingEnvironment(
      jobs: jobs, prefix: redis.prefix, fields: fields,
      tables: MergeTable.contacts + MergeTable.points + MergeTable.mail + MergeTable.tracking,
      site: Self.site, agents: agents, settings: { shared.value }, companies: { CompanyRules() },
      observers: [observer], counter: counter, freshness: .zero, patience: .seconds(300),
      logger: .silent)
  }

  var tracker: Tracker { environment.tracker }

  /// Lets requests change fields.
  func makePublic(_ aliases: [String]) async throws {
    try await pool.query(
      "UPDATE fields SET is_publicly_updatable = true WHERE alias = ANY (\(aliases))")
    try await pool.query("UPDATE fields_version SET version = version + 1")
  }

  // MARK: Requests

  func request(
    _ parameters: [String: String] = [:], cookies: [String: String] = [:],
    address: String = "198.51.100.7", agent: String = firefox, after seconds: TimeInterval = 0
  ) -> VisitRequest {
    VisitRequest(
      parameters: PageParameters.merged(
        parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      ).all,
      cookies: cookies, address: address, agent: agent,
      at: jobs.clock.now.addingTimeInterval(seconds), claim: DeviceTrackingStore.makeID())
  }

  /// The visitor of a request.
  func visitor(_ request: VisitRequest) async throws -> Visitor? {
    if case .visitor(let visitor, _) = try await tracker.resolver.resolve(request) {
      return visitor
    }
    return nil
  }

  /// Sends hits of one browser, each with the cookies of the answers before it, and records them.
  ///
  /// - Returns: The browser's cookies.
  @discardableResult
  func browse(
    _ pages: [[String: String]], cookies: [String: String] = [:], agent: String = firefox,
    every pause: TimeInterval = 10
  ) async throws -> [String: String] {
    var cookies = cookies
    let start = jobs.clock.now
    for (place, page) in pages.enumerated() {
      var one = request(page, cookies: cookies, agent: agent)
      one.at = start.addingTimeInterval(Double(place) * pause)
      let outcome = try await tracker.hit(one, isStrict: true)
      if case .tracked(let device, let contact, let hit) = outcome {
        for cookie in TrackingCookie.all(device: device, contact: contact, hit: hit) {
          cookies[cookie.name] = cookie.value
        }
      }
    }
    try await record()
    return cookies
  }

  /// Takes messages of an app with a public key, or of a server, and records what follows.
  func take(_ messages: [Message], isServer: Bool = false, agent: String = firefox) async throws {
    let key = WriteKey(
      id: 1, name: "app", isServer: isServer, origins: [], dateAdded: jobs.clock.now)
    try await environment.messages.take(
      messages,
      from: MessageSource(
        key: key, address: "198.51.100.7", agent: agent, at: jobs.clock.now))
    try await record()
  }

  /// Records all hits that wait.
  func record() async throws {
    for part in 0..<TrackingQueue.parts { try await environment.handler.drain(part) {} }
  }

  // MARK: Records

  /// Adds an identified contact.
  @discardableResult
  func contact(_ email: String) async throws -> Int64 {
    try await pool.query(
      """
      INSERT INTO contacts (email, date_added, date_identified)
      VALUES (\(email), \(jobs.clock.now), \(jobs.clock.now)) RETURNING id
      """)[0].decode(at: 0)
  }

  /// Adds a sent e-mail and returns its hash.
  func send(_ email: Int64, to contact: Int64) async throws -> UUID {
    let hash = UUID()
    try await pool.query(
      """
      INSERT INTO email_sends (hash, email_id, contact_id, queued_at, sent_at, state, is_marketing,
        counts_once, source_kind, source_id, idempotency_key)
      VALUES (\(hash), \(email), \(contact), \(jobs.clock.now), \(jobs.clock.now), 3, false, false,
        'campaign.event', 5, \(hash.uuidString))
      """)
    return hash
  }

  // MARK: Queries

  /// The first column of a query, as texts; `-` for null.
  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0, as: String?.self) ?? "-" }
  }

  func count(_ sql: SQL) async throws -> Int {
    try await pool.query("SELECT count(*)::integer FROM \(sql: sql)")[0].decode(at: 0)
  }
}

/// Settings that a test changes.
final class SharedSettings: Sendable {
  private let state: Mutex<TrackingSettings>

  init(_ settings: TrackingSettings) { state = Mutex(settings) }

  var value: TrackingSettings {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// An observer that remembers what was visited, in order.
final class RecordingObserver: TrackingObserver {
  private let hits = Mutex<[RecordedHit]>([])
  private let events = Mutex<[RecordedEvent]>([])
  var tracked: [RecordedEvent] { events.withLock { $0 } }

  func visited(
    _ hits: [RecordedHit], tracked events: [RecordedEvent], in transaction: Transaction
  ) async throws {
    if !hits.isEmpty { try await visited(hits, in: transaction) }
    transaction.afterCommit { [self] in self.events.withLock { $0 += events } }
  }

  /// The address whose visit fails.
  let trouble = Mutex<String?>(nil)
  var visited: [RecordedHit] { hits.withLock { $0 } }

  struct Trouble: Error {}

  func visited(_ hits: [RecordedHit], in transaction: Transaction) async throws {
    if let trouble = trouble.withLock({ $0 }), hits.contains(where: { $0.url == trouble }) {
      throw Trouble()
    }
    transaction.afterCommit { [self] in self.hits.withLock { $0 += hits } }
  }
}

/// A counter that remembers what it counted.
final class RecordingCounter: PageVisitCounter {
  private let visits = Mutex<[PageVisit]>([])
  var counted: [PageVisit] { visits.withLock { $0 } }

  func count(_ visits: [PageVisit], in transaction: Transaction) async throws {
    transaction.afterCommit { [self] in self.visits.withLock { $0 += visits } }
  }
}
