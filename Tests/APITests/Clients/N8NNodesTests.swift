import Testing

@testable import API

/// The requests of the nodes of n8n, and what they read of the answers.
@Suite("The nodes of n8n (API page, 1 to 8, quirks 16, 18 and 25)")
struct N8NNodesTests {
  @Test("Contacts: texts for numbers, empty members, members that are no fields")
  func contacts() async throws {
    try await APIBed.with { (bed) async throws in
      let n8n = ReplayedClient.n8n(bed)
      let stage = try await bed.make("/api/stages", #"{"name":"First"}"#, "stage")
      let made = try await n8n.call(
        "POST", "/contacts/new",
        """
        {"email":"ana@example.com","firstname":"Ana","lastname":"","company":"","position":"","title":"",\
        "ipAddress":"192.0.2.9","lastActive":"2024-03-01T09:30:00.000Z","ownerId":"1","address1":"1 Road",\
        "address2":"","city":"Lisbon","state":"","country":"Portugal","zipcode":"1000","facebook":"ana",\
        "b2b_or_b2c":"b2b","crm_id":"7","haspurchased":true,"sandbox":false,"stage":"\(stage)","tags":"one"}
        """)
      let contact = try #require(made["contact"])
      let id = try #require(contact["id"]?.integer)
      let all = try #require(contact["fields"]?["all"])
      #expect(
        all["email"] == "ana@example.com" && all["city"] == "Lisbon" && all["facebook"] == "ana")
      #expect(contact["lastActive"] == "2024-03-01T09:30:00+00:00")
      #expect(contact["stage"]?["id"]?.integer == stage)
      #expect(contact["tags"]?.elements?.first?["tag"] == "one")
      let edited = try await n8n.call(
        "PATCH", "/contacts/\(id)/edit", #"{"lastname":"Silva","tags":"-one","mobile":"12345"}"#)
      #expect(edited["contact"]?["fields"]?["all"]?["lastname"] == "Silva")
      #expect(edited["contact"]?["tags"] == [])
      let read = try await n8n.call("GET", "/contacts/\(id)")
      #expect(read["contact"]?["fields"]?["all"]?["mobile"] == "12345")
      let added = try await n8n.call(
        "POST", "/contacts/\(id)/dnc/email/add", #"{"reason":3,"comments":"asked"}"#)
      #expect(added["contact"]?["doNotContact"]?.elements?.count == 1)
      let removed = try await n8n.call("POST", "/contacts/\(id)/dnc/email/remove")
      #expect(removed["contact"]?["doNotContact"] == [])
      try await n8n.call("POST", "/contacts/\(id)/points/plus/5")
      try await n8n.call("POST", "/contacts/\(id)/points/minus/2")
      #expect(try await bed.read(id)["points"] == 3)
      let deleted = try await n8n.call("DELETE", "/contacts/\(id)/delete")
      #expect(deleted["contact"]?["fields"]?["all"]?["lastname"] == "Silva")
    }
  }

  @Test("Companies, their fields and lists of choices")
  func companies() async throws {
    try await APIBed.with { (bed) async throws in
      let n8n = ReplayedClient.n8n(bed)
      let made = try await n8n.call(
        "POST", "/companies/new",
        """
        {"companyname":"Acme","companyaddress1":"1 Road","companycountry":"Portugal","companyemail":"a@example.com",\
        "companynumber_of_employees":12,"companyannual_revenue":1000,"overwriteWithBlank":true}
        """)
      let id = try #require(made["company"]?["id"]?.integer)
      #expect(made["company"]?["fields"]?["all"]?["companyname"] == "Acme")
      let edited = try await n8n.call(
        "PATCH", "/companies/\(id)/edit", #"{"companyname":"Acme Inc","companyphone":"1"}"#)
      #expect(edited["company"]?["fields"]?["all"]?["companyname"] == "Acme Inc")
      try await bed.prepare(contacts: 1)
      try await n8n.call("POST", "/companies/\(id)/contact/1/add")
      try await n8n.call("POST", "/companies/\(id)/contact/1/remove")
      let fields = try await n8n.call("GET", "/fields/company?limit=30&start=0")
      let industry = fields["fields"]?.elements?.first { $0["alias"] == "companyindustry" }
      #expect(industry?["properties"]?["list"]?.elements?.first?["label"] == "Aerospace & Defense")
      #expect(industry?["properties"]?["list"]?.elements?.first?["value"] == "Aerospace & Defense")
      let list = try await n8n.call("GET", "/companies?search=acme&limit=1&start=0")
      #expect(list["companies"]?.elements?.first?["fields"]?["all"]?["companyname"] == "Acme Inc")
      #expect(try await n8n.call("DELETE", "/companies/\(id)/delete")["company"] != nil)
    }
  }

  @Test("All pages of 30 until the number in `total` has been read")
  func pages() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.pool.query(
        """
        INSERT INTO contacts (firstname, email, date_added, date_identified)
        SELECT 'Kim', n || '@example.com', '2024-01-01Z', '2024-01-01Z' FROM generate_series(1, 70) AS n
        """)
      let n8n = ReplayedClient.n8n(bed)
      var ids: [String] = []
      var requests = 0
      while requests < 5 {
        let page = try await n8n.call(
          "GET",
          "/contacts?search=kim&orderBy=date_added&orderByDir=desc&limit=30&start=\(requests * 30)"
        )
        requests += 1
        ids += page["contacts"]?.asObject?.keys ?? []
        let total = try #require(page["total"]?.integer)
        if ids.count >= total { break }
      }
      #expect(requests == 3 && Set(ids).count == 70)
    }
  }

  @Test("Segments, campaigns and e-mails: what was added is read at once; lists to choose from")
  func memberships() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 1)
      let campaign = try await bed.campaign(Event.points("new1"))
      let n8n = ReplayedClient.n8n(bed)
      #expect(try await n8n.call("POST", "/segments/1/contact/1/add")["success"]?.truth == true)
      #expect(try await n8n.call("GET", "/contacts/1/segments")["lists"]?["1"] != nil)
      try await n8n.call("POST", "/segments/1/contact/1/remove")
      #expect(try await n8n.call("GET", "/contacts/1/segments")["lists"] == [])
      #expect(
        try await n8n.call("POST", "/campaigns/\(campaign)/contact/1/add")["success"]?.truth == true
      )
      #expect(
        try await n8n.call("GET", "/contacts/1/campaigns")["campaigns"]?["\(campaign)"] != nil)
      try await n8n.call("POST", "/campaigns/\(campaign)/contact/1/remove")
      #expect(try await n8n.call("GET", "/contacts/1/campaigns")["campaigns"] == [])
      let letter = try await bed.make(
        "/api/emails",
        #"{"name":"A","subject":"Hi","customHtml":"<p>Hi</p>","emailType":"template","isPublished":true}"#,
        "email")
      try await n8n.call("POST", "/emails/\(letter)/contact/1/send")
      let choices: [(path: String, name: String, member: String)] = [
        ("/segments", "lists", "name"), ("/campaigns", "campaigns", "name"),
        ("/emails", "emails", "emailType"),
        ("/stages", "stages", "name"), ("/tags", "tags", "tag"),
        ("/fields/contact", "fields", "alias"),
      ]
      for (path, name, member) in choices {
        let list = try await n8n.call("GET", "\(path)?limit=30&start=0")
        #expect(list["total"]?.integer != nil, "\(path)")
        for item in try #require(list[name]?.elements) {
          #expect(item["id"]?.integer != nil && item[member]?.text != nil, "\(path)")
        }
      }
    }
  }

  @Test("The trigger: events to choose from, a receiver made, looked for and deleted")
  func trigger() async throws {
    try await APIBed.with { (bed) async throws in
      let n8n = ReplayedClient.n8n(bed)
      let triggers = try #require(
        try await n8n.call("GET", "/hooks/triggers")["triggers"]?.asObject)
      for (name, trigger) in triggers.members {
        #expect(trigger["label"]?.text != nil && trigger["description"]?.text != nil, "\(name)")
      }
      let made = try await n8n.call(
        "POST", "/hooks/new",
        """
        {"name":"n8n-webhook:/webhook/1/webhook","description":"n8n webhook","isPublished":true,\
        "webhookUrl":"https://n8n.example.com/webhook/1/webhook","eventsOrderbyDir":"DESC",\
        "triggers":["mautic.lead_post_save_new","mautic.lead_post_save_update"]}
        """)
      let id = try #require(made["hook"]?["id"]?.integer)
      #expect(try await n8n.call("GET", "/hooks/\(id)")["hook"]?["id"]?.integer == id)
      #expect(try await n8n.call("DELETE", "/hooks/\(id)/delete")["hook"] != nil)
      let gone = try await bed.send("GET", "/api/hooks/\(id)", "{}")
      #expect(gone.status == 404 && gone.error["message"]?.text != nil)
    }
  }
}
