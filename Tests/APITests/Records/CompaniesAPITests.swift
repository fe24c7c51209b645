import Testing

@testable import API

@Suite("/api/companies (API page, 8.7)")
struct CompaniesAPITests {
  @Test("One company, exactly")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      #expect(
        try await bed.send("GET", "/api/companies").text == #"{"total":"0","companies":{}}"#)
      let created = try await bed.send(
        "POST", "/api/companies/new",
        #"{"companyname":" Acme ","companynumber_of_employees":"12","companyindustry":"Banking","#
          + #""owner":1,"score":5,"unknown":"x"}"#)
      #expect(created.status == 201, "\(created.text)")
      #expect(created.headers["location"] == "/api/companies/1")
      let company = try #require(created.json["company"]?.asObject)
      #expect(
        company.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "fields", "score", "owner",
        ])
      #expect(
        company["fields"]?.asObject?.keys == ["core", "social", "personal", "professional", "all"])
      #expect(company["fields"]?["social"] == [])
      let name = company["fields"]?["core"]?["companyname"]
      #expect(name?["value"] == "Acme" && name?["object"] == "company" && name?["is_fixed"] == "1")
      #expect(company["fields"]?["all"]?["companynumber_of_employees"] == 12)
      #expect(company["score"] == 5 && company["owner"]?["username"] == "admin")
    }
  }

  @Test("CON-36: POST of a known name edits that company with 200, unless force is set")
  func upserts() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make(
        "/api/companies", #"{"companyname":"Acme","companycity":"Linz"}"#, "company")
      let again = try await bed.send(
        "POST", "/api/companies/new", #"{"companyname":"ACME","companycity":"","companyphone":"1"}"#
      )
      #expect(again.status == 200)
      #expect(again.json["company"]?["id"] == 1)
      let all = again.json["company"]?["fields"]?["all"]
      #expect(all?["companycity"] == "Linz" && all?["companyphone"] == "1")
      let forced = try await bed.send(
        "POST", "/api/companies/new", #"{"companyname":"acme","force":1}"#)
      #expect(forced.status == 201 && forced.json["company"]?["id"] != 1)
      #expect(try await bed.send("GET", "/api/companies").json["total"] == "2")
    }
  }

  @Test("Values are checked by their fields; a name is required; nothing is changed")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/companies", #"{"companyname":"Acme"}"#, "company")
      let bad: [(String, String)] = [
        ("{}", "companyname"), (#"{"companyname":""}"#, "companyname"),
        (#"{"companyname":"x","companyemail":"no"}"#, "companyemail"),
        (#"{"companyname":"x","companyindustry":"Piracy"}"#, "companyindustry"),
        (#"{"companyname":"x","companyannual_revenue":"much"}"#, "companyannual_revenue"),
        (#"{"companyname":"x","owner":99}"#, "owner"),
        (#"{"companyname":"x","owner":"me"}"#, "owner"),
        (#"{"companyname":"x","score":1e12}"#, "score"),
        (#"{"companyname":{"a":1}}"#, "companyname"),
        (#"{"companyname":"\#(String(repeating: "x", count: 192))"}"#, "companyname"),
      ]
      for (body, member) in bad {
        let refused = try await bed.send("POST", "/api/companies/new", body)
        #expect(refused.status == 400, "\(body.prefix(60)): \(refused.text)")
        #expect(refused.error["details"]?[member] != nil, "\(body.prefix(60)): \(refused.text)")
      }
      let erased = try await bed.send(
        "PATCH", "/api/companies/1/edit", #"{"companyname":"","overwriteWithBlank":1}"#)
      #expect(erased.status == 400)
      #expect(
        try await bed.send("PUT", "/api/companies/1/edit", #"{"companycity":"x"}"#).status == 400)
      #expect(try await bed.send("GET", "/api/companies").json["total"] == "1")
    }
  }

  @Test("PATCH keeps what it does not name, and blanks; PUT clears what it does not name")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make(
        "/api/companies",
        #"{"companyname":"Acme","companycity":"Linz","companyfax":"2","score":7,"owner":1}"#,
        "company")
      let patched = try await bed.send(
        "PATCH", "/api/companies/1/edit", #"{"companycity":"","companyphone":"1"}"#
      ).json["company"]
      #expect(patched?["fields"]?["all"]?["companycity"] == "Linz")
      let erased = try await bed.send(
        "PATCH", "/api/companies/1/edit", #"{"companycity":"","overwriteWithBlank":true}"#
      ).json["company"]
      #expect(erased?["fields"]?["all"]?["companycity"] == .null && erased?["score"] == 7)
      let put = try await bed.send("PUT", "/api/companies/1/edit", #"{"companyname":"Acme"}"#)
        .json["company"]
      #expect(put?["fields"]?["all"]?["companyfax"] == .null)
      #expect(put?["score"] == 0 && put?["owner"] == .null)
      let made = try await bed.send("PUT", "/api/companies/99/edit", #"{"companyname":"acme"}"#)
      #expect(made.status == 201 && made.json["company"]?["id"] == 2)
      #expect(try await bed.send("PATCH", "/api/companies/99/edit", "{}").status == 404)
      #expect(try await bed.audited("update", "company") == 3)
    }
  }

  @Test(
    "CON-117: words are found anywhere in name, e-mail, city, state, country; fields by their alias"
  )
  func searches() async throws {
    try await APIBed.with { (bed) async throws in
      for body in [
        #"{"companyname":"Acme Corp","companycity":"Linz"}"#,
        #"{"companyname":"Globex","companycity":"Springfield","owner":1}"#,
        #"{"companyname":"Initech","companyemail":"info@linzer.at","score":4}"#,
      ] { _ = try await bed.make("/api/companies", body, "company") }
      func ids(_ query: String) async throws -> [String] {
        let response = try await bed.send("GET", "/api/companies?\(query)")
        #expect(response.status == 200, "\(query): \(response.text)")
        return response.json["companies"]?.asObject?.keys ?? []
      }
      #expect(try await ids("search=linz") == ["1", "3"])
      #expect(try await ids("search=companycity:field") == ["2"])
      #expect(try await ids("search=name:corp") == ["1"])
      #expect(try await ids("search=is:mine") == ["2"])
      #expect(try await ids("search=!linz") == ["2"])
      #expect(try await ids("orderBy=companyname&orderByDir=DESC") == ["3", "2", "1"])
      #expect(try await ids("where[0][col]=score&where[0][expr]=gt&where[0][val]=3") == ["3"])
      #expect(
        try await bed.send("GET", "/api/companies/1?select[]=score").text
          == #"{"company":{"id":1,"score":0}}"#)
    }
  }

  @Test("CON-31…33, CON-38: contacts are added, removed, and left when the company goes")
  func members() async throws {
    try await APIBed.with { (bed) async throws in
      for name in ["Acme", "Globex"] {
        _ = try await bed.make("/api/companies", #"{"companyname":"\#(name)"}"#, "company")
      }
      try await bed.pool.query("INSERT INTO contacts (id, date_added) VALUES (5, '2024-01-01Z')")
      func company() async throws -> JSONValue? {
        try await bed.send("GET", "/api/contacts/5").json["contact"]?["fields"]?["all"]?["company"]
      }
      let added = try await bed.send("POST", "/api/companies/1/contact/5/add")
      #expect(added.status == 200 && added.text == #"{"success":1}"#)
      // The old form of the path.
      _ = try await bed.send("POST", "/api/companies/2/contact/add/5")
      #expect(try await company() == "Globex")
      _ = try await bed.send("PATCH", "/api/companies/2/edit", #"{"companyname":"Hooli"}"#)
      #expect(try await company() == "Hooli")
      #expect(try await bed.send("DELETE", "/api/companies/2/delete").status == 200)
      #expect(try await company() == "Acme")
      #expect(try await bed.send("POST", "/api/companies/1/contact/5/remove").status == 200)
      #expect(try await bed.send("POST", "/api/companies/1/contact/5/remove").status == 200)
      #expect(try await company() == .null)
      for path in [
        "/api/companies/9/contact/5/add", "/api/companies/1/contact/9/add",
        "/api/companies/9/contact/5/remove", "/api/companies/1/contact/x/add",
      ] {
        #expect(try await bed.send("POST", path).status == 404, "\(path)")
      }
    }
  }

  @Test("CON-37: merging over the wire")
  func merges() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/companies", #"{"companyname":"Acme"}"#, "company")
      _ = try await bed.make(
        "/api/companies", #"{"companyname":"Acme Inc","companycity":"Linz"}"#, "company")
      let merged = try await bed.send("POST", "/api/companies/1/merge/2").json["company"]
      #expect(merged?["fields"]?["all"]?["companyname"] == "Acme")
      #expect(merged?["fields"]?["all"]?["companycity"] == "Linz")
      #expect(try await bed.send("GET", "/api/companies/2").status == 404)
      #expect(try await bed.send("POST", "/api/companies/1/merge/2").status == 404)
      #expect(try await bed.send("POST", "/api/companies/1/merge/1").status == 200)
    }
  }
}
