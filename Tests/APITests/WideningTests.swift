import Foundation
import Postgres
import TestSupport
import Testing

@testable import API

/// What a client means must not become more, or go to somebody else, than it says.
@Suite struct WideningTests {
  @Test(
    "A search that has nothing to search for is 400, and so is an export or a bulk action of it",
    arguments: ["segment:", "ids:", "email:", "\"\"", "segment:\"\"", "tag:()"])
  func emptySearch(search: String) async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...3)
      let query = search.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let list = try await bed.call("GET", "/contacts?search=\(query)")
      #expect(list.status == 400, "\(list.text)")
      #expect(try await bed.call("GET", "/contacts?search=").json["total"] == "3")
      for search in [search, "\(search) is:mine"] {
        let body: API.JSONValue = ["search": .string(search)]
        let export = try await bed.call(
          "POST", "/exports/new", String(decoding: body.rendered, as: UTF8.self))
        #expect(export.status == 400, "\(export.text)")
      }
      #expect(try await bed.texts("SELECT id::text FROM exports") == [])
    }
  }

  @Test("An export refuses members that it does not know, and names them")
  func unknownMembers() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...3)
      for body in [
        #"{"serach":"city:berlin"}"#, #"{"format":"csv","delimeter":";"}"#, #"{"column":["id"]}"#,
      ] {
        let answer = try await bed.call("POST", "/exports/new", body)
        #expect(answer.status == 400, "\(answer.text)")
      }
      let answer = try await bed.call("POST", "/exports/new", #"{"serach":"x","bomb":true}"#)
      #expect(answer.error["details"]?.asObject?.keys.sorted() == ["bomb", "serach"])
      for body in [
        #"{"delimiter":"::"}"#, #"{"delimiter":"a"}"#, #"{"delimiter":";","format":"xlsx"}"#,
        #"{"delimiter":";","format":"jsonl"}"#,
      ] {
        #expect(try await bed.call("POST", "/exports/new", body).status == 400, "\(body)")
      }
    }
  }

  @Test("Columns of segments and of the primary company, with another delimiter")
  func columns() async throws {
    try await APIBed.with(withWorker: true) { bed in
      let a = try await bed.contact(#"{"email":"a@x.test","company":"Acme; Ltd"}"#)
      _ = try await bed.contact(#"{"email":"b@x.test"}"#)
      try await bed.pool.query(
        "UPDATE companies SET companycity = 'Linz', companyannual_revenue = 5.5")
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, is_global, created_by, date_added)
        VALUES (1, 'VIP', 'VIP', 'vip', true, 1, now()), (2, 'All', 'All', 'all', true, 1, now()),
          (3, 'Secret', 'Secret', 'secret', false, 1, now()),
          (4, 'Left', 'Left', 'left', true, 1, now())
        """)
      try await bed.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, manually_added, manually_removed, date_added)
        SELECT \(a), s, s < 4, s = 4, now() FROM generate_series(1, 4) AS s
        """)
      for (user, segments) in [("kim", "All|VIP"), ("admin", "All|Secret|VIP")] {
        let made = try await bed.server.request(
          "POST", "/api/exports/new", as: user, headers: ["Content-Type: application/json"],
          body: Array(
            #"{"columns":["email","segments","companyname","companycity","companyannual_revenue"],"delimiter":";"}"#
              .utf8))
        #expect(made.status == 202, "\(made.text)")
        let id = made.json["export"]?["id"]?.integer ?? 0
        #expect(made.json["export"]?["delimiter"] == ";")
        _ = try await eventually(within: .seconds(60)) {
          try await bed.server.request("GET", "/api/exports/\(id)", as: user).json["export"]?[
            "statusName"] == "ready"
        }
        let file = try await bed.server.request("GET", "/api/exports/\(id)/download", as: user)
        #expect(
          file.text
            == "email;segments;companyname;companycity;companyannual_revenue\r\n"
            + "a@x.test;\(segments);\"Acme; Ltd\";Linz;5.5\r\nb@x.test;;;;\r\n", "\(user)")
      }
    }
  }

  @Test("CON-11: changes by the id of a contact that was merged away go to the winner")
  func oldIDs() async throws {
    try await APIBed.with { bed in
      let winner = try await bed.contact(#"{"email":"w@x.test"}"#)
      let loser = try await bed.contact(#"{"email":"l@x.test"}"#)
      let first = try await bed.contact(#"{"email":"f@x.test"}"#)
      #expect(try await bed.call("POST", "/contacts/\(loser)/merge/\(first)").status == 200)
      #expect(try await bed.call("POST", "/contacts/\(winner)/merge/\(loser)").status == 200)
      let total = try await bed.text("SELECT count(*)::text FROM contacts")
      for (number, old) in [loser, first].enumerated() {
        for method in ["PATCH", "PUT"] {
          let one = try await bed.call(
            method, "/contacts/\(old)/edit", #"{"email":"w@x.test","city":"\#(method)\#(number)"}"#)
          #expect(one.status == 200, "\(one.text)")
          #expect(one.contact["id"] == .int(winner))
          #expect(one.contact.field("city") == .string("\(method)\(number)"))
          let batch = try await bed.call(
            method, "/contacts/batch/edit",
            #"[{"id":\#(old),"email":"w@x.test","city":"batch \#(method)"}]"#)
          #expect(batch.json["statusCodes"] == [200], "\(batch.text)")
          #expect(try await bed.read(winner).field("city") == .string("batch \(method)"))
        }
        for path in ["points/plus/5", "dnc/email/add", "utm/add"] {
          let body = path == "utm/add" ? #"{"utm_source":"x"}"# : "{}"
          let answer = try await bed.call("POST", "/contacts/\(old)/\(path)", body)
          #expect(answer.status < 300, "\(path): \(answer.text)")
        }
      }
      #expect(try await bed.read(winner)["points"] == 5)
      try await bed.pool.query(
        "INSERT INTO segments (id, name, public_name, alias, date_added) VALUES (1, 'A', 'A', 'a', now())"
      )
      #expect(try await bed.call("POST", "/segments/1/contact/\(first)/add", "{}").status == 200)
      #expect(
        try await bed.texts("SELECT contact_id::text FROM segment_members") == ["\(winner)"])
      #expect(try await bed.text("SELECT count(*)::text FROM contacts") == total)
      // Reading and deleting know it no longer.
      #expect(try await bed.call("GET", "/contacts/\(first)").status == 404)
      #expect(try await bed.call("DELETE", "/contacts/\(first)/delete").status == 404)
      #expect(try await bed.call("PATCH", "/contacts/9999/edit", "{}").status == 404)
    }
  }

  @Test("A long text comes back as it was typed")
  func longText() async throws {
    try await APIBed.with { bed in
      try await bed.addField("Memo", .textarea)
      let text = "if x<y; Max <max@acme.test>; see <http://x.test/> & <b>bold</b>"
      let body: API.JSONValue = ["email": "a@x.test", "memo": .string(text)]
      let id = try await bed.contact(String(decoding: body.rendered, as: UTF8.self))
      #expect(try await bed.read(id).field("memo") == .string(text))
    }
  }

  @Test("Countries by other names, in the API, in where and in the search")
  func countries() async throws {
    try await APIBed.with { bed in
      for (number, name) in ["Czechia", "CZ", "Czech Republic", "DE"].enumerated() {
        let made = try await bed.call(
          "POST", "/contacts/new", #"{"email":"\#(number)@x.test","country":"\#(name)"}"#)
        #expect(made.status == 201, "\(made.text)")
      }
      #expect(
        try await bed.texts("SELECT country FROM contacts ORDER BY id")
          == ["Czech Republic", "Czech Republic", "Czech Republic", "Germany"])
      for name in ["Czechia", "Czech%20Republic", "CZ"] {
        let list = try await bed.call(
          "GET", "/contacts?where[0][col]=country&where[0][expr]=eq&where[0][val]=\(name)")
        #expect(list.json["total"] == "3", "\(name): \(list.text)")
        let others = try await bed.call(
          "GET", "/contacts?where[0][col]=country&where[0][expr]=neq&where[0][val]=\(name)")
        #expect(others.json["total"] == "1")
      }
      #expect(try await bed.call("GET", "/contacts?search=country:Czechia").json["total"] == "3")
      #expect(try await bed.call("GET", "/contacts?search=country:ger").json["total"] == "1")
      #expect(
        try await bed.call("POST", "/contacts/new", #"{"email":"x@x.test","country":"Atlantis"}"#)
          .status == 400)
    }
  }
}
