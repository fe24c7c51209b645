import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@testable import Reports

@Suite("Reports that are sent (API page, 10)") struct ReportSendingTests {
  private static func schedule(
    _ unit: String, on bed: ReportsBed
  ) async throws -> Report {
    var input = ReportInput()
    input.name = "People"
    input.source = "leads"
    input.columns = .array([.string("l.firstname")])
    input.isScheduled = true
    input.scheduleUnit = unit
    input.toAddress = "ann@example.com, bob@example.com"
    return try await bed.store.create(input, by: ReportsBed.author, now: bed.now)
  }

  /// Runs workers on what is due until there is nothing to do.
  private static func work(on bed: ReportsBed, times: Int = 1) async throws {
    let (pool, store, reader) = (bed.pool, bed.store, bed.reader)
    for _ in 0..<times {
      try await bed.jobs.transactions.transaction { try $0.outbox.add(SendDueReports()) }
    }
    var registry = JobRegistry()
    let users = UserStore(pool: pool, hasher: PasswordHasher(cost: .least))
    ReportJobs.register(in: &registry, store: store, reader: reader, site: "https://m.example") {
      try await users.user($0)
    }
    try await bed.jobs.working(registry, workers: 2, periodic: []) {
      let isDone = try await eventually(within: .seconds(30)) {
        try await pool.query("SELECT FROM jobs WHERE queue = 'reports'").isEmpty
      }
      #expect(isDone)
    }
  }

  private static let users = """
    INSERT INTO users (id, username, password_hash, role_id, date_added)
      VALUES (1, 'ada', 'x', 1, now()), (2, 'kim', 'x', 2, now());
    """

  private static func notices(on bed: ReportsBed) async throws -> [(to: String, body: String)] {
    try await bed.pool.query("SELECT address, body FROM mail_notices ORDER BY address").map {
      (try $0.decode(at: 0), try $0.decode(at: 1))
    }
  }

  @Test("A report goes to each address once for each time, however often its jobs run")
  func daily() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(
        Self.users
          + "INSERT INTO contacts (firstname, date_added) VALUES ('Ann', now() - interval '1 hour')"
      )
      let report = try await Self.schedule("DAILY", on: bed)
      let planned: Date? = try await bed.pool.query(
        "SELECT next_at FROM reports WHERE id = \(report.id)"
      ).first?.decode(at: 0)
      #expect(try #require(planned) > bed.now)
      try await Self.work(on: bed)
      #expect(try await Self.notices(on: bed).isEmpty)
      try await bed.run("UPDATE reports SET next_at = now() WHERE id = \(report.id)")
      try await Self.work(on: bed, times: 3)
      let notices = try await Self.notices(on: bed)
      #expect(notices.map(\.to) == ["ann@example.com", "bob@example.com"])
      let body = notices.first?.body ?? ""
      #expect(body.contains("Rows: 1\n") && body.contains("\nAnn\n"), "\(body)")
      #expect(body.contains("https://m.example/api/reports/\(report.id)/export?format=csv"))
      let next: Date? = try await bed.pool.query(
        "SELECT next_at FROM reports WHERE id = \(report.id)"
      ).first?.decode(at: 0)
      #expect(next == planned)
    }
  }

  @Test("A report that is sent but once is not scheduled any more")
  func once() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(Self.users)
      let report = try await Self.schedule("NOW", on: bed)
      try await Self.work(on: bed, times: 2)
      #expect(try await Self.notices(on: bed).count == 2)
      #expect(try await bed.store.find(report.id)?.values.schedule.isActive == false)
    }
  }

  @Test("Who may not see the rows has none sent; a report of nobody is not sent")
  func rights() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(
        Self.users
          + "INSERT INTO contacts (firstname, date_added) VALUES ('Ann', now() - interval '1 hour')"
      )
      _ = try await Self.schedule("NOW", on: bed)
      try await bed.run(
        "UPDATE roles SET is_admin = false, permissions = '{\"report:reports\": [\"full\"]}'")
      try await Self.work(on: bed)
      let notices = try await Self.notices(on: bed)
      #expect(notices.count == 2)
      #expect(notices.allSatisfy { !$0.body.contains("Ann\n") && $0.body.contains("could not") })
      try await bed.run("UPDATE reports SET next_at = now(), created_by = 99 WHERE id > 6")
      try await Self.work(on: bed)
      #expect(try await Self.notices(on: bed).count == 2)
    }
  }
}
