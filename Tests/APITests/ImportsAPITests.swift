import Foundation
import TestSupport
import Testing

@testable import API
@testable import Campaigns

@Suite("/api/imports")
struct ImportsAPITests {
  private static let csv = "E-mail,First\nkim@example.com,Kim\nlee@example.com,Lee\nbad,Bad\n"
  private static let options =
    #"{"originalFile":"people.csv","fields":{"E-mail":"email","First":"firstname"}}"#

  @Test("One request with options and file, to the end: counts, contacts, failed rows")
  func form() async throws {
    try await APIBed.with(withWorker: true) { bed in
      let created = try await bed.server.request(
        "POST", "/api/imports/new", headers: ["Content-Type: multipart/form-data; boundary=xx"],
        body: Self.form(options: Self.options, file: Self.csv))
      #expect(created.status == 202, "\(created.text)")
      #expect(created.headers["location"] == "/api/imports/1")
      let entity = created.json["import"]
      #expect(entity?["originalFile"] == "people.csv")
      #expect(entity?["lineCount"] == 3)
      #expect(entity?["headers"] == ["E-mail", "First"])
      #expect(entity?["properties"]?["fields"] == ["E-mail": "email", "First": "firstname"])
      #expect(entity?["createdByUser"] == "Ada Admin")

      let end = try await bed.end(of: 1)
      #expect(end["status"] == 3)
      #expect(end["insertedCount"] == 2)
      #expect(end["ignoredCount"] == 1)
      #expect(end["processedCount"] == 3)
      #expect(end["progress"] == 100)

      let contacts = try await bed.server.request("GET", "/api/contacts?search=import_id:1")
      #expect(contacts.json["total"] == "2")

      let failed = try await bed.server.request("GET", "/api/imports/1/failed")
      #expect(failed.headers["content-type"] == "text/csv; charset=utf-8")
      #expect(failed.text.hasPrefix("E-mail,First,_line,_error\r\nbad,Bad,4,"))
      let rows = try await bed.server.request("GET", "/api/imports/1/failed?format=json").json
      #expect(rows["total"] == 1)
      if case .array(let items)? = rows["rows"] {
        #expect(items[0]["line"] == 4)
        #expect(items[0]["data"] == ["E-mail": "bad", "First": "Bad"])
      }
      let deleted = try await bed.server.request("DELETE", "/api/imports/1/delete")
      #expect(deleted.status == 200)
      #expect(deleted.json["import"]?["id"] == .null)
      #expect(try await bed.server.request("GET", "/api/imports/1").status == 404)
    }
  }

