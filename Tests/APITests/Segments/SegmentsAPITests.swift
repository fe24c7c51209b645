import Foundation
import Postgres
import Testing

@testable import API

@Suite("/api/segments (API page, 8.3)")
struct SegmentsAPITests {
  private static let filter = #"""
    {"glue":"and","field":"email","object":"lead","type":"email","operator":"like",\#
    "properties":{"filter":"*@gmail.com","display":null}}
    """#

  private static func send(
    _ bed: APIBed, _ method: String, _ path: String, as user: String = "admin", _ body: String = ""
  ) async throws -> RawResponse {
    try await bed.server.request(
      method, "/api/segments" + path, as: user, headers: ["Content-Type: application/json"],
      body: Array(body.utf8))
  }

  @Test("Creation answers the whole entity, exactly")
  func create() async throws {
    try await APIBed.with { (bed) async throws in
      let answer = try await Self.send(
        bed, "POST", "/new",
        #"{"name":"Gmail","description":"<b>all</b>","id":99,"unknown":{},"filters":[\#(Self.filter)]}"#
      )
      #expect(answer.status == 201)
      #expect(answer.headers["location"] == "/api/segments/1")
      let list = try #require(answer.json["list"])
      guard case .object(let members) = list else { return }
      #expect(
        members.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "publicName", "alias", "description", "category",
          "filters", "isGlobal", "isPreferenceCenter",
        ])
      #expect(list["publicName"] == "Gmail" && list["alias"] == "gmail")
      #expect(list["createdByUser"] == "Ada Admin" && list["dateModified"] == .null)
      #expect(answer.text.contains(#""filters":[\#(Self.filter)]"#))
      #expect(list["isGlobal"] == true && list["isPreferenceCenter"] == false)
      #expect(try await Self.send(bed, "GET", "/1").text == answer.text)
    }
  }

  /// API page, quirk 12.
  @Test("Filters have copies of value and label once an edit carried them, and keep them")
  func outputForms() async throws {
    try await APIBed.with { (bed) async throws in
      let old =
        #"{"field":"city","object":"lead","type":"text","operator":"=","filter":"Oslo","display":null}"#
      let made = try await Self.send(bed, "POST", "/new", #"{"name":"A","filters":[\#(old)]}"#)
      let canonical =
        #"{"field":"city","object":"lead","type":"text","operator":"=","#
        + #""properties":{"filter":"Oslo","display":null}}"#
      #expect(made.text.contains(#""filters":[\#(canonical)]"#))
      _ = try await Self.send(bed, "PATCH", "/1/edit", #"{"name":"B"}"#)
      #expect(try await Self.send(bed, "GET", "/1").text.contains(#""filters":[\#(canonical)]"#))

      let edited = try await Self.send(
        bed, "PATCH", "/1/edit",
        #"{"filters":[{"glue":"or","field":"city","object":"lead","type":"text","operator":"=","properties":{"filter":"Bergen"}}]}"#
      )
      let copies =
        #"{"glue":"and","field":"city","object":"lead","type":"text","operator":"=","#
        + #""properties":{"filter":"Bergen"},"filter":"Bergen","display":null}"#
      #expect(edited.status == 200)
      #expect(edited.text.contains(#""filters":[\#(copies)]"#))
      // The whole entity sent back changes nothing.
      let whole = try #require(edited.json["list"])
      let again = try await Self.send(
        bed, "PATCH", "/1/edit", String(decoding: whole.rendered, as: UTF8.self))
      #expect(again.status == 200 && again.json["list"]?["filters"] == whole["filters"])
      let none = try await Self.send(bed, "PATCH", "/1/edit", #"{"name":"C","filters":null}"#)
      #expect(none.json["list"]?["filters"] == whole["filters"])
    }
  }

  @Test("Forms with brackets mean the same as JSON")
  func forms() async throws {
    try await APIBed.with { (bed) async throws in
      let form =
        "name=Sam+%26+Sons&isGlobal=0&filters%5B0%5D%5Bfield%5D=city&filters[0][object]=lead"
        + "&filters[0][type]=text&filters[0][operator]=in&filters[0][properties][filter][]=Oslo"
        + "&filters[0][properties][filter][]=Bergen&category="
      let answer = try await bed.server.request(
        "POST", "/api/segments/new",
        headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(form.utf8))
      #expect(answer.status == 201)
      #expect(answer.json["list"]?["name"] == "Sam & Sons")
      #expect(answer.json["list"]?["isGlobal"] == false)
      #expect(answer.text.contains(#""properties":{"filter":["Oslo","Bergen"]}"#))
    }
  }

  @Test("Refusals are keyed by filter and member; nothing is changed (segments.md 11)")
  func refusals() async throws {
    try await APIBed.with { (bed) async throws in
      let bad = try await Self.send(
        bed, "POST", "/new",
        #"{"name":"","filters":[\#(Self.filter),{"field":"nope","object":"lead","type":"text","operator":"=","properties":{"filter":"x"}}]}"#
      )
      #expect(bad.status == 400)
      guard case .object(let details)? = bad.error["details"] else {
        Issue.record("no details: \(bad.text)")
        return
      }
      #expect(details.keys == ["name", "filters[1].field"])
      #expect(bad.error["message"]?.text?.hasPrefix("name: ") == true)
      _ = try await Self.send(bed, "POST", "/new", #"{"name":"News"}"#)
      let taken = try await Self.send(bed, "POST", "/new", #"{"name":"Other","alias":"news"}"#)
      #expect(taken.status == 400 && taken.error["details"]?["alias"] != nil)
      let category = try await Self.send(bed, "POST", "/new", #"{"name":"Other","category":9}"#)
      #expect(category.status == 500 && category.error["message"] == "Category 9 does not exist")
      let truth = try await Self.send(bed, "POST", "/new", #"{"name":"Other","isGlobal":"maybe"}"#)
      #expect(truth.status == 400 && truth.error["details"]?["isGlobal"] != nil)
      let list = try await Self.send(bed, "GET", "")
      #expect(list.json["total"] == 1)
    }
  }

  @Test("PUT on a missing id creates under a new one; PATCH is 404; DELETE answers with id null")
  func missing() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await Self.send(bed, "PUT", "/77/edit", #"{"name":"New"}"#)
      #expect(made.status == 201 && made.json["list"]?["id"] == 1)
      #expect(try await Self.send(bed, "PATCH", "/77/edit", #"{"name":"New"}"#).status == 404)
      let gone = try await Self.send(bed, "DELETE", "/1/delete")
      #expect(gone.status == 200)
      #expect(gone.json["list"]?["id"] == .null && gone.json["list"]?["name"] == "New")
      #expect(try await Self.send(bed, "GET", "/1").status == 404)
      #expect(try await Self.send(bed, "GET", "").text == #"{"total":0,"lists":[]}"#)
    }
  }

  @Test("Batches: independent items, codes in order, the same name twice (quirks 7 and 26)")
  func batches() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await Self.send(
        bed, "POST", "/batch/new", #"[{"name":"News"},{"name":""},{"name":"News"}]"#)
      #expect(made.status == 201)
      #expect(made.json["statusCodes"] == [201, 400, 201])
      #expect(made.json["lists"]?.elements?.map { $0["alias"] } == ["news", "news1"])
      #expect(made.json["errors"]?["1"]?["code"] == 400)
      let edited = try await Self.send(
        bed, "PATCH", "/batch/edit", #"[{"id":2,"name":"Second"},{"id":9,"name":"x"}]"#)
      #expect(edited.status == 200 && edited.json["statusCodes"] == [200, 404])
      let gone = try await Self.send(bed, "DELETE", "/batch/delete?ids=2,9,1")
      #expect(gone.json["lists"]?.elements?.map { $0["id"] } == [2, 1])
      let all = (0...200).map { #"{"name":"N\#($0)"}"# }.joined(separator: ",")
      #expect(try await Self.send(bed, "POST", "/batch/new", "[\(all)]").status == 500)
    }
  }

  @Test(
    "Unpublishing in use is 422 with the users' names; deletion is not guarded (SEG-90, SEG-91)")
  func inUse() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await Self.send(bed, "POST", "/new", #"{"name":"Base"}"#)
      let user =
        #"{"field":"leadlist","object":"lead","type":"leadlist","operator":"in","properties":{"filter":[1]}}"#
      _ = try await Self.send(bed, "POST", "/new", #"{"name":"User","filters":[\#(user)]}"#)
      for method in ["PATCH", "PUT"] {
        let refused = try await Self.send(
          bed, method, "/1/edit", #"{"name":"Base","isPublished":false}"#)
        #expect(refused.status == 422)
        #expect(refused.error["message"]?.text?.contains("\"User\"") == true)
      }
      #expect(try await Self.send(bed, "GET", "/1").json["list"]?["isPublished"] == true)
      #expect(try await Self.send(bed, "DELETE", "/1/delete").status == 200)
      let state = try await Self.send(bed, "GET", "/2/state").json["state"]
      #expect(state?["error"]?.text?.contains("\"Base\"") == true)
      // SEG-84
      let itself = user.replacing("[1]", with: "[2]")
      let circle = try await Self.send(bed, "PATCH", "/2/edit", #"{"filters":[\#(itself)]}"#)
      #expect(circle.status == 400 && circle.error["details"]?["filters"] != nil)
    }
  }

  @Test("No request can name another user's own segment (segments.md 11)")
  func privateSegments() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.insertContacts(1...2)
      _ = try await Self.send(bed, "POST", "/new", #"{"name":"Own","isGlobal":false}"#)
      for (method, path, body) in [
        ("GET", "/api/contacts?search=segment:own", ""),
        ("GET", "/api/contacts?search=firstname:C+or+!common:own", ""),
        ("POST", "/api/contacts/bulk", #"{"action":"tags","segment":1,"add":"x"}"#),
        ("POST", "/api/contacts/bulk", #"{"action":"tags","search":"!segment:own","add":"x"}"#),
        ("POST", "/api/contacts/bulk", #"{"action":"segments","ids":[1],"add":[1]}"#),
        ("POST", "/api/contacts/bulk", #"{"action":"segments","ids":[1],"remove":"1"}"#),
        ("POST", "/api/exports/new", #"{"search":"segment:own"}"#),
        ("POST", "/api/imports/new", #"{"object":"contact","defaults":{"list":1}}"#),
      ] {
        let refused = try await bed.server.request(
          method, path, as: "kim", headers: ["Content-Type: application/json"],
          body: Array(body.utf8))
        #expect(refused.status == 403, "\(path) \(body): \(refused.text)")
        let allowed = try await bed.server.request(
          method, path, headers: ["Content-Type: application/json"], body: Array(body.utf8))
        #expect(allowed.status != 403, "\(path) \(body): \(allowed.text)")
      }
      let filter =
        #"{"field":"leadlist","object":"lead","type":"leadlist","operator":"in","#
        + #""properties":{"filter":[1]}}"#
      let saved = try await Self.send(
        bed, "POST", "/new", as: "kim", #"{"name":"Spy","filters":[\#(filter)]}"#)
      #expect(saved.status == 400 && saved.error["details"]?["filters[0].filter"] != nil)
      let looked = try await Self.send(
        bed, "POST", "/preview", as: "kim", #"{"filters":[\#(filter)]}"#)
      #expect(looked.status == 400)
    }
  }

  @Test("The list: by name, searched, and without other users' own segments (segments.md 11, 12)")
  func list() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.pool.query(
        """
        INSERT INTO categories (title, alias, bundle, date_added)
        VALUES ('Sales', 'sales', 'segment', '2024-01-01Z')
        """)
      for body in [
        #"{"name":"beta","category":1}"#, #"{"name":"Alpha","isPublished":false}"#,
        #"{"name":"gamma","isGlobal":0,"category":{"id":"1","title":"x"}}"#,
      ] {
        #expect(try await Self.send(bed, "POST", "/new", body).status == 201)
      }
      _ = try await Self.send(bed, "POST", "/new", as: "kim", #"{"name":"Kim's alpha"}"#)
      func names(_ query: String, as user: String = "admin") async throws -> [String] {
        let answer = try await Self.send(bed, "GET", "?" + query, as: user)
        guard case .object(let lists)? = answer.json["lists"] else { return [] }
        #expect(answer.json["total"] == .int(lists.count))
        return lists.members.compactMap { $0.value["name"]?.text }
      }
      #expect(try await names("") == ["Alpha", "beta", "gamma", "Kim's alpha"])
      #expect(try await names("", as: "kim") == ["Alpha", "beta", "Kim's alpha"])
      #expect(try await names("search=is:mine", as: "kim") == ["Kim's alpha"])
      #expect(try await names("search=is:global") == ["Alpha", "beta", "Kim's alpha"])
      #expect(try await names("search=!is:global") == ["gamma"])
      #expect(try await names("search=is:unpublished") == ["Alpha"])
      #expect(try await names("search=is:uncategorized") == ["Alpha", "Kim's alpha"])
      #expect(try await names("search=category:sales") == ["beta", "gamma"])
      #expect(try await names("search=lph") == ["Alpha", "Kim's alpha"])
      #expect(try await names("search=name:kim") == ["Kim's alpha"])
      #expect(try await names("search=ids:3,1") == ["beta", "gamma"])
      #expect(
        try await names("orderBy=id&orderByDir=DESC&publishedOnly=1")
          == ["Kim's alpha", "gamma", "beta"])
      #expect(
        try await names("where[0][col]=isGlobal&where[0][expr]=eq&where[0][val]=0") == ["gamma"])
      #expect(try await Self.send(bed, "GET", "/3", as: "kim").status == 403)
      #expect(
        try await Self.send(bed, "PATCH", "/3/edit", as: "kim", #"{"name":"x"}"#).status == 403)
      #expect(try await Self.send(bed, "GET", "?orderBy=nonsense").status == 400)
      let selected = try await Self.send(bed, "GET", "/1?select[]=name")
      #expect(selected.text == #"{"list":{"id":1,"name":"beta"}}"#)
    }
  }
}
