import Exports
import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/exports")
struct ExportsAPITests {
  private static func people(_ bed: APIBed, _ count: Int) async throws {
    try await bed.pool.query(
      """
      INSERT INTO contacts (email, firstname, city, date_added, date_identified)
      SELECT 'user' || n || '@example.com', 'Name ' || n, CASE n % 2 WHEN 0 THEN 'Berlin' END,
        '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00'
      FROM generate_series(1, \(count)) AS n ORDER BY n
      """)
  }

  private static func create(
    _ bed: APIBed, _ body: String, as user: String = "kim"
  ) async throws -> RawResponse {
    try await bed.server.request(
      "POST", "/api/exports/new", as: user, headers: ["Content-Type: application/json"],
      body: Array(body.utf8))
  }

  /// Waits for an export to end, asking the API as a client does.
  private static func end(_ bed: APIBed, _ id: Int, as user: String = "kim") async throws
    -> API.JSONValue
  {
    var last = API.JSONValue.null
    _ = try await eventually(within: .seconds(60)) {
      last =
        try await bed.server.request("GET", "/api/exports/\(id)", as: user).json["export"]
        ?? .null
      return last["status"] != 1 && last["status"] != 2
    }
    return last
  }

  @Test(
    "EXP-04, EXP-20: requested, made, fetched: whole, by range, and only by its owner")
  func wholeWay() async throws {
    try await APIBed.with(withWorker: true) { bed in
      try await Self.people(bed, 6)
      let created = try await Self.create(
        bed, #"{"format":"csv","search":"city:berlin","columns":["id","email"],"notifyEmail":true}"#
      )
      #expect(created.status == 202, "\(created.text)")
      #expect(created.headers["location"] == "/api/exports/1")
      let entity = created.json["export"]
      #expect(entity?["object"] == "contact")
      #expect(entity?["columns"] == ["id", "email"])
      #expect(entity?["query"] == ["search": "city:berlin"])
      #expect(entity?["formulasNeutralised"] == true)
      #expect(entity?["notifyEmail"] == true)
      #expect(entity?["createdByUser"] == "kim")
      #expect(entity?["jobId"] != .null)

      let ready = try await Self.end(bed, 1)
      #expect(ready["statusName"] == "ready", "\(ready)")
      #expect(ready["rowCount"] == 3)
      #expect(ready["processedCount"] == 3)
      #expect(ready["progress"] == 100)
      #expect(ready["downloadUrl"] == "/api/exports/1/download")
      let expected =
        "id,email\r\n2,user2@example.com\r\n4,user4@example.com\r\n6,user6@example.com\r\n"
      #expect(ready["fileSize"] == .int(expected.utf8.count))

      let path = "/api/exports/1/download"
      let file = try await bed.server.request("GET", path, as: "kim")
      #expect(file.status == 200)
      #expect(file.text == expected)
      #expect(file.headers["content-type"] == "text/csv; charset=utf-8")
      #expect(file.headers["content-length"] == "\(expected.utf8.count)")
      #expect(file.headers["accept-ranges"] == "bytes")
      let name = ready["fileName"]?.text ?? ""
      #expect(name.hasPrefix("contacts_export_") && name.hasSuffix(".csv"))
      #expect(file.headers["content-disposition"] == "attachment; filename=\"\(name)\"")
      let tag = try #require(file.headers["etag"])
      #expect(tag == "\"\(ready["sha256"]?.text ?? "")\"")

      func ask(_ headers: String...) async throws -> RawResponse {
        try await bed.server.request("GET", path, as: "kim", headers: headers)
      }
      let part = try await ask("Range: bytes=4-8")
      #expect(part.status == 206)
      #expect(part.body == Array(expected.utf8.dropFirst(4).prefix(5)))
      #expect(part.headers["content-range"] == "bytes 4-8/\(expected.utf8.count)")
      let rest = try await ask("Range: bytes=10-", "If-Range: \(tag)")
      #expect(rest.status == 206)
      #expect(rest.body == Array(expected.utf8.dropFirst(10)))
      // The client has the beginning of another file: it gets all of this one.
      #expect(try await ask("Range: bytes=10-", "If-Range: \"x\"").status == 200)
      let beyond = try await ask("Range: bytes=9999-")
      #expect(beyond.status == 416)
      #expect(beyond.headers["content-range"] == "bytes */\(expected.utf8.count)")
      #expect(try await ask("If-None-Match: \(tag)").status == 304)

      #expect(try await bed.server.request("GET", path, as: nil).status == 401)
      #expect(try await bed.server.request("GET", path).text == expected, "an administrator")
      let others = try await Self.create(bed, #"{"format":"jsonl"}"#, as: "admin")
      #expect(others.status == 202)
      #expect(
        try await bed.server.request("GET", "/api/exports/2/download", as: "kim").status == 403)
      #expect(try await bed.server.request("GET", "/api/exports/2", as: "kim").status == 403)
      #expect(try await bed.server.request("GET", "/api/exports", as: "kim").json["total"] == 1)
      #expect(try await bed.server.request("GET", "/api/exports").json["total"] == 2)
    }
  }

