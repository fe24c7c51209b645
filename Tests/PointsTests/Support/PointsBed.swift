import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Primitives
import Synchronization
import TestSchema
import TestSupport
import Testing
import Users

@testable import Points
@testable import Segments

/// A database, a Redis prefix, and the stores of points on them.
struct PointsBed: Sendable {
  let pool: PostgresPool
  let jobs: JobClient
  let clock: MovableClock

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all
  /// The instant at which the tests begin: a Wednesday at ten.
  static let start = Date(timeIntervalSince1970: 1_700_042_400)
  static let author = Author(id: nil, name: "Ada Admin")

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (PointsBed) async throws -> R
  ) async throws -> R {
    let clock = MovableClock(at: start)
    return try await TestBed.with(migrations: migrations, clock: clock.clock) { base in
      try await body(PointsBed(pool: base.database.pool, jobs: base.jobs, clock: clock))
    }
  }

  var now: Date { jobs.clock.now }
  var triggers: PointTriggerStore { PointTriggerStore(jobs: jobs) }
  var actions: PointActionStore { PointActionStore(transactions: jobs.transactions) }
  var groups: PointGroupStore { PointGroupStore(jobs: jobs) }

  /// Consumes change marks, as its job does.
  var refresher: SegmentRefresher {
    var registry = FilterRegistry.contacts
    registry.addPoints()
    return SegmentRefresher(
      jobs: jobs, cache: SegmentSetCache(fields: FieldStore(pool: pool), registry: registry),
      observers: [PointTriggerObserver()], logger: .silent)
  }

  // MARK: Records

  /// Creates contacts with ids from 1, without marks: they were there before everything else.
  func contacts(_ points: Int...) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, points)
      SELECT place, \(Self.start), \(Self.start), points
      FROM unnest(\(points.map { Int64($0) })::bigint[]) WITH ORDINALITY AS c (points, place)
      """)
  }

  func group(_ name: String = "Interest") async throws -> Int64 {
    var input = PointGroupInput()
    input.name = name
    return try await groups.create(input, by: Self.author, now: now).id
  }

  @discardableResult
  func action(
    _ type: PointActionType, _ delta: Int, repeatable: Bool = false, group: Int64? = nil,
    _ properties: [String: JSONValue] = [:], change: (inout PointActionInput) -> Void = { _ in }
  ) async throws -> PointAction {
    var input = PointActionInput()
    input.rule.name = "Rule"
    input.rule.group = group
    input.type = type.rawValue
    input.delta = delta
    input.isRepeatable = repeatable
    input.properties = .object(properties)
    change(&input)
    return try await actions.create(input, by: Self.author, now: now)
  }

  /// A trigger with events that add tags.
  @discardableResult
  func trigger(
    at points: Int, tags: String..., group: Int64? = nil,
    change: (inout PointTriggerInput) -> Void = { _ in }
  ) async throws -> PointTrigger {
    var input = PointTriggerInput()
    input.rule.name = "At \(points)"
    input.rule.group = group
    input.points = points
    input.events = tags.map { Self.event(.changeTags, ["add_tags": .array([.string($0)])]) }
    change(&input)
    return try await triggers.create(input, by: Self.author, now: now)
  }

  /// Returns an event; if it needs an e-mail or an address, with one.
  static func event(
    _ type: PointTriggerEventType, _ properties: [String: JSONValue] = [:]
  ) -> PointTriggerEventInput {
    var properties = properties
    if type == .sendEmail { properties["email"] = properties["email"] ?? .integer(1) }
    if type == .webhook { properties["url"] = properties["url"] ?? .string("https://example.com") }
    var event = PointTriggerEventInput()
    event.type = type.rawValue
    event.properties = .object(properties)
    return event
  }

  // MARK: Actions

  func give(_ contacts: [Int64], _ points: Int) async throws {
    try await jobs.transaction(at: now) { transaction in
      _ = try await ContactPoints.change(
        contacts, .plus, by: points,
        reason: PointsReason(type: "test", eventName: "Given", actionName: "plus"),
        author: .system, isAudited: false, in: transaction)
    }
  }

  func record(_ engagements: PointEngagement...) async throws -> Int {
    try await jobs.transaction(at: now) { try await PointActions.record(engagements, in: $0) }
  }

  func score(_ contacts: [Int64], plus points: Int, in group: Int64) async throws {
    try await jobs.transaction(at: now) { transaction in
      _ = try await GroupScores.change(
        contacts, .points(.plus), by: points, group: group,
        reason: PointsReason(type: "test", eventName: "Given", actionName: "plus"),
        author: .system, isAudited: false, in: transaction)
    }
  }

  /// Runs a worker and a scheduler while a closure runs.
  func working<R: Sendable>(
    _ actions: PointTriggerActions = PointTriggerActions(), workers: Int = 1,
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    PointJobs.register(in: &registry, actions: actions)
    return try await jobs.working(registry, workers: workers, periodic: [], body)
  }

  /// Waits until all marks are processed and everything due is done.
  func settle() async throws {
    let isSettled = try await eventually(within: .seconds(30)) {
      while try await refresher.round().contacts > 0 {}
      return try await texts(
        """
        SELECT 'open' WHERE EXISTS (SELECT FROM contact_changes) OR EXISTS (
          SELECT FROM jobs WHERE name LIKE 'points.%' AND state = 0
            AND (run_at IS NULL OR run_at <= \(now)))
        """) == []
    }
    #expect(isSettled)
  }

  // MARK: Queries

  /// Returns the points of a contact.
  func points(_ contact: Int64) async throws -> Int? {
    try await pool.query("SELECT points FROM contacts WHERE id = \(contact)").first?
      .decode(at: 0)
  }

  /// Returns the tags of a contact.
  func tags(_ contact: Int64) async throws -> [String] {
    try await texts(
      """
      SELECT tag FROM tags JOIN contact_tags ON tag_id = id WHERE contact_id = \(contact)
      ORDER BY tag
      """)
  }

  /// Returns the ids of events that a contact has had, in the order of their success.
  func fired(_ contact: Int64) async throws -> Int {
    try await pool.query(
      "SELECT count(*) FROM point_trigger_log WHERE contact_id = \(contact)"
    ).first?.decode(at: 0) ?? 0
  }

  /// Returns one column of a query as texts.
  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }
}

/// A clock that a test moves; it keeps running from there.
final class MovableClock: Sendable {
  private let offset: Mutex<Duration>

  init(at date: Date) { offset = Mutex(.seconds(date.timeIntervalSince(Date()))) }

  func advance(by seconds: Int) { offset.withLock { $0 += .seconds(seconds) } }

  var clock: WallClock { WallClock { self.offset.withLock { $0 } } }
}

/// Records the calls of an event, in order; tests register it as the action of a type.
final class Recorder: Sendable {
  private let calls = Mutex<[String]>([])
  private let failures: Mutex<Int>
  private let outcome: PointTriggerOutcome

  /// - Parameter failing: The number of failures before it succeeds.
  init(failing: Int = 0, with outcome: PointTriggerOutcome = .failed("not now")) {
    failures = Mutex(failing)
    self.outcome = outcome
  }

  /// The `event: contacts` of each call.
  var all: [String] { calls.withLock { $0 } }

  var actions: PointTriggerActions {
    var actions = PointTriggerActions()
    actions.add(.webhook) { call in
      let line = "\(call.event.name): \(call.contacts.map(String.init).joined(separator: " "))"
      self.calls.withLock { $0.append(line) }
      let fails = self.failures.withLock { left in
        left -= 1
        return left >= 0
      }
      guard fails else { return [:] }
      return Dictionary(uniqueKeysWithValues: call.contacts.map { ($0, self.outcome) })
    }
    return actions
  }
}