  @Test("The file alone, with the options in the query and gzip")
  func raw() async throws {
    try await APIBed.with { bed in
      let path = "/api/imports?originalFile=a.csv&mapping[email]=E-mail&autoStart=0"
      let created = try await bed.server.request(
        "POST", path, headers: ["Content-Type: text/csv; charset=utf-8", "Content-Encoding: gzip"],
        body: try Gzip.pack(Self.csv))
      #expect(created.status == 202, "\(created.text)")
      #expect(created.json["import"]?["statusName"] == "draft")
      #expect(created.json["import"]?["properties"]?["fields"] == ["E-mail": "email"])

      let preview = try await bed.server.request("GET", "/api/imports/1/preview").json
      #expect(preview["headers"] == ["E-mail", "First"])
      if case .array(let rows)? = preview["rows"] {
        #expect(rows.first == ["kim@example.com", "Kim"])
      }
      let edited = try await bed.server.request(
        "PATCH", "/api/imports/1/edit", headers: ["Content-Type: application/json"],
        body: Array(#"{"fields":{"E-mail":"email","First":"lastname"},"priority":1}"#.utf8))
      #expect(edited.status == 200, "\(edited.text)")
      #expect(edited.json["import"]?["priority"] == 1)
      let started = try await bed.server.request("POST", "/api/imports/1/start")
      #expect(started.status == 202)
      #expect(started.json["import"]?["statusName"] == "queued")
      #expect(try await bed.server.request("POST", "/api/imports/1/start").status == 409)
      let stopped = try await bed.server.request("POST", "/api/imports/1/stop")
      #expect(stopped.json["import"]?["isPublished"] == false)
      #expect(try await bed.server.request("POST", "/api/imports/1/resume").status == 202)
      let cancelled = try await bed.server.request("POST", "/api/imports/1/cancel")
      #expect(cancelled.json["import"]?["status"] == 5)
      #expect(cancelled.json["import"]?["cancelled"] == true)
      #expect(try await bed.server.request("POST", "/api/imports/1/resume").status == 409)
    }
  }

  @Test("First the options, then the file")
  func twoSteps() async throws {
    try await APIBed.with { bed in
      let created = try await bed.server.request(
        "POST", "/api/imports/new", headers: ["Content-Type: application/json"],
        body: Array(Self.options.utf8))
      #expect(created.status == 202)
      #expect(created.json["import"]?["status"] == 8)
      #expect(created.json["import"]?["links"]?["upload"] == "/api/imports/1/file")
      #expect(created.json["import"]?["progress"] == .null)
      let uploaded = try await bed.server.request(
        "PUT", "/api/imports/1/file", headers: ["Content-Type: text/csv"],
        body: Array(Self.csv.utf8))
      #expect(uploaded.status == 202, "\(uploaded.text)")
      #expect(uploaded.json["import"]?["statusName"] == "queued")
      let again = try await bed.server.request(
        "PUT", "/api/imports/1/file", headers: ["Content-Type: text/csv"],
        body: Array(Self.csv.utf8))
      #expect(again.status == 409)

      let shown = try await bed.server.request("GET", "/api/imports/1")
      #expect(shown.headers["retry-after"] == "2")
      let tag = try #require(shown.headers["etag"])
      let unchanged = try await bed.server.request(
        "GET", "/api/imports/1", headers: ["If-None-Match: \(tag)"])
      #expect(unchanged.status == 304)
      #expect(unchanged.body.isEmpty)
      let list = try await bed.server.request("GET", "/api/imports?search=is:queued").json
      #expect(list["total"] == 1)
      #expect(try await bed.server.request("GET", "/api/imports?status=3").json["total"] == 0)
      #expect(try await bed.server.request("GET", "/api/imports?status=x").status == 400)
    }
  }

  @Test("IMP-01: upload a draft, look at it, choose mapping, segment, owner and tags, start")
  func steps() async throws {
    try await APIBed.with(withWorker: true) { bed in
      _ = try await bed.make("/api/segments", #"{"name":"Readers"}"#, "list")
      let draft = try await bed.server.request(
        "POST", "/api/imports/new?autoStart=0", headers: ["Content-Type: text/csv"],
        body: Array("Mail,Name\nkim@example.com,Kim\n".utf8))
      #expect(draft.status == 202 && draft.json["import"]?["statusName"] == "draft")
      let preview = try await bed.send("GET", "/api/imports/1/preview")
      #expect(preview.json["headers"] == ["Mail", "Name"])
      let chosen = try await bed.send(
        "PATCH", "/api/imports/1/edit",
        #"{"fields":{"Mail":"email","Name":"firstname"},"#
          + #""defaults":{"list":1,"owner":2,"tags":["spring"]}}"#)
      #expect(chosen.status == 200, "\(chosen.text)")
      #expect(try await bed.send("POST", "/api/imports/1/start").status == 202)
      #expect(try await bed.end(of: 1)["insertedCount"] == 1)
      let contact = try await bed.send("GET", "/api/contacts/1").json["contact"]
      #expect(contact?["fields"]?["all"]?["firstname"] == "Kim")
      #expect(contact?["owner"]?["id"] == 2)
      #expect(contact?["tags"]?.elements?.map { $0["tag"] } == ["spring"])
      let members = try await bed.send("GET", "/api/contacts?search=segment:readers")
      #expect(members.json["total"] == "1")
    }
  }

  @Test("IMP-20 to IMP-23: in the foreground the client polls a manual import, which may be left")
  func foreground() async throws {
    try await APIBed.with { bed in
      func post(_ query: String, rows: Int = 2) async throws -> API.JSONValue? {
        let file = "email\n" + (1...rows).map { "p\($0)@example.com\n" }.joined()
        let answer = try await bed.server.request(
          "POST", "/api/imports/new\(query)", headers: ["Content-Type: text/csv"],
          body: Array(file.utf8))
        #expect(answer.status == 202, "\(answer.text)")
        return answer.json["import"]
      }
      let watched = try await post("?background=0")
      #expect(watched?["status"] == 6 && watched?["statusName"] == "manual")
      #expect(watched?["properties"]?["background"] == false)
      #expect(try await post("")?["statusName"] == "queued")
      #expect(try await post("?background=false", rows: 1_001)?["statusName"] == "queued")
      let poll = try await bed.send("GET", "/api/imports/1")
      #expect(poll.headers["retry-after"] == "1" && poll.json["import"]?["progress"] == 0)
      #expect(try await bed.send("GET", "/api/imports?status=manual").json["total"] == 1)
      let left = try await bed.send("POST", "/api/imports/1/background")
      #expect(left.status == 202 && left.json["import"]?["statusName"] == "queued")
      #expect(left.json["import"]?["properties"]?["background"] == true)
      #expect(try await bed.send("POST", "/api/imports/1/background").status == 409)
      #expect(try await bed.send("POST", "/api/imports/99/background").status == 404)
      let draft = try await bed.server.request(
        "POST", "/api/imports/new?autoStart=0", headers: ["Content-Type: text/csv"],
        body: Array(Self.csv.utf8))
      let id = try #require(draft.json["import"]?["id"]?.integer)
      _ = try await bed.send("PATCH", "/api/imports/\(id)/edit", Self.options)
      let started = try await bed.send(
        "POST", "/api/imports/\(id)/start", #"{"background":false}"#)
      #expect(started.json["import"]?["statusName"] == "manual", "\(started.text)")
      let refused = try await bed.send("POST", "/api/imports/new", #"{"background":"perhaps"}"#)
      #expect(refused.error["details"]?["background"] != nil)
    }
  }

  @Test(
    "IMP-57, IMP-59: who is imported into a campaign's segment enters it; the history tells both")
  func campaigns() async throws {
    try await APIBed.with(withWorker: true) { bed in
      _ = try await bed.make("/api/segments", #"{"name":"Readers"}"#, "list")
      let campaign = try await bed.campaign(Event.points("new1"))
      _ = try await bed.send("PATCH", "/api/campaigns/\(campaign)/edit", #"{"isPublished":true}"#)
      _ = try await bed.make(
        "/api/contacts", #"{"email":"kim@example.com","firstname":"K"}"#, "contact")
      let options = Self.options.dropLast() + #","defaults":{"list":1}}"#
      _ = try await bed.server.request(
        "POST", "/api/imports/new", headers: ["Content-Type: multipart/form-data; boundary=xx"],
        body: Self.form(options: String(options), file: Self.csv))
      #expect(try await bed.end(of: 1)["statusName"] == "imported")
      // As a scheduler does every few seconds.
      try await bed.campaigns.runtime.jobs.enqueue(ReconcileCampaigns())
      #expect(
        try await eventually(within: .seconds(20)) {
          let members = try await bed.send("GET", "/api/campaigns/\(campaign)/members")
          return members.json["total"] == 2
        })
      let members = try await bed.send("GET", "/api/campaigns/\(campaign)/members").json["members"]
      #expect(members?.elements?.allSatisfy { $0["manuallyAdded"] == false } == true)
      let contacts = try await bed.send("GET", "/api/contacts?search=import_id:1").json["contacts"]
      for (name, action) in [("Kim", "updated"), ("Lee", "inserted")] {
        let contact = try #require(
          contacts?.asObject?.members.first {
            $0.value["fields"]?["all"]?["firstname"] == .string(name)
          }
        ).value
        let id = try #require(contact["id"]?.integer)
        #expect(contact["points"] == 1)
        let events = try await bed.send("GET", "/api/contacts/\(id)/activity").json["events"]
        let imported = try #require(events?.elements?.filter { $0["event"] == "lead.imported" })
        #expect(imported.count == 1)
        #expect(imported.first?["details"]?["file"] == "people.csv")
        #expect(imported.first?["details"]?["action"] == .string(action))
        #expect(imported.first?["details"]?["importId"] == 1)
        #expect(events?.elements?.contains { $0["event"] == "campaign_membership" } == true)
      }
    }
  }

  @Test("IMP-70: the list, by object, is searched and ordered")
  func list() async throws {
    try await APIBed.with { bed in
      for (user, name) in [("admin", "b.csv"), ("kim", "a.csv"), ("admin", "c.csv")] {
        let created = try await bed.server.request(
          "POST", "/api/imports", as: user, headers: ["Content-Type: application/json"],
          body: Array(#"{"originalFile":"\#(name)"}"#.utf8))
        #expect(created.status == 202, "\(created.text)")
      }
      try await bed.pool.query("UPDATE imports SET is_published = false WHERE id = 3")
      let queries: [(String, [JSONValue])] = [
        ("", [3, 2, 1]), ("search=ids:1,2", [2, 1]), ("search=is:mine", [3, 1]),
        ("search=is:published", [2, 1]), ("search=is:unpublished", [3]),
        ("publishedOnly=1", [2, 1]), ("search=is:mine%20is:published", [1]),
        ("search=A.csv", [2]), ("search=is:uploading", [3, 2, 1]),
        ("orderBy=originalFile", [2, 1, 3]),
        ("orderBy=i.original_file&orderByDir=desc", [3, 1, 2]),
        ("orderBy=createdBy,id", [1, 3, 2]), ("search=!is:mine%20or%20c.c", [3, 2]),
        ("object=company", []), ("status=uploading&object=contacts", [3, 2, 1]),
        ("where[0][col]=originalFile&where[0][expr]=in&where[0][val]=a.csv,b.csv", [2, 1]),
      ]
      for (query, expected) in queries {
        let list = try await bed.server.request("GET", "/api/imports?\(query)").json
        #expect(list["imports"]?.elements?.compactMap { $0["id"] } == expected, "\(query)")
        #expect(list["total"] == .int(expected.count), "\(query)")
      }
      let unknown = try await bed.server.request("GET", "/api/imports?orderBy=password")
      #expect(unknown.status == 400)
    }
  }

  @Test("IMP-03, IMP-15: unusable files are refused with the position, and leave nothing")
  func refused() async throws {
    try await APIBed.with { bed in
      func post(_ file: String, _ query: String = "") async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/api/imports/new" + query, headers: ["Content-Type: text/csv"],
          body: Array(file.utf8))
      }
      let empty = try await post("")
      #expect(empty.status == 400)
      #expect(empty.error["type"] == "unreadable_file")
      let quotes = try await post("email,firstname\n\"a@example.com,b\n")
      #expect(quotes.status == 400)
      let unknown = try await post("email\na@example.com\n", "?mapping[nofield]=email")
      #expect(unknown.status == 400)
      #expect(unknown.error["details"]?["fields.email"] != nil)
      #expect(try await post("x,y\n1,2\n").error["type"] == "mapping")
      #expect(try await post(Self.csv, "?priority=abc").error["details"]?["priority"] != nil)
      #expect(try await post(Self.csv, "?object=thing").status == 400)
      let late = try await bed.server.request(
        "POST", "/api/imports/new", headers: ["Content-Type: multipart/form-data; boundary=xx"],
        body: Self.form(options: nil, file: Self.csv, last: "options"))
      #expect(late.status == 400)
      let none = try await bed.server.request(
        "POST", "/api/imports/new", headers: ["Content-Type: multipart/form-data; boundary=xx"],
        body: Self.form(options: Self.options, file: nil))
      #expect(none.status == 406)
      // IMP-03
      let form = String(decoding: Self.form(options: Self.options, file: Self.csv), as: UTF8.self)
      let picture = try await bed.server.request(
        "POST", "/api/imports/new", headers: ["Content-Type: multipart/form-data; boundary=xx"],
        body: Array(form.replacing("text/csv", with: "image/png").utf8))
      #expect(
        picture.status == 406 && picture.error["message"]?.text?.contains("image/png") == true)
      #expect(
        try await bed.server.request("GET", "/api/imports").text == #"{"total":0,"imports":[]}"#)
    }
  }

  @Test(
    "IMP-04: options that do not exist are refused by their names, and settings come back as read")
  func options() async throws {
    try await APIBed.with { bed in
      let cases = [
        (#"{"parser":{"dateFormat":"d/m/Y"}}"#, "parser.dateFormat"),
        (#"{"parser":{"dateOrder":"dym"}}"#, "parser.dateOrder"),
        (#"{"parser":{"decimalMark":";"}}"#, "parser.decimalMark"),
        (#"{"parser":{"firstLine":0}}"#, "parser.firstLine"),
        (#"{"parser":{"encoding":"koi8-r"}}"#, "parser.encoding"),
        (#"{"defaults":{"segment":4}}"#, "defaults.segment"),
        (#"{"autostart":false}"#, "autostart"),
      ]
      for (body, member) in cases {
        let refused = try await bed.send("POST", "/api/imports/new", body)
        #expect(refused.status == 400, "\(body): \(refused.text)")
        #expect(refused.error["details"]?[member] != nil, "\(body): \(refused.text)")
      }
      let query = try await bed.server.request(
        "POST", "/api/imports/new?parser[tagSeperator]=,", headers: ["Content-Type: text/csv"],
        body: Array(Self.csv.utf8))
      #expect(query.error["details"]?["parser.tagSeperator"] != nil, "\(query.text)")
      #expect(try await bed.send("GET", "/api/imports").json["total"] == 0)

      let draft = try await bed.server.request(
        "POST",
        "/api/imports/new?autoStart=0&parser[dateOrder]=DMY&parser[decimalMark]=,&parser[firstLine]=2",
        headers: ["Content-Type: text/csv"], body: Array("People\nk@example.com;Kim\n".utf8))
      let parser = draft.json["import"]?["properties"]?["parser"]
      #expect(parser?["header"] == false, "\(draft.text)")
      #expect(
        parser?["firstLine"] == 2 && parser?["dateOrder"] == "dmy" && parser?["decimalMark"] == ",")
      #expect(draft.json["import"]?["headers"] == ["column_1", "column_2"])
      let edited = try await bed.send(
        "PATCH", "/api/imports/1/edit", #"{"parser":{"dateOrder":"mdy","delimiter":";"}}"#)
      #expect(
        edited.json["import"]?["properties"]?["parser"]?["dateOrder"] == "mdy", "\(edited.text)")
      let whole = String(decoding: try #require(edited.json["import"]).rendered, as: UTF8.self)
      #expect(try await bed.send("PATCH", "/api/imports/1/edit", whole).status == 200)
      let late = try await bed.send("PATCH", "/api/imports/1/edit", #"{"parser":{"firstLine":3}}"#)
      #expect(late.status == 400 && late.text.contains("dateOrder"), "\(late.text)")
    }
  }

  @Test("An upload that breaks off leaves nothing that starts", arguments: [true, false])
  func cutOff(isForm: Bool) async throws {
    try await APIBed.with { bed in
      var connection: RawConnection? = try bed.server.connect()
      let type = isForm ? "multipart/form-data; boundary=xx" : "text/csv"
      try await connection?.send(
        TestServer.head(
          "POST", "/api/imports/new", headers: ["Content-Type: \(type)"], length: 1_000_000))
      let whole = isForm ? Self.form(options: Self.options, file: Self.csv) : Array(Self.csv.utf8)
      try await connection?.send(Array(whole.dropLast(20)))
      // Its row is there while it uploads, and gone when it broke off.
      let count = { try await bed.pool.query("SELECT FROM imports").count }
      #expect(try await eventually { try await count() == 1 })
      connection = nil
      #expect(try await eventually { try await count() == 0 })
    }
  }

  @Test("Fields that can be mapped")
  func fields() async throws {
    try await APIBed.with { bed in
      let fields = try await bed.server.request("GET", "/api/imports/fields").json
      guard case .array(let items)? = fields["fields"] else {
        Issue.record("no list")
        return
      }
      let email = items.first { $0["alias"] == "email" }
      #expect(email?["isUniqueIdentifier"] == true)
      #expect(email?["type"] == "email")
      #expect(items.contains { $0["alias"] == "tags" })
      let companies = try await bed.server.request("GET", "/api/imports/fields?object=company")
      #expect(companies.status == 200)
      #expect(try await bed.server.request("GET", "/api/imports/fields?object=x").status == 400)
    }
  }

  static func form(options: String?, file: String?, last: String? = nil) -> [UInt8] {
    var text = ""
    if let options {
      text += "--xx\r\nContent-Disposition: form-data; name=\"options\"\r\n"
      text += "Content-Type: application/json\r\n\r\n\(options)\r\n"
    }
    if let file {
      text += "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n"
      text += "Content-Type: text/csv\r\n\r\n\(file)\r\n"
    }
    if let last { text += "--xx\r\nContent-Disposition: form-data; name=\"\(last)\"\r\n\r\n{}\r\n" }
    return Array((text + "--xx--\r\n").utf8)
  }
}