  @Test("Not ready 409, expired 410, stopped 409, unknown 404; delete takes it away")
  func states() async throws {
    try await APIBed.with { bed in
      try await Self.people(bed, 2)
      #expect(try await Self.create(bed, "{}").status == 202)
      let path = "/api/exports/1"
      let early = try await bed.server.request("GET", path + "/download", as: "kim")
      #expect(early.status == 409)
      #expect(early.headers["retry-after"] == "2")
      #expect(try await bed.server.request("GET", path, as: "kim").headers["retry-after"] == "2")
      let stopped = try await bed.server.request("POST", path + "/cancel", as: "kim")
      #expect(stopped.status == 200)
      #expect(stopped.json["export"]?["statusName"] == "stopped")
      #expect(stopped.json["export"]?["isPublished"] == false)
      #expect(try await bed.server.request("POST", path + "/cancel", as: "kim").status == 409)
      #expect(try await bed.server.request("GET", path + "/download", as: "kim").status == 409)
      try await bed.pool.query(
        """
        UPDATE exports SET status = 3, file_size = 1, sha256 = 'x',
          date_expires = '2020-01-01 00:00:00+00'
        """)
      #expect(try await bed.server.request("GET", path + "/download", as: "kim").status == 410)
      let shown = try await bed.server.request("GET", path, as: "kim").json["export"]
      #expect(shown?["statusName"] == "expired")
      #expect(shown?["downloadUrl"] == .null)
      let deleted = try await bed.server.request("DELETE", path + "/delete", as: "kim")
      #expect(deleted.json["export"]?["id"] == .null)
      #expect(try await bed.server.request("GET", path, as: "kim").status == 404)
      #expect(try await bed.server.request("GET", path + "/download", as: "kim").status == 404)
    }
  }

