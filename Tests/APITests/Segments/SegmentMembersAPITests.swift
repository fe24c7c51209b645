import Foundation
import Postgres
import Testing

@testable import API

@Suite("Members of segments by hand, and Martlet's own endpoints (API page, 8.2 and 8.3)")
struct SegmentMembersAPITests {
  /// Segments 1 (for all) and 2 (the administrator's own), contacts 31 to 33.
  private static func fill(_ pool: PostgresPool) async throws {
    try await pool.withConnection { connection in
      try await connection.execute(
        script: """
          INSERT INTO contacts (id, date_added, date_identified, firstname, city)
            SELECT id, '2024-03-01Z', '2024-03-01Z', 'Kim ' || id, CASE WHEN id > 31 THEN 'Oslo' END
            FROM generate_series(31, 33) AS id;
          INSERT INTO segments (name, public_name, alias, date_added, is_global, created_by)
            VALUES ('News', 'News', 'news', '2024-01-01Z', true, 1),
              ('Mine', 'Mine', 'mine', '2024-01-01Z', false, 1);
          """)
    }
  }

  @Test(
    "SEG-79, SEG-101, SEG-104, SEG-108: changes by hand take effect at once, and the last one wins")
  func addAndRemove() async throws {
    try await APIBed.with { (bed) async throws in
      try await Self.fill(bed.pool)
      let server = bed.server
      let added = try await server.request("POST", "/api/segments/1/contact/31/add")
      #expect(added.status == 200 && added.text == #"{"success":1}"#)
      let lists = try await server.request("GET", "/api/contacts/31/segments").json
      #expect(lists["total"] == 1)
      #expect(lists["lists"]?["1"]?["alias"] == "news")
      #expect(lists["lists"]?["1"]?["manuallyAdded"] == true)
      #expect(lists["lists"]?["1"]?["manuallyRemoved"] == false)
      #expect(
        try await server.request("GET", "/api/segments/1/state").json["state"]?["members"] == 1)
      #expect(
        try await server.request("POST", "/api/segments/1/contact/31/remove").text
          == #"{"success":1}"#)
      #expect(
        try await server.request("GET", "/api/contacts/31/segments").text
          == #"{"total":0,"lists":[]}"#)
      // SEG-106: nothing to remove is no error. The old form of the path does the same.
      #expect(try await server.request("POST", "/api/segments/1/contact/remove/32").status == 200)
      #expect(try await server.request("POST", "/api/segments/1/contact/add/32").status == 200)
      let search = try await server.request("GET", "/api/contacts?search=segment:news").json
      #expect(search["total"] == "1")
    }
  }

  @Test("A missing segment is 404, another user's own segment 403 (SEG-110)")
  func unknown() async throws {
    try await APIBed.with { (bed) async throws in
      try await Self.fill(bed.pool)
      for path in ["/api/segments/9/contact/31/add", "/api/segments/1/contact/99/remove"] {
        #expect(try await bed.server.request("POST", path).status == 404)
      }
      #expect(
        try await bed.server.request("POST", "/api/segments/2/contact/31/add", as: "kim").status
          == 403)
      #expect(try await bed.server.request("GET", "/api/contacts/99/segments").status == 404)
      let members: Int? = try await bed.pool.query("SELECT count(*) FROM segment_members")
        .first?.decode(at: 0)
      #expect(members == 0)
    }
  }

  @Test("Many at once: each has its own outcome")
  func many() async throws {
    try await APIBed.with { (bed) async throws in
      try await Self.fill(bed.pool)
      func add(_ body: String) async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/api/segments/1/contacts/add", headers: ["Content-Type: application/json"],
          body: Array(body.utf8))
      }
      #expect(
        try await add(#"{"ids":[33,9,"31"]}"#).text
          == #"{"success":1,"details":{"33":{"success":true},"9":{"success":false},"31":{"success":true}}}"#
      )
      #expect(try await add(#"{}"#).status == 400)
      #expect(
        try await bed.server.request("GET", "/api/segments/1/state").json["state"]?["members"] == 2)
      let chart = try await bed.server.request("GET", "/api/segments/1/chart").json["chart"]
      #expect(chart?["total"]?.elements?.last == 2)
      #expect(chart?["added"]?.elements?.count == 30)
      let wrong = try await bed.server.request(
        "GET", "/api/segments/1/chart?dateFrom=2024-02-02&dateTo=2024-02-01")
      #expect(wrong.status == 400)
      #expect(try await bed.server.request("GET", "/api/segments/1/chart?dateFrom=x").status == 400)
    }
  }

  @Test("The segments that are offered: published, for all or the user's own; without an envelope")
  func choices() async throws {
    try await APIBed.with { (bed) async throws in
      try await Self.fill(bed.pool)
      let all = try await bed.server.request("GET", "/api/contacts/list/segments")
      #expect(
        all.text
          == #"{"2":{"id":2,"name":"Mine","alias":"mine"},"1":{"id":1,"name":"News","alias":"news"}}"#
      )
      let some = try await bed.server.request("GET", "/api/contacts/list/segments", as: "kim")
      #expect(some.text == #"{"1":{"id":1,"name":"News","alias":"news"}}"#)
    }
  }

  @Test("A rebuild answers 202 with its job, the same for a second request (SEG-75)")
  func rebuild() async throws {
    try await APIBed.with { (bed) async throws in
      try await Self.fill(bed.pool)
      let first = try await bed.server.request("POST", "/api/segments/1/rebuild")
      #expect(first.status == 202)
      #expect(first.json["job"]?["type"] == "segment.rebuild")
      #expect(first.json["job"]?["objectId"] == 1)
      let id = try #require(first.json["job"]?["id"]?.text)
      #expect(first.headers["location"] == "/api/jobs/\(id)")
      let second = try await bed.server.request("POST", "/api/segments/1/rebuild")
      #expect(second.json["job"]?["id"]?.text == id)
      #expect(try await bed.server.request("POST", "/api/segments/9/rebuild").status == 404)
      try await bed.pool.query("UPDATE segments SET is_published = false WHERE id = 1")
      #expect(try await bed.server.request("POST", "/api/segments/1/rebuild").status == 409)
    }
  }

  @Test("A preview of unsaved filters: the number of contacts, and the newest of them")
  func preview() async throws {
    try await APIBed.with { (bed) async throws in
      try await Self.fill(bed.pool)
      func look(_ body: String) async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/api/segments/preview", headers: ["Content-Type: application/json"],
          body: Array(body.utf8))
      }
      let oslo =
        #"{"field":"city","object":"lead","type":"text","operator":"=","properties":{"filter":"oslo"}}"#
      let found = try await look(#"{"filters":[\#(oslo)]}"#)
      #expect(found.status == 200 && found.json["total"] == 2)
      #expect(found.json["contacts"]?.elements?.map { $0["id"] } == [33, 32])
      #expect(found.json["contacts"]?.elements?.first?["firstname"] == "Kim 33")
      #expect(
        try await look(#"{"filters":[\#(oslo)],"limit":1}"#).json["contacts"]?.elements?.count == 1)
      #expect(try await look("{}").status == 400)
      let wrong = try await look(#"{"filters":[\#(oslo.replacing("\"=\"", with: "\"between\""))]}"#)
      #expect(wrong.status == 400 && wrong.error["details"]?["filters[0].operator"] != nil)
    }
  }
}
