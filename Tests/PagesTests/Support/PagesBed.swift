import Assets
import Contacts
import Fields
import Forms
import Foundation
import JobQueue
import Mail
import Points
import Postgres
import Segments
import TestSchema
import TestSupport
import Tracking
import Users

@testable import Pages

/// A database with the stores of pages.
struct PagesBed: Sendable {
  let jobs: JobClient

  static let author = Author(id: nil, name: "Ada Admin")
  private static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all + FormsMigrations.all
    + AssetsMigrations.all + TrackingMigrations.all + PagesMigrations.all

  var pool: PostgresPool { jobs.postgres }
  var now: Date { jobs.clock.now }
  var fields: FieldStore { FieldStore(pool: pool) }
  var store: PageStore { PageStore(transactions: jobs.transactions) }
  var finder: PageFinder { PageFinder(pool: pool) }
  var maker: PageMaker {
    PageMaker(
      pool: pool, contacts: ContactStore(pool: pool, fields: fields), fields: fields,
      forms: FormStore(jobs: jobs, fields: fields),
      assets: AssetStore(transactions: jobs.transactions), site: "https://m.example.com")
  }

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (PagesBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations) { base in
      try await body(PagesBed(jobs: base.jobs))
    }
  }

  /// Creates a page.
  @discardableResult
  func page(_ title: String, _ fill: (inout PageInput) -> Void = { _ in }) async throws -> Page {
    var input = PageInput()
    input.title = title
    fill(&input)
    return try await store.create(input, by: Self.author, now: now)
  }

  /// Changes a page.
  @discardableResult
  func change(
    _ id: Int64, replacing: Bool = false, _ fill: (inout PageInput) -> Void
  ) async throws -> Page? {
    var input = PageInput()
    fill(&input)
    return try await store.update(
      id, input, replacing: replacing, by: Self.author, now: now)
  }

  /// The member that a refusal names; nil if nothing was refused.
  func refusal(_ write: () async throws -> Void) async throws -> String? {
    do {
      try await write()
      return nil
    } catch let error as InvalidInput {
      return error.problems.first?.member
    }
  }

  /// What a visitor of an address is shown.
  func find(
    _ path: String, languages: String? = "", shown: [Int64: Int64] = [:]
  ) async throws -> PageChoice.Outcome {
    guard let address = PageAddress(path.split(separator: "/").map(String.init)) else {
      return .nothing
    }
    return try await finder.find(address, languages: languages, shown: shown, now: now)
  }

  /// Counts visits of a page by devices.
  func visit(_ page: Int64, _ devices: [String?]) async throws {
    try await jobs.transaction { transaction in
      try await PageVisitStore().count(
        devices.map { PageVisit(page: page, device: $0, at: transaction.now) }, in: transaction)
    }
  }

  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }
}
