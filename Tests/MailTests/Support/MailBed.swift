import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Segments
import Synchronization
import TestSchema
import TestSupport
import Testing
import Users

@testable import Mail

/// A database, a Redis prefix and everything that sends mail on them.
struct MailBed: Sendable {
  let pool: PostgresPool
  let redis: TestRedis
  let jobs: JobClient
  let fields: FieldStore
  let transport: StubTransport
  let observer: RecordingObserver
  let environment: MailEnvironment
  let clock: MovableClock

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + MailMigrations.all
  static let site = MailSite(
    url: "https://mail.example.com", secret: "0123456789abcdef0123456789abcdef")

  static func with<R: Sendable>(
    _ settings: MailSettings = MailSettings(), transport: StubTransport = StubTransport(),
    registry: FilterRegistry = .contacts, isolation: isolated (any Actor)? = #isolation,
    _ body: (MailBed) async throws -> R
  ) async throws -> R {
    let clock = MovableClock()
    return try await TestBed.with(migrations: migrations, clock: clock.clock) { base in
      let (database, redis, jobs) = (base.database, base.redis, base.jobs)
      let fields = FieldStore(pool: database.pool)
      let observer = RecordingObserver()
      let environment = MailEnvironment(
        jobs: jobs, prefix: redis.prefix, fields: fields, site: site,
        settings: MailSettingsSource { settings }, transport: transport, observers: [observer],
        registry: registry, logger: .silent)
      let bed = MailBed(
        pool: database.pool, redis: redis, jobs: jobs, fields: fields, transport: transport,
        observer: observer, environment: environment, clock: clock)
      return try await body(bed)
    }
  }

  var now: Date { jobs.clock.now }

  // MARK: Records

  /// Adds known contacts `user1@example.com` … with ids from 1.
  func people(_ count: Int) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, email, firstname, lastname, date_added, date_identified)
      SELECT n, 'user' || n || '@example.com', 'Name' || n, 'Last' || n, \(now), \(now)
      FROM generate_series(1, \(count)) AS n
      """)
  }

  /// Adds a segment with members.
  func segment(_ id: Int64, _ contacts: [Int64], center: Bool = false) async throws {
    try await pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, is_preference_center, date_added)
      VALUES (\(id), \("Segment \(id)"), \("Public \(id)"), \("segment-\(id)"), \(center), \(now))
      """)
    try await pool.query(
      """
      INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      SELECT id, \(id), true, \(now) FROM unnest(\(contacts)::bigint[]) AS id
      """)
  }

  /// Adds an e-mail and returns its id.
  @discardableResult
  func email(
    subject: String = "Hello", html: String? = "<p>Hi</p>", plain: String? = nil,
    _ columns: SQL = "", _ values: SQL = ""
  ) async throws -> Int64 {
    try await pool.query(
      """
      INSERT INTO emails (name, subject, html, plain_text, date_added\(sql: columns))
      VALUES ('Mail', \(subject), \(html), \(plain), \(now)\(sql: values)) RETURNING id
      """)[0].decode(at: 0)
  }

  /// Requests an e-mail for contacts, each with its own key.
  @discardableResult
  func dispatch(
    _ email: Int64, to contacts: [Int64], _ kind: SendKind = .marketing,
    source: SendSource = SendSource(kind: "campaign.event", id: 1), key: String = "k",
    priority: Int = 2, attempts: Int = 3, tokens: [String: String] = [:]
  ) async throws -> [Int64: MailRefusal] {
    let request = SendRequest(
      email: email, kind: kind, source: source,
      recipients: contacts.map { .init(contact: $0, key: "\(key):\($0)", tokens: tokens) },
      priority: priority, maxAttempts: attempts)
    let now = now
    return try await jobs.transaction(at: now) { transaction in
      try await environment.dispatcher.dispatch(request, in: transaction)
    }
  }

  // MARK: Workers

  func worker(lease: Duration = .seconds(6), concurrency: Int = 3) -> Worker {
    var registry = JobRegistry()
    MailJobs.register(in: &registry, environment: environment)
    return Worker(
      client: jobs, registry: registry,
      configuration: WorkerConfiguration(
        queues: registry.queues.map { WorkerQueue($0) }, concurrency: concurrency,
        leaseTime: lease, heartbeatInterval: lease / 5), logger: .silent)
  }

  /// Runs a worker and promotes what is due while a closure runs.
  func working<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    MailJobs.register(in: &registry, environment: environment)
    return try await jobs.working(registry, periodic: [], body)
  }

  /// Sends everything that may be sent now.
  func sendAll() async throws {
    try await working {
      let isDone = try await eventually(within: .seconds(120)) {
        let now = now
        return try await pool.query(
          "SELECT FROM jobs WHERE state <> 2 AND (run_at IS NULL OR run_at <= \(now))"
        ).isEmpty
      }
      #expect(isDone, "jobs are left")
    }
  }

  // MARK: Queries

  /// Returns one column of a query as texts.
  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }

  /// Returns `contact:state` of all sends of an e-mail, or of all.
  func states(_ email: Int64? = nil) async throws -> [String] {
    let names = [
      "queued", "held", "sending", "sent", "unknown", "failed", "skipped", "bounced", "cancelled",
      "expired",
    ]
    return try await pool.query(
      """
      SELECT contact_id, state FROM email_sends
      WHERE \(email)::bigint IS NULL OR email_id = \(email)::bigint ORDER BY contact_id, id
      """
    ).map { row in
      let contact: Int64? = try row.decode(at: 0)
      return
        "\(contact.map(String.init) ?? "-"):\(names[Int(try row.decode(at: 1, as: Int16.self))])"
    }
  }

  /// The addresses that messages were handed over to, sorted.
  var recipients: [String] { transport.accepted.map(\.recipient).sorted() }

  /// The one message to an address.
  func message(to address: String) throws -> ParsedMessage {
    let found = transport.accepted.filter { $0.recipient == address }
    #expect(found.count == 1, "\(found.count) messages to \(address)")
    return ParsedMessage(try #require(found.first).content)
  }
}

