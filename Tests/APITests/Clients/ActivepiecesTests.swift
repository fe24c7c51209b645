import Testing

@testable import API

/// The requests of the piece of activepieces, and what it reads of the answers.
@Suite("The piece of activepieces (API page, 3, 6, 7 and 8)")
struct ActivepiecesTests {
  @Test("Conditions with brackets as they are, one match alone; fields to fill in")
  func search() async throws {
    try await APIBed.with { (bed) async throws in
      let piece = ReplayedClient.activepieces(bed)
      let fields = try await piece.call("GET", "/fields/contact?limit=1000")
      for field in try #require(fields["fields"]?.elements) {
        #expect(field["label"]?.text != nil && field["alias"]?.text != nil)
        let type = try #require(field["type"]?.text)
        if ["select", "multiselect"].contains(type) {
          #expect(field["properties"]?.elements?.first?.elements != nil, "\(field)")
        }
      }
      let made = try await piece.call(
        "POST", "/contacts/new", #"{"email":"ana@example.com","firstname":"Ana","points":3}"#)
      let id = try #require(made["contact"]?["id"]?.integer)
      let found = try await piece.call(
        "GET",
        "/contacts?where[0][col]=email&where[0][expr]=eq&where[0][val]=ana@example.com&where[1][col]=firstname&where[1][expr]=eq&where[1][val]=Ana&"
      )
      #expect(found["total"]?.integer == 1 && found["contacts"]?["\(id)"] != nil)
      // A date whose plus nobody coded.
      let dated = try await piece.call(
        "GET",
        "/contacts?where[0][col]=date_added&where[0][expr]=gt&where[0][val]=2020-01-01T00:00:00+00:00&"
      )
      #expect(dated["total"]?.integer == 1)
      _ = try await piece.call("POST", "/companies/new", #"{"companyname":"Acme"}"#)
      let company = try await piece.call("GET", "/companies?search=companyname:Acme&")
      #expect(company["total"]?.integer == 1)
      try await piece.call("PATCH", "/companies/1/edit", #"{"companycity":"Lisbon"}"#)
      try await piece.call("PATCH", "/contacts/\(id)/edit", #"{"lastname":"Silva","mobile":""}"#)
    }
  }

  @Test("Lists with published=1, coded brackets, limit=999; batches with ids=1,2,3")
  func records() async throws {
    try await APIBed.with { (bed) async throws in
      let piece = ReplayedClient.activepieces(bed)
      let made = try await piece.call(
        "POST", "/contacts/batch/new",
        #"[{"email":"a@example.com"},{"email":"b@example.com"},{"email":"c@example.com"}]"#
      )
      #expect(made["statusCodes"] == [201, 201, 201])
      try await bed.pool.query("UPDATE contacts SET is_published = false WHERE id = 3")
      let list = try await piece.call(
        "GET",
        "/contacts?search=email%3A%25example.com&start=0&limit=999&orderBy=id&orderByDir=DESC&published=1&where%5B0%5D%5Bcol%5D=id&where%5B0%5D%5Bexpr%5D=gt&where%5B0%5D%5Bval%5D=1"
      )
      #expect(list["total"]?.integer == 1 && list["contacts"]?.asObject?.keys == ["2"])
      let edited = try await piece.call(
        "PATCH", "/contacts/batch/edit", #"[{"id":1,"firstname":"A"},{"id":"2","firstname":"B"}]"#)
      #expect(edited["statusCodes"] == [200, 200])
      let deleted = try await piece.call("DELETE", "/contacts/batch/delete?ids=1%2C2%2C3")
      #expect(deleted["contacts"]?.elements?.map { $0["id"]?.integer } == [1, 2, 3])
      #expect(try await piece.call("GET", "/contacts")["contacts"] == .object(JSONObject()))
    }
  }

  @Test("Activity by coded filters and order[0], order[1]; what hangs on a contact")
  func contact() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 2)
      let piece = ReplayedClient.activepieces(bed)
      try await piece.call(
        "POST", "/contacts/1/points/plus/5", #"{"eventName":"E","actionName":"A"}"#)
      let query =
        "?filters%5BincludeEvents%5D%5B0%5D=point.gained&filters%5BexcludeEvents%5D%5B0%5D=lead.create&filters%5BdateFrom%5D=2020-01-01+00%3A00%3A00&order%5B0%5D=timestamp&order%5B1%5D=DESC&page=1&limit=10"
      for path in ["/contacts/1/activity", "/contacts/activity"] {
        let activity = try await piece.call("GET", path + query)
        #expect(activity["events"]?.elements?.map { $0["event"] } == ["point.gained"], "\(path)")
        #expect(activity["order"] == ["timestamp", "DESC"])
      }
      for relation in ["campaigns", "companies", "notes", "segments", "devices"] {
        let answer = try await piece.call("GET", "/contacts/1/\(relation)?limit=10")
        #expect(answer[relation == "segments" ? "lists" : relation]?.elements == [], "\(relation)")
      }
      for list in ["fields", "owners", "segments"] {
        #expect(try await piece.call("GET", "/contacts/list/\(list)").elements != nil)
      }
      let tagged = try await piece.call(
        "POST", "/contacts/1/utm/add", #"{"utm_campaign":"spring","utm_source":"letter"}"#)
      let utm = try #require(tagged["contact"]?["utmtags"]?.elements?.first?["id"]?.integer)
      #expect(try await piece.call("POST", "/contacts/1/utm/\(utm)/remove")["recordFound"] == true)
      try await piece.call("POST", "/segments/1/contacts/add", #"{"ids":["1","2"]}"#)
      #expect(try await piece.call("GET", "/contacts/2/segments")["lists"]?["1"] != nil)
      #expect(try await piece.call("GET", "/contacts/1/points/groups")["total"]?.integer != nil)
    }
  }

  @Test("A campaign is copied, exported and imported; the events of its members")
  func campaigns() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 1)
      let piece = ReplayedClient.activepieces(bed)
      let id = try await bed.campaign(Event.points("new1"))
      #expect(
        try await piece.call("POST", "/campaigns/clone/\(id)")["campaign"]?["id"]?.integer != id)
      let exported = try await piece.call("GET", "/campaigns/export/\(id)")
      #expect(exported.elements?.isEmpty == false)
      try await piece.call(
        "POST", "/campaigns/import", String(decoding: exported.rendered, as: UTF8.self))
      try await piece.call("POST", "/campaigns/\(id)/contact/1/add")
      let members = try await piece.call("GET", "/campaigns/\(id)/contacts?limit=10")
      #expect(members["contacts"]?.elements?.count == 1)
      let events = try await piece.call("GET", "/campaigns/\(id)/events/contact/1?limit=10")
      #expect(events["events"]?.elements?.count == 1)
      #expect(try await piece.call("GET", "/campaigns/events/contact/1")["events"]?.elements != nil)
    }
  }

