import Testing

@testable import API
@testable import Themes

@Suite("/api/campaigns (API page, 8.4)")
struct CampaignsAPITests {
  private static let body = """
    {"name":"Welcome","description":"first","lists":[{"id":1,"name":"ignored"}],"forms":[],
     "allowRestart":true,"events":[
      {"id":"new1","name":"Points","type":"lead.changepoints","eventType":"action","order":1,
       "properties":{"points":5},"triggerMode":"immediate","children":["new2"]},
      {"id":"new2","name":"Visit","type":"page.pagehit","eventType":"decision","order":2,
       "properties":{"url":"*"},"triggerMode":null},
      {"id":"new3","name":"Missed","type":"lead.changetags","eventType":"action","order":3,
       "properties":{"add_tags":["cold"]},"parent":{"id":"new2"},"decisionPath":"no",
       "triggerMode":"interval","triggerInterval":3,"triggerIntervalUnit":"d","triggerHour":"09:00",
       "triggerRestrictedDaysOfWeek":[1,2]},
      {"id":"new4","name":"Back","type":"campaign.jump_to_event","eventType":"action",
       "properties":{"jumpToEvent":"new3"},"parent":"new2","decisionPath":"yes",
       "triggerMode":"interval","triggerInterval":1,"triggerIntervalUnit":"h"}],
     "canvasSettings":{"nodes":[{"id":"new1","positionX":"1","positionY":"2"},
       {"id":"lists","positionX":"3","positionY":"4"}],
      "connections":[{"sourceId":"new1","targetId":"new2","anchors":{"source":"bottom","target":"top"}}]}}
    """

