import Foundation
import Postgres
import TestSupport
import Testing

@testable import API

/// The total beside a search, over HTTP.
@Suite struct ContactTotalTests {
  private struct Page: Equatable {
    var total: Int
    var rows: Int
    /// The header `X-Total-Estimated`.
    var mark: String?
  }

  @Test("CON-118: many matches are estimated and marked so; few, and a whole list, are counted")
  func totals() async throws {
    try await APIBed.with { bed in
      try await bed.pool.withConnection {
        try await $0.execute(
          script: """
            INSERT INTO contacts (firstname, city, email, date_added, date_identified)
              SELECT 'Ann', CASE WHEN n % 50 = 0 THEN 'Oslo' ELSE 'Rome' END, n || '@x.test',
                '2024-01-01Z', '2024-01-01Z'
              FROM generate_series(1, 20000) AS n;
            ANALYZE contacts;
            """)
      }
      func list(_ query: String) async throws -> Page {
        let answer = try await bed.call("GET", "/contacts?limit=30&\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        var page = Page(total: 0, rows: 0, mark: answer.headers["x-total-estimated"])
        // The total is text, as known clients have it.
        page.total = answer.json["total"]?.text.flatMap { Int($0) } ?? 0
        if case .object(let contacts)? = answer.json["contacts"] { page.rows = contacts.count }
        return page
      }
      let many = try await list("search=city:rome")
      #expect(many.mark == "1")
      #expect(many.rows == 30)
      #expect(many.total > 30 && abs(many.total - 19_600) < 2_000)
      let few = try await list("search=city:oslo")
      #expect(few == Page(total: 400, rows: 30))
      let last = try await list("search=city:rome&start=19590")
      #expect(last == Page(total: 19_600, rows: 10))
      let all = try await list("start=0")
      #expect(all == Page(total: 20_000, rows: 30))
    }
  }
}
