import Contacts
import Fields
import Foundation
import JobQueue
import Points
import Postgres
import Synchronization
import TestSchema
import TestSupport
import Testing
import Users

@testable import Segments
@testable import Webhooks

/// A database and a Redis prefix with the stores of webhooks, and a clock that the test moves.
struct WebhooksBed: Sendable {
  let jobs: JobClient
  let offset: ClockOffset

  var pool: PostgresPool { jobs.postgres }
  var now: Date { jobs.clock.now }
  var store: WebhookStore { WebhookStore(jobs: jobs) }
  var fields: FieldStore { FieldStore(pool: pool) }

  static let author = Author(id: nil, name: "Ada Admin")
  private static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + WebhooksMigrations.all

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (WebhooksBed) async throws -> R
  ) async throws -> R {
    let offset = ClockOffset()
    return try await TestBed.with(
      migrations: migrations, clock: WallClock { offset.value }
    ) { base in
      try await body(WebhooksBed(jobs: base.jobs, offset: offset))
    }
  }

  // MARK: Webhooks

  @discardableResult
  func webhook(
    _ events: WebhookEvent..., url: String = "https://example.com/hook", batch: Int = 1,
    change: (inout WebhookInput) -> Void = { _ in }
  ) async throws -> Webhook {
    var input = WebhookInput()
    input.name = "Receiver"
    input.url = url
    input.events = events.map(\.rawValue)
    input.batchSize = batch
    change(&input)
    return try await store.create(input, by: Self.author, now: now)
  }

  /// Runs dispatchers while a closure runs, which looks often so that tests wait little.
  func dispatching<R: Sendable>(
    _ count: Int = 1, lanes: Int = 8, timeout: Duration = .seconds(15), mostFailures: Int = 100,
    allowsPrivate: Bool = true, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    var options = WebhookOptions()
    options.lanes = lanes
    options.timeout = timeout
    options.look = .milliseconds(50)
    options.mostFailures = mostFailures
    let tasks = (0..<count).map { [options] _ in
      let dispatcher = WebhookDispatcher(
        jobs: jobs, origin: "https://martlet.example.com", records: PlainRecords(pool: pool),
        settings: { WebhookSettings(allowsPrivateAddresses: allowsPrivate) }, options: options,
        logger: .silent)
      return Task { await dispatcher.run() }
    }
    let result: Result<R, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    return try result.get()
  }

  /// The events that wait, as `event contact subject` without the names' beginning.
  func waiting() async throws -> [String] {
    try await texts(
      """
      SELECT concat_ws(' ', replace(event, 'mautic.', ''), contact, 'of ' || subject)
      FROM webhook_queue ORDER BY id
      """)
  }

  /// The further members of the events that wait.
  func data() async throws -> [String] {
    try await texts("SELECT data::text FROM webhook_queue WHERE data IS NOT NULL ORDER BY id")
  }

  func deliveries(of webhook: Int64) async throws -> [WebhookDelivery] {
    try await WebhookLogStore.page(of: webhook, start: 0, limit: 100, on: pool).deliveries
  }

  // MARK: Changes

  var editor: ContactEditor {
    ContactEditor(
      transactions: jobs.transactions, fields: fields,
      tables: MergeTable.contacts + MergeTable.segments)
  }

  var origin: ContactOrigin { ContactOrigin(Self.author, source: "api", now: now) }

  @discardableResult
  func contact(_ values: [String: String] = ["email": "ann@x.test"]) async throws -> Int64 {
    var input = ContactInput()
    for (name, value) in values { input.values[name] = .text(value) }
    return try await editor.upsert(input, from: origin).contact.id
  }

  func edit(_ contact: Int64, _ values: [String: String]) async throws {
    var input = ContactInput()
    for (name, value) in values { input.values[name] = .text(value) }
    _ = try await editor.edit(contact, input, mode: .patch, from: origin)
  }

  /// Announces events of one contact, with a number to tell them apart.
  func announce(_ event: WebhookEvent, contact: Int64?, _ numbers: Int...) async throws {
    try await jobs.transaction { transaction in
      try await WebhookEvents.announce(
        event,
        numbers.map {
          WebhookNotice(
            contact: contact, data: .object(["number": .integer(Int64($0))]), at: transaction.now)
        }, in: transaction)
    }
  }

  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }
}

/// Renders records by their ids alone.
struct PlainRecords: WebhookRecords {
  let pool: PostgresPool

  func render(_ kind: WebhookRecordKind, _ ids: [Int64]) async throws -> [Int64: String] {
    let known: [Int64]
    switch kind {
    case .contact:
      known = try await pool.query("SELECT id FROM contacts WHERE id = ANY (\(ids))")
        .map { try $0.decode(at: 0) }
    case .company:
      known = try await pool.query("SELECT id FROM companies WHERE id = ANY (\(ids))")
        .map { try $0.decode(at: 0) }
    case .segment, .sentEmail, .openedEmail, .submission: known = ids
    }
    return Dictionary(uniqueKeysWithValues: known.map { ($0, "{\"id\":\($0)}") })
  }
}

/// A receiver of webhooks that keeps what it was told.
struct Receiver: Sendable {
  static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  static let broken = "HTTP/1.1 500 Sorry\r\nContent-Length: 4\r\n\r\nsick"

  let stub: HTTPStub

  /// - Parameter answer: The answer to the request of a number, from 1.
  init(_ answer: @escaping @Sendable (Int) -> String = { _ in Receiver.ok }) throws {
    let count = Counter()
    stub = try HTTPStub { _ in answer(count.next()) }
  }

  var url: String { stub.url("/hook") }
  var bodies: [String] { stub.asked.withLock { $0.map(\.body) } }
  /// The numbers of the announced events, in the order in which they came.
  var numbers: [Int] {
    bodies.flatMap { body in
      body.matches(of: /"number": (\d+)/).compactMap { Int($0.1) }
    }
  }

  /// A header of each request, by its name in small letters.
  func headers(_ name: String) -> [String] {
    stub.asked.withLock { asked in
      asked.map { request in
        request.headers.first { $0.lowercased().hasPrefix(name + ":") }
          .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) } ?? ""
      }
    }
  }
}

/// Counts from 1.
private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