  @Test(
    "EXP-01, EXP-09: invalid options are refused by name, and make no export",
    arguments: [
      (#"{"format":"pdf"}"#, "format", "csv, xlsx, jsonl"),
      (#"{"columns":["email","nosuch"]}"#, "columns", "nosuch"),
      (#"{"columns":"email,email"}"#, "columns", "twice"),
      (#"{"ids":["1","x"]}"#, "ids", "\"x\""), (#"{"segment":"vip"}"#, "segment", "id"),
      (#"{"segment":99}"#, "segment", "99"), (#"{"object":"company"}"#, "object", "contact"),
      (#"{"orderBy":"nosuch"}"#, "orderBy", "nosuch"), (#"{"raw":"perhaps"}"#, "raw", "true"),
      (#"{"where":[{"col":"nosuch","expr":"eq","val":"1"}]}"#, "where", "nosuch"),
      (#"{"format":"xlsx","gzip":true}"#, "gzip", "xlsx"),
    ])
  func refusals(_ body: String, _ member: String, _ word: String) async throws {
    try await APIBed.with { bed in
      try await Self.people(bed, 1)
      let answer = try await Self.create(bed, body)
      #expect(answer.status == 400)
      #expect(answer.error["details"]?[member] != nil, "\(answer.text)")
      #expect(answer.error["message"]?.text?.contains(word) == true, "\(answer.text)")
      #expect(try await bed.pool.query("SELECT FROM exports").isEmpty)
    }
  }

  @Test("EXP-15: an export of no contacts is an error; an empty list of ids is none, not all")
  func nobody() async throws {
    try await APIBed.with { bed in
      try await Self.people(bed, 1)
      for body in [#"{"search":"city:nowhere"}"#, #"{"ids":[]}"#, #"{"ids":[77]}"#] {
        let answer = try await Self.create(bed, body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["type"] == "nothing_to_export")
      }
    }
  }

  @Test("Idempotency-Key: the same request twice is one export (API page, 11.1)")
  func twice() async throws {
    try await APIBed.with { bed in
      try await Self.people(bed, 1)
      for _ in 0..<2 {
        let answer = try await bed.server.request(
          "POST", "/api/exports/new",
          headers: ["Idempotency-Key: k", "Content-Type: application/json"],
          body: Array("{}".utf8))
        #expect(answer.status == 202)
      }
      #expect(try await bed.pool.query("SELECT FROM exports").count == 1)
    }
  }

  @Test("EXP-10, case 2: a raw export imported again changes nothing")
  func roundTrip() async throws {
    try await APIBed.with(withWorker: true) { bed in
      try await Self.people(bed, 3)
      try await bed.pool.query(
        """
        INSERT INTO contacts (email, firstname, lastname, phone, points, attribution,
          attribution_date, last_active, country, date_added, date_identified)
        VALUES ('odd@example.com', '=1+1', E'two\\nlines, "quoted" \\\\', '+49 30 1', 7, 1234.50,
          '2024-03-01 09:30:00+00', '2024-03-02 00:00:00+00', 'Germany', '2024-01-01 00:00:00+00',
          '2024-01-01 00:00:00+00')
        """)
      let dump: @Sendable () async throws -> [String] = {
        try await bed.pool.query("SELECT row_to_json(contacts)::text FROM contacts ORDER BY id")
          .map { try $0.decode(at: 0, as: String.self) }
      }
      let before = try await dump()
      #expect(try await Self.create(bed, #"{"raw":true}"#).status == 202)
      #expect(try await Self.end(bed, 1)["rowCount"] == 4)
      let file = try await bed.server.request("GET", "/api/exports/1/download", as: "kim")
      let sent = try await bed.server.request(
        "POST", "/api/imports?originalFile=again.csv", headers: ["Content-Type: text/csv"],
        body: file.body)
      #expect(sent.status == 202, "\(sent.text)")
      if sent.json["import"]?["statusName"] == "draft" {
        #expect(try await bed.server.request("POST", "/api/imports/1/start").status == 202)
      }
      let end = try await bed.end(of: 1)
      #expect(end["statusName"] == "imported", "\(end)")
      #expect(end["updatedCount"] == 4, "\(end)")
      #expect(end["ignoredCount"] == 0)
      #expect(try await dump() == before)
    }
  }

  @Test("EXP-19: a single contact as alias and value")
  func oneContact() async throws {
    try await APIBed.with { bed in
      try await Self.people(bed, 1)
      try await bed.pool.query("UPDATE contacts SET lastname = '=x', points = -4")
      let csv = try await bed.server.request("GET", "/api/contacts/1/export", as: "kim")
      #expect(csv.status == 200, "\(csv.text)")
      #expect(csv.headers["content-disposition"] == "attachment; filename=\"contact_1.csv\"")
      #expect(csv.text.hasPrefix("alias,value\r\nid,1\r\n"))
      #expect(csv.text.contains("\r\nemail,user1@example.com\r\n"))
      #expect(csv.text.contains("\r\nlastname,'=x\r\n"))
      let raw = try await bed.server.request("GET", "/api/contacts/1/export?raw=1&format=csv")
      #expect(raw.text.contains("\r\nlastname,=x\r\n"))
      let workbook = try await bed.server.request("GET", "/api/contacts/1/export?format=xlsx")
      #expect(Array(workbook.body.prefix(2)) == Array("PK".utf8))
      #expect(
        try await bed.server.request("GET", "/api/contacts/1/export?format=pdf").status == 400)
      #expect(try await bed.server.request("GET", "/api/contacts/9/export").status == 404)
    }
  }
}
