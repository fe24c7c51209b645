import Postgres
import Testing

@testable import API

@Suite("The parameters of lists (API page, section 6)")
struct ListParametersTests {
  private static func fill(_ pool: PostgresPool) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, firstname, city, is_published, points, date_added)
      SELECT n, 'Kim ' || n, CASE WHEN n % 2 = 0 THEN 'Oslo' ELSE 'Rome' END, n <> 3, n,
        '2024-01-01Z'
      FROM generate_series(1, 40) AS n
      """)
  }

  @Test("The plus of a zone that came as a blank")
  func zones() {
    for (text, meant) in [
      ("2024-03-01T09:30:00 00:00", "2024-03-01T09:30:00+00:00"),
      ("2024-03-01T09:30 02:00", "2024-03-01T09:30+02:00"),
      ("2024-03-01 09:30", "2024-03-01 09:30"),
      ("2024-03-01T09:30:00+00:00", "2024-03-01T09:30:00+00:00"), ("a 12:30", "a 12:30"),
    ] {
      let conditions = JSONValue.array([["val": .string(text)]]).conditions
      #expect(conditions == .array([.object(["val": .string(meant)])]))
    }
  }

  @Test("Pages: 30 without a limit, the cap for 0 and beyond it, no overlap, the whole total")
  func paging() async throws {
    var configuration = APIConfiguration()
    configuration.maximumPageSize = 35
    try await APIBed.with(configuration: configuration) { bed in
      try await Self.fill(bed.pool)
      func page(_ query: String) async throws -> [String] {
        let json = try await bed.server.request("GET", "/api/contacts?orderBy=id&\(query)").json
        #expect(json["total"] == "40")
        return json["contacts"]?.asObject?.keys ?? []
      }
      #expect(try await page("") == (1...30).map(String.init))
      #expect(try await page("limit=0").count == 35)
      #expect(try await page("limit=1000").count == 35)
      #expect(try await page("limit=-1").count == 35)
      #expect(try await page("limit=").count == 30)
      #expect(try await page("start=38&limit=5") == ["39", "40"])
      #expect(try await page("start=-5&limit=1") == ["1"])
      // CON-116: beyond the end an empty list and the total.
      #expect(try await page("start=40") == [])
    }
  }

  private static let lists: [(query: String, first: String?, total: String)] = [
    ("publishedOnly=1", "1", "39"),
    ("published=true", "1", "39"),
    ("publishedOnly=0", "1", "40"),
    ("orderBy=points&orderByDir=dEsC", "40", "40"),
    ("orderBy=l.firstname,id", "1", "40"),
    ("orderBy=city&orderByDir=desc", "1", "40"),
    ("order[0][col]=points&order[0][dir]=DESC&orderBy=id", "40", "40"),
    ("search=city:oslo%20!%22kim%204%22&orderBy=id", "2", "18"),
    ("search=kim&where[0][col]=points&where[0][expr]=gt&where[0][val]=30&orderBy=id", "31", "10"),
    ("search=ids:4,5,6&orderBy=id", "4", "3"),
    ("search=(city:rome%20OR%20city:paris)%20AND%20(ids:1,2)&orderBy=id", "1", "1"),
  ]

  @Test("Searching, ordering and conditions together")
  func together() async throws {
    try await APIBed.with { bed in
      try await Self.fill(bed.pool)
      for (query, first, total) in Self.lists {
        let path = query.contains("rder") ? query : query + "&orderBy=id"
        let json = try await bed.server.request("GET", "/api/contacts?\(path)").json
        #expect(json["total"] == .string(total), "\(query)")
        #expect(json["contacts"]?.asObject?.keys.first == first, "\(query)")
      }
    }
  }

  @Test("Unusable parameters are 400 with the parameter and the reason")
  func refusals() async throws {
    try await APIBed.with { bed in
      for (query, parameter, reason) in [
        ("orderBy=nothing", "orderBy", "there is no column \"nothing\" to order by"),
        ("order[0][col]=x%22y", "order", "there is no column \"x\"y\" to order by"),
        ("where[0][col]=x&where[0][expr]=eq", "where", "there is no column \"x\""),
        ("where=x", "where", "is no list of conditions"),
        ("search=\(String(repeating: "a+", count: 101))", "search", "more than 100 terms"),
        ("search=%00", "search", "has a NUL character"),
      ] {
        for path in ["contacts", "companies", "tags", "segments"] {
          let error = try await bed.server.request("GET", "/api/\(path)?\(query)").error
          #expect(error["code"] == 400, "\(path)?\(query)")
          #expect(error["message"] == .string("\(parameter): \(reason)"), "\(path)?\(query)")
          #expect(error["details"] == .object([parameter: [.string(reason)]]))
        }
      }
    }
  }
}