/// A clock that tests move.
final class MovableClock: Sendable {
  private let offset = Mutex(Duration.zero)

  var clock: WallClock { WallClock { [self] in offset.withLock { $0 } } }

  func advance(_ duration: Duration) { offset.withLock { $0 += duration } }
}

/// A transport that answers as told and keeps what it accepted.
final class StubTransport: MailTransport {
  let isIdempotent: Bool
  let groupSize: Int
  private let answer: @Sendable (OutgoingMessage) async -> DeliveryOutcome
  private let taken = Mutex<[OutgoingMessage]>([])
  private let calls = Atomic<Int>(0)
  private let largest = Atomic<Int>(0)

  init(
    isIdempotent: Bool = false, groupSize: Int = 25,
    _ answer: @escaping @Sendable (OutgoingMessage) async -> DeliveryOutcome = { _ in .accepted }
  ) {
    self.isIdempotent = isIdempotent
    self.groupSize = groupSize
    self.answer = answer
  }

  var accepted: [OutgoingMessage] { taken.withLock { $0 } }
  var attempts: Int { calls.load(ordering: .relaxed) }
  /// The largest number of messages handed over together.
  var largestGroup: Int { largest.load(ordering: .relaxed) }

  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome] {
    var outcomes: [DeliveryOutcome] = []
    largest.max(messages.count, ordering: .relaxed)
    for message in messages {
      calls.add(1, ordering: .relaxed)
      let outcome = await answer(message)
      if outcome == .accepted { taken.withLock { $0.append(message) } }
      outcomes.append(outcome)
    }
    return outcomes
  }
}

/// An observer that remembers its events, as texts.
final class RecordingObserver: MailObserver {
  private let lines = Mutex<[String]>([])
  /// The error that opens of a contact cause.
  let trouble = Mutex<(@Sendable (Int64, PostgresConnection) async throws -> Void)?>(nil)
  var told: [String] { lines.withLock { $0.sorted() } }

  private func note(_ word: String, _ event: SendEvent, _ more: String = "") {
    let contact = event.contact.map(String.init) ?? "-"
    lines.withLock { $0.append("\(word) \(contact)\(more)") }
  }

  func sent(
    _ events: [SendEvent], in transaction: Transaction
  ) async throws { for event in events { note("sent", event) } }
  func failed(
    _ failures: [MailFailure], in transaction: Transaction
  ) async throws { for failure in failures { note("failed", failure.event, " \(failure.reason)") } }
  func opened(
    _ opens: [MailOpen], in transaction: Transaction
  ) async throws {
    if let trouble = trouble.withLock({ $0 }) {
      for open in opens { try await trouble(open.event.contact ?? 0, transaction.connection) }
    }
    for open in opens { note(open.isFirst ? "opened" : "opened again", open.event) }
  }
  func clicked(
    _ clicks: [MailClick], in transaction: Transaction
  ) async throws { for click in clicks { note("clicked", click.event, " \(click.url)") } }
  func replied(
    _ events: [SendEvent], in transaction: Transaction
  ) async throws { for event in events { note("replied", event) } }
  func unsubscribed(
    _ events: [SendEvent], in transaction: Transaction
  ) async throws { for event in events { note("unsubscribed", event) } }
}

/// A message parsed by the plainest rules, for tests.
struct ParsedMessage {
  var headers: [(name: String, value: String)] = []
  var parts: [(type: String, text: String)] = []

  init(_ content: [UInt8]) {
    let text = String(decoding: content, as: UTF8.self)
    let halves = Self.cut(text)
    headers = Self.headers(halves.head)
    let type = self["Content-Type"] ?? ""
    if let mark = type.range(of: "boundary=\"") {
      let boundary = type[mark.upperBound...].prefix { $0 != "\"" }
      for piece in halves.body.components(separatedBy: "--\(boundary)").dropFirst() {
        if piece.hasPrefix("--") { break }
        let inner = Self.cut(String(piece.dropFirst(1)))
        let type = Self.headers(inner.head).first { $0.name == "Content-Type" }?.value ?? ""
        parts.append((type, Self.decode(inner.body)))
      }
    } else {
      parts = [(type, Self.decode(halves.body))]
    }
  }

  subscript(name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
  var html: String { parts.first { $0.type.hasPrefix("text/html") }?.text ?? "" }
  var plain: String { parts.first { $0.type.hasPrefix("text/plain") }?.text ?? "" }

  private static func cut(_ text: String) -> (head: String, body: String) {
    let parts = text.components(separatedBy: "\r\n\r\n")
    return (parts[0], parts.dropFirst().joined(separator: "\r\n\r\n"))
  }

  private static func headers(_ text: String) -> [(name: String, value: String)] {
    text.replacingOccurrences(of: "\r\n ", with: " ").components(separatedBy: "\r\n").compactMap {
      line in
      guard let colon = line.range(of: ": ") else { return nil }
      return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
    }
  }

  private static func decode(_ text: String) -> String {
    let bytes = Array(text.replacingOccurrences(of: "=\r\n", with: "").utf8)
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "="), index + 2 < bytes.count,
        let value = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        output.append(value)
        index += 3
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    var result = String(decoding: output, as: UTF8.self).replacingOccurrences(
      of: "\r\n", with: "\n")
    while result.last == "\n" { result.removeLast() }
    return result
  }
}