  @Test("Forms, users, statistics, figures, files and themes")
  func others() async throws {
    try await APIBed.with { (bed) async throws in
      let piece = ReplayedClient.activepieces(bed)
      let made = try await piece.call(
        "POST", "/forms/new",
        #"{"name":"F","formType":"standalone","postAction":"return","fields":[{"label":"A","type":"text"},{"label":"B","type":"text"}]}"#
      )
      let form = try #require(made["form"]?["id"]?.integer)
      let field = try #require(made["form"]?["fields"]?.elements?.last?["id"]?.integer)
      try await piece.call("DELETE", "/forms/\(form)/fields/delete?fields%5B0%5D=\(field)")
      let read = try await piece.call("GET", "/forms/\(form)")
      #expect(read["form"]?["fields"]?.elements?.count == 1)
      let submissions = try await piece.call("GET", "/forms/\(form)/submissions?limit=10")
      #expect(submissions["submissions"]?.elements == [])
      #expect(try await piece.call("GET", "/users/self")["username"] == "admin")
      #expect(try await piece.call("GET", "/users/list/roles").elements?.isEmpty == false)
      let permissions = try await piece.call(
        "POST", "/users/1/permissioncheck", #"{"permissions":["lead:leads:create"]}"#)
      #expect(permissions["lead:leads:create"] == true)
      #expect(try await piece.call("GET", "/stats")["availableTables"]?.elements?.isEmpty == false)
      let rows = try await piece.call("GET", "/stats/audit_log?limit=5&orderBy=id&orderByDir=DESC")
      #expect(rows["stats"]?.elements?.first?["id"]?.text != nil)
      #expect(try await piece.call("GET", "/data").elements?.isEmpty == false)
      #expect(try await piece.call("GET", "/files/images").elements?.isEmpty == false)
      #expect(try await piece.call("GET", "/themes")["themes"]?.elements?.isEmpty == false)
      #expect(try await piece.call("GET", "/points/actions/types")["pointActionTypes"] != nil)
      #expect(try await piece.call("GET", "/points/triggers/events/types")["eventTypes"] != nil)
      let hook = try await piece.call(
        "POST", "/hooks/new",
        #"{"name":"H","description":"D","webhookUrl":"https://a.example.com/","eventsOrderbyDir":"ASC","triggers":["mautic.lead_company_change"]}"#
      )
      let id = try #require(hook["hook"]?["id"]?.integer)
      #expect(hook["hook"]?["triggers"] == ["mautic.lead_company_change"])
      try await piece.call("DELETE", "/hooks/\(id)/delete")
    }
  }
}