  @Test("Creation: ids replace new…, relatives are nested, members are in order")
  func create() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let answer = try await bed.send("POST", "/api/campaigns/new", Self.body)
      #expect(answer.status == 201, "\(answer.text)")
      #expect(answer.headers["location"] == "/api/campaigns/1")
      let campaign = try #require(answer.json["campaign"])
      guard case .object(let members) = campaign else { return }
      #expect(
        members.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "category", "description", "allowRestart", "publishUp",
          "publishDown", "events", "forms", "lists", "canvasSettings",
        ])
      // As in Mautic, whose test suite compares it with the answer to an edit.
      #expect(campaign["modifiedByUser"] == "Ada Admin" && campaign["dateModified"] != .null)
      #expect(campaign["isPublished"] == true && campaign["createdByUser"] == "Ada Admin")
      #expect(campaign["lists"]?.elements?.first?["alias"] == "known")
      let events = try #require(campaign["events"]?.elements)
      let ids = events.compactMap { $0["id"]?.integer }
      #expect(ids.count == 4)
      #expect(events[0]["parent"] == .null)
      #expect(events[0]["children"]?.elements?.map { $0["id"] } == [.int(ids[1])])
      #expect(events[0]["children"]?.elements?.first?["children"] == nil)
      #expect(events[2]["parent"]?["id"] == .int(ids[1]) && events[2]["parent"]?["parent"] == nil)
      #expect(events[1]["triggerMode"] == .null && events[2]["decisionPath"] == "no")
      #expect(events[2]["triggerHour"] == "09:00")
      #expect(events[3]["properties"]?["jumpToEvent"] == .int(ids[2]))
      let canvas = try #require(campaign["canvasSettings"])
      #expect(canvas["nodes"]?.elements?.map { $0["id"] } == [.int(ids[0]), "lists"])
      #expect(canvas["connections"]?.elements?.first?["targetId"] == .int(ids[1]))
      let read = try #require(try await bed.send("GET", "/api/campaigns/1").json["campaign"])
      #expect(read == .object(members.with(["version": 1])))
      let list = try await bed.send("GET", "/api/campaigns?search=welc")
      #expect(list.json["total"] == 1)
      #expect(list.json["campaigns"]?["1"]?["name"] == "Welcome")
      #expect(try await bed.send("GET", "/api/campaigns?search=nothing").json["campaigns"] == [])
    }
  }

  @Test("Quirk 24: a whole entity that was read can be sent back by PATCH and PUT; nothing changes")
  func sentBack() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let made = try await bed.send("POST", "/api/campaigns/new", Self.body)
      let whole = try #require(made.json["campaign"])
      let read = try await bed.send("GET", "/api/campaigns/1")
      let text = String(decoding: (read.json["campaign"] ?? .null).rendered, as: UTF8.self)
      for method in ["PATCH", "PUT"] {
        let answer = try await bed.send(method, "/api/campaigns/1/edit", text)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.text == read.text, "\(method)")
      }
      // A request without a version gets none: clients compare what they sent with the answer.
      let later = try await bed.send("PATCH", "/api/campaigns/1/edit", #"{"name":"Other"}"#)
      #expect(later.json["campaign"]?["version"] == nil)
      let known = try await bed.send(
        "PATCH", "/api/campaigns/1/edit", #"{"name":"Other","version":2}"#)
      #expect(known.json["campaign"]?["version"] == 2)
      #expect(later.json["campaign"]?["events"] == whole["events"])
      // A version read before that is stale (CAM-620).
      let stale = try await bed.send("PATCH", "/api/campaigns/1/edit", text)
      #expect(stale.status == 409)
      #expect(try await bed.send("GET", "/api/campaigns/1").text == known.text)
    }
  }

  @Test(
    "Quirks 3, 6, 13: PUT deletes what is not named and creates what is missing; DELETE hides the id"
  )
  func putAndDelete() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let put = try await bed.send("PUT", "/api/campaigns/77/edit", Self.body)
      #expect(put.status == 201 && put.json["campaign"]?["id"] == 1)
      #expect(try await bed.send("PATCH", "/api/campaigns/77/edit", "{}").status == 404)
      let first = try #require(
        put.json["campaign"]?["events"]?.elements?.first?["id"]?.integer)
      let less = try await bed.send(
        "PUT", "/api/campaigns/1/edit",
        #"{"name":"Less","lists":[1],"events":[{"id":\#(first)},{"id":"newB","type":"lead.changepoints","properties":{"points":2},"parent":\#(first)}]}"#
      )
      #expect(less.status == 200, "\(less.text)")
      #expect(
        less.json["campaign"]?["events"]?.elements?.map { $0["name"] } == [
          "Points", "lead.changepoints",
        ])
      #expect(less.json["campaign"]?["allowRestart"] == false)
      let gone = try await bed.send("DELETE", "/api/campaigns/1/delete")
      #expect(gone.status == 200 && gone.json["campaign"]?["id"] == .null)
      #expect(gone.json["campaign"]?["name"] == "Less")
      #expect(try await bed.send("GET", "/api/campaigns/1").status == 404)
      #expect(try await bed.audited("delete", "campaign") == 1)
    }
  }

  @Test("Batches: each item by itself")
  func batches() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let made = try await bed.send(
        "POST", "/api/campaigns/batch/new",
        "[\(Self.body),{\"name\":\"x\"},\(Self.body)]")
      #expect(made.status == 201)
      #expect(made.json["statusCodes"] == [201, 400, 201])
      let ids = made.json["campaigns"]?.elements?.compactMap { $0["id"]?.integer } ?? []
      let gone = try await bed.send(
        "DELETE", "/api/campaigns/batch/delete?ids=\(ids.map(String.init).joined(separator: ","))")
      #expect(gone.json["campaigns"]?.elements?.compactMap { $0["id"]?.integer } == ids)
    }
  }

  @Test("CAM-650, CAM-651, CAM-652: clone, copy of an event, export and import")
  func copies() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      _ = try await bed.send("POST", "/api/campaigns/new", Self.body)
      let clone = try await bed.send("POST", "/api/campaigns/clone/1")
      #expect(clone.status == 200 && clone.headers["location"] == "/api/campaigns/2")
      #expect(clone.json["campaign"]?["isPublished"] == false)
      #expect(clone.json["campaign"]?["events"]?.elements?.count == 4)
      let event = try await bed.send(
        "POST", "/api/campaigns/events/1/copy", #"{"campaign":2}"#)
      #expect(event.status == 201 && event.json["event"]?["campaign"]?["id"] == 2)
      let document = try await bed.send("GET", "/api/campaigns/1/export")
      let imported = try await bed.send("POST", "/api/campaigns/import", document.text)
      #expect(imported.status == 201, "\(imported.text)")
      let entity = imported.json["imported"]?.elements?.first
      #expect(entity?["missing"] == [] && entity?["campaign"]?["name"] == "Welcome")
      let unstorable = try await bed.send(
        "POST", "/api/campaigns/import",
        document.text.replacing(#""points":"#, with: #""x":["\u0000"],"points":"#))
      #expect(unstorable.status == 422 && unstorable.text.contains("properties.x[0]"))
      #expect(try await bed.send("POST", "/api/campaigns/clone/99").status == 404)
      #expect(try await bed.send("POST", "/api/campaigns/import", "{}").status == 400)
    }
  }

  @Test("CAM-652: exports as Mautic 7 has them, and imports of archives")
  func mauticDocuments() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let made = try await bed.send("POST", "/api/campaigns/new", Self.body)
      let events = made.json["campaign"]?["events"]?.elements ?? []
      let document = try await bed.send("GET", "/api/campaigns/export/1")
      #expect(document.status == 200)
      let tables = try #require(document.json.elements?.first)
      #expect(tables["campaign"]?.elements?.first?["is_published"] != nil)
      let rows = tables["campaign_event"]?.elements ?? []
      #expect(rows.map { $0["id"] } == events.map { $0["id"] } && rows.count == 4)
      #expect(rows.map { $0["event_type"] } == events.map { $0["eventType"] })
      #expect(
        rows.allSatisfy { $0["campaign_id"] == 1 } && rows.first?["trigger_mode"] == "immediate")
      #expect(
        tables["dependencies"]?.elements?.first?["campaign"]?.elements?.first?["lists"]
          == tables["lists"]?.elements?.first?["id"])
      #expect(try await bed.send("GET", "/api/campaigns/export/99").status == 404)

      func upload(_ body: [UInt8], _ type: String) async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/api/campaigns/import", as: "admin", headers: ["Content-Type: \(type)"],
          body: body)
      }
      let zip = ZipWriter.archive([("notes.txt", "x"), ("export/campaign.json", document.text)])
      let form =
        Array(
          "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\n".utf8)
        + zip + Array("\r\n--x--\r\n".utf8)
      for answer in [
        try await bed.send("POST", "/api/campaigns/import", document.text),
        try await upload(zip, "application/zip"),
        try await upload(form, "multipart/form-data; boundary=x"),
      ] {
        #expect(answer.status == 201, "\(answer.text)")
        let entity = answer.json["imported"]?.elements?.first
        #expect(entity?["missing"] == [] && entity?["campaign"]?["isPublished"] == false)
        let copies = entity?["campaign"]?["events"]?.elements ?? []
        #expect(copies.map { $0["name"] } == events.map { $0["name"] })
        #expect(
          copies.prefix(3).map { $0["properties"] } == events.prefix(3).map { $0["properties"] })
        #expect(copies.map { $0["triggerMode"] } == events.map { $0["triggerMode"] })
        #expect(entity?["campaign"]?["lists"] == made.json["campaign"]?["lists"])
      }
      for wrong in [
        Array("x".utf8), ZipWriter.archive([("a.txt", "{}")]), ZipWriter.archive([("a.json", "{")]),
      ] {
        #expect(try await upload(wrong, "application/zip").status == 400)
      }
    }
  }

  @Test("CAM-605: warnings stand in a member of their own, and only when there are any")
  func warnings() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let answer = try await bed.send(
        "POST", "/api/campaigns/new",
        #"{"name":"C","lists":[1],"events":[{"id":"new1","type":"fax.send","eventType":"action"}]}"#
      )
      #expect(answer.status == 201)
      #expect(answer.json["errors"] == nil)
      #expect(
        answer.json["campaign"]?["warnings"]?.elements?.map { $0["type"] } == [
          "unknown_event_type"
        ])
      let email = try await bed.make(
        "/api/emails", #"{"name":"Draft","subject":"s","isPublished":false}"#, "email")
      let mailing = try await bed.send(
        "POST", "/api/campaigns/new",
        #"{"name":"M","isPublished":false,"lists":[1],"events":[{"id":"new1","type":"email.send","eventType":"action","properties":{"email":\#(email)}}]}"#
      )
      func kinds(_ answer: RawResponse) -> [API.JSONValue?] {
        (answer.json["campaign"]?["warnings"]?.elements ?? []).map { $0["type"] }
      }
      // Only if it would be sent.
      #expect(!kinds(mailing).contains("unpublished_email"))
      let id = try #require(mailing.json["campaign"]?["id"]?.integer)
      let published = try await bed.send(
        "PATCH", "/api/campaigns/\(id)/edit", #"{"isPublished":true}"#)
      #expect(kinds(published).contains("unpublished_email"))
      _ = try await bed.send("PATCH", "/api/emails/\(email)/edit", #"{"isPublished":true}"#)
      #expect(
        !kinds(try await bed.send("GET", "/api/campaigns/\(id)")).contains("unpublished_email"))
    }
  }

  @Test("A simulation over the wire shows what would fire and leaves nothing behind")
  func simulation() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 1)
      let campaign = try await bed.campaign(
        Event.points("a") + ","
          + Event.points("b", #","parent":"a","triggerMode":"interval","triggerInterval":2"#))
      let before = try await bed.campaignState()
      let path = "/api/campaigns/\(campaign)/simulate"
      let answer = try await bed.send(
        "POST", path, #"{"contacts":[1,{"fields":{"city":"Rome"}}],"until":"3 days"}"#)
      #expect(answer.status == 200, "\(answer.text)")
      let simulation = try #require(answer.json["simulation"])
      #expect(simulation["campaign"] == .int(campaign) && simulation["isCutOff"] == false)
      let contacts = try #require(simulation["contacts"]?.elements)
      #expect(contacts.map { $0["contact"] } == [1, .null])
      #expect(
        contacts.map { $0["entries"]?.elements?.map { $0["name"] } } == [["a", "b"], ["a", "b"]])
      let draft = try await bed.send(
        "POST", "/api/campaigns/simulate",
        #"{"campaign":{"lists":[1],"events":[\#(Event.points("x"))]}}"#)
      #expect(draft.json["simulation"]?["campaign"] == .null, "\(draft.text)")
      #expect(try await bed.send("POST", "/api/campaigns/99/simulate", "{}").status == 404)
      // Points are never empty; what is no number is refused.
      for (points, status) in [("null", 200), (#""""#, 200), ("[]", 200), ("{}", 422)] {
        let body = #"{"contacts":[{"fields":{"points":\#(points)}}]}"#
        let odd = try await bed.send("POST", path, body)
        #expect(odd.status == status, "\(points): \(odd.text)")
      }
      for wrong in [#"{"until":"soon"}"#, #"{"contacts":[99]}"#, #"{"acts":[{"type":"no"}]}"#] {
        let refused = try await bed.send("POST", path, wrong)
        #expect((400...422).contains(refused.status) && refused.status != 404, "\(refused.text)")
      }
      #expect(try await bed.campaignState() == before)
    }
  }
}
