import Assets
import Campaigns
import Contacts
import DynamicContents
import Fields
import Focus
import Forms
import Foundation
import Imports
import JobQueue
import Mail
import Pages
import Points
import Postgres
import Segments
import TestSchema
import TestSupport
import Tracking
import Users
import Webhooks

@testable import Reports

/// A database with the tables of all sources of reports.
struct ReportsBed: Sendable {
  let jobs: JobClient
  let fields: FieldStore

  static let author = Author(id: 1, name: "Ada Admin")
  static let tables =
    StatsTable.contacts + StatsTable.segments + StatsTable.points + StatsTable.mail
    + StatsTable.campaigns + StatsTable.forms + StatsTable.webhooks + StatsTable.assets
    + StatsTable.tracking + StatsTable.dynamicContents + StatsTable.focus
  private static let migrations =
    JobQueueSchema.migrations + UsersMigrations.all + ContactsMigrations.all
    + SegmentsMigrations.all + ImportMigrations.all + PointsMigrations.all + MailMigrations.all
    + CampaignsMigrations.all + FormsMigrations.all + WebhooksMigrations.all
    + AssetsMigrations.all + TrackingMigrations.all + PagesMigrations.all
    + DynamicContentsMigrations.all + FocusMigrations.all + ReportsMigrations.all

  var pool: PostgresPool { jobs.postgres }
  var now: Date { jobs.clock.now }
  var reader: ReportReader {
    ReportReader(pool: pool, fields: fields, tables: Self.tables, slots: ReadSlots())
  }
  var widgets: WidgetReader { WidgetReader(pool: pool, slots: ReadSlots()) }
  var store: ReportStore {
    ReportStore(
      transactions: jobs.transactions, fields: fields, tables: Self.tables,
      timing: ReportTiming { .gmt })
  }

  static func with<R: Sendable>(
    clock: WallClock = .system, isolation: isolated (any Actor)? = #isolation,
    _ body: (ReportsBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations, clock: clock) { base in
      try await body(ReportsBed(jobs: base.jobs, fields: FieldStore(pool: base.jobs.postgres)))
    }
  }

  /// Runs statements.
  func run(_ script: String) async throws {
    try await pool.withConnection { try await $0.execute(script: script) }
  }

  func catalogue() async throws -> ReportCatalogue {
    ReportCatalogue(try await fields.current(), tables: Self.tables)
  }

  /// The rows of a report for a user, by default an administrator, and their number.
  func read(
    _ report: ReportValues, from: String = "2024-01-01T00:00:00Z",
    to: String = "2024-12-31T23:59:59Z", for rights: PermissionSet = .administrator,
    user: Int64 = 1, start: Int = 0, limit: Int = 100
  ) async throws -> (rows: [[String?]], total: Int) {
    let window = try ReportWindow(from: Self.date(from), to: Self.date(to))
    let statement = try await reader.statement(report, within: window, for: rights, user: user)
    return try await reader.page(statement, start: start, limit: limit)
  }

  static func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

  /// Contacts 1 to 6: those of user 1 have odd ids.
  static let people = """
    INSERT INTO contacts (id, owner_id, firstname, city, points, date_added, email) VALUES
      (1, 1, 'Ann', 'Rome', 10, '2024-03-01 00:00Z', 'ann@example.com'),
      (2, 2, 'Bob', 'Rome', 20, '2024-03-01 12:00Z', 'bob@example.com'),
      (3, 1, 'Cid', 'Oslo', 30, '2024-03-02 00:00Z', '100%@example.com'),
      (4, 2, 'Dan', 'Oslo', 40, '2024-03-02 00:00Z', NULL),
      (5, 1, 'Eve', NULL, 50, '2024-03-03 23:59:59.5Z', NULL),
      (6, NULL, 'Fay', 'Bonn', 60, '2025-03-03 00:00Z', NULL);
    """
}

extension ReportValues {
  /// A report of contacts.
  static func contacts(
    _ columns: String..., change: (inout ReportValues) -> Void = { _ in }
  ) -> ReportValues {
    var values = ReportValues()
    values.name = "Contacts"
    values.source = "leads"
    values.columns = columns
    change(&values)
    return values
  }
}

extension PermissionSet {
  /// The right to look at one's own of some areas.
  static func own(_ areas: PermissionArea...) -> PermissionSet {
    PermissionSet(
      grants: Dictionary(
        areas.map { ($0.description, ["viewown"]) }, uniquingKeysWith: { first, _ in first }))
  }
}
