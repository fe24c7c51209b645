import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Points
import Postgres
import Primitives
import Segments
import Synchronization
import TestSchema
import TestSupport
import Users

@testable import DynamicContents

/// A database with the stores of dynamic contents.
struct SlotBed: Sendable {
  let jobs: JobClient
  let offset: ClockOffset

  static let author = Author(id: nil, name: "Ada Admin")
  private static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all
    + DynamicContentsMigrations.all

  var pool: PostgresPool { jobs.postgres }
  var now: Date { jobs.clock.now }
  var fields: FieldStore { FieldStore(pool: pool) }
  var filters: SlotFilters {
    SlotFilters(registry: .contacts, fields: fields, clock: jobs.clock, timeZone: { .gmt })
  }
  var store: DynamicContentStore { DynamicContentStore(jobs: jobs, filters: filters) }

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (SlotBed) async throws -> R
  ) async throws -> R {
    let offset = ClockOffset()
    return try await TestBed.with(
      migrations: migrations, clock: WallClock { offset.value }
    ) { base in
      try await body(SlotBed(jobs: base.jobs, offset: offset))
    }
  }

  func slots(_ observers: [any SlotObserver] = []) -> DynamicSlots {
    DynamicSlots(
      jobs: jobs, fields: fields, filters: filters, settings: { MailSettings() },
      observers: observers, logger: .silent)
  }

  /// Creates a content for the slot `banner`.
  @discardableResult
  func content(
    _ html: String, filters: JSONValue? = nil,
    _ change: (inout DynamicContentInput) -> Void = { _ in }
  ) async throws -> DynamicContent {
    var input = DynamicContentInput()
    input.name = "Banner"
    input.content = html
    input.filters = filters
    input.isCampaignBased = false
    input.slot = "banner"
    change(&input)
    return try await store.create(input, by: Self.author, now: now)
  }

  /// Filters for contacts of a city.
  static func city(_ city: String) -> JSONValue {
    .array([
      .object([
        "glue": .string("and"), "field": .string("city"), "object": .string("lead"),
        "type": .string("text"), "operator": .string("="), "filter": .string(city),
        "display": .null,
      ])
    ])
  }

  /// Creates a contact.
  func contact(_ id: Int64, city: String? = nil, name: String? = nil) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, city, firstname)
      VALUES (\(id), \(now)::timestamptz, \(now)::timestamptz, \(city)::text, \(name)::text)
      """)
  }

  func push(_ content: DynamicContent, to contact: Int64, slot: String = "banner") async throws
    -> Bool
  {
    try await jobs.transaction { transaction in
      try await SlotStore.push(content.id, to: [contact], slot: slot, in: transaction)
    }
  }

  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }
}

/// Keeps the requests that it hears of.
final class RequestWatch: SlotObserver {
  private let seen = Mutex<[SlotRequest]>([])
  var requests: [SlotRequest] { seen.withLock { $0 } }

  func requested(_ request: SlotRequest, in transaction: Transaction) async throws {
    seen.withLock { $0.append(request) }
  }
}
