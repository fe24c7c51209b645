import Foundation
import TestSupport
import Testing

/// `martlet sample` against `martlet dev`, as `scripts/up` uses it.
@Suite struct SampleCommandTests {
  /// What the example makes, by the table that keeps it.
  private static let tables = [
    "users", "roles", "categories", "tags", "stages", "companies", "segments", "assets", "forms",
    "pages", "emails", "campaigns", "reports", "webhooks", "contacts", "notes", "page_hits",
    "form_submissions", "asset_downloads", "imports", "exports", "email_opens", "link_hits",
  ]

  private func counts(_ bench: Workbench) async throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in Self.tables {
      let rows = try await bench.database.pool.query("SELECT FROM \(identifier: table)")
      counts[table] = rows.count
    }
    return counts
  }

  @Test func anExampleIsMadeOnceWithDaysBehindIt() async throws {
    try await Workbench.with { bench in
      let clock = ["MARTLET_TEST_CLOCK": "1"]
      _ = try await bench.martlet(
        "user", "add", "ada", "--role", "admin", "--password-stdin", input: "secret\n")
      let dev = try RunningProcess(
        "martlet", bench.environment.merging(clock) { $1 }, arguments: ["dev"])
      let url = "http://127.0.0.1:\(try await dev.port("the API is open"))"
      let login = [
        "MARTLET_API_URL": url, "MARTLET_API_USER": "ada", "MARTLET_API_PASSWORD": "secret",
      ]
      let environment = login.merging(clock) { $1 }

      let outcome = try await bench.martlet(
        "sample", "--days", "4", "--visitors", "4", environment: environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("5 days lived through"))
      let made = try await counts(bench)
      for (table, count) in made { #expect(count > 0, "\(table) is empty") }
      let days = try await bench.database.pool.query(
        "SELECT DISTINCT date_trunc('day', at) FROM page_hits")
      #expect(days.count >= 4)
      let show = try await bench.martlet("clock", environment: clock)
      #expect(show.output.contains("real time"))

      let again = try await bench.martlet("sample", "--days", "4", environment: environment)
      #expect(again.output == "0 records made, no activity\n", "\(again.errors)")
      #expect(try await counts(bench) == made)

      // Without a test clock there are no days to go through.
      let plain = try await bench.martlet("sample", "--days", "4", environment: login)
      #expect(plain.status == 2 && plain.errors.contains("MARTLET_TEST_CLOCK"))
      dev.child.signal(SIGTERM)
      #expect(await eventually(within: .seconds(30)) { !dev.child.isRunning })
    }
  }
}
