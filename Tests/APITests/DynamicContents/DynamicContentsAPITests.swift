import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/dynamiccontents and /dwc (API page, 9; tracking.md 13)")
struct DynamicContentsAPITests {
  private static let path = "/api/dynamiccontents"

  private func ask(
    _ bed: APIBed, _ slot: String, headers: [String] = []
  ) async throws -> RawResponse {
    try await bed.server.request(
      "GET", "/dwc/\(slot)", as: nil, headers: [PageTrackingAPITests.browser] + headers)
  }

  @Test("One content, exactly; a list is an object by id")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send(
        "POST", "\(Self.path)/new",
        #"{"name":"Banner","content":"<p>Hello</p>","isCampaignBased":false,"slotName":"banner","utmTags":{"utmSource":"site"},"filters":[{"glue":"and","field":"city","object":"lead","type":"text","filter":"Bonn","display":null,"operator":"="}]}"#
      )
      #expect(made.status == 201, "\(made.text)")
      let content = try #require(made.json["dynamicContent"]?.asObject)
      #expect(
        content.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "category", "publishUp", "publishDown", "sentCount",
          "variantParent", "variantChildren", "content", "utmTags", "filters", "isCampaignBased",
          "slotName",
        ])
      #expect(content["isPublished"] == true && content["sentCount"] == 0)
      #expect(content["utmTags"]?["utmSource"] == "site")
      #expect(content["utmTags"]?["utmMedium"] == .null)
      let filter = try #require(content["filters"]?.elements?.first?.asObject)
      #expect(
        filter.keys == ["glue", "field", "object", "type", "filter", "display", "operator"])
      let variant = try await bed.make(
        Self.path, #"{"name":"B","variantParent":1,"variantSettings":{"weight":"50"}}"#,
        "dynamicContent")
      let list = try await bed.send("GET", "\(Self.path)?orderBy=name&orderByDir=desc")
      #expect(list.json["total"] == 2)
      #expect(list.json["dynamicContents"]?.asObject?.keys == ["1", "\(variant)"])
      let parent = try await bed.send("GET", "\(Self.path)/1").json["dynamicContent"]
      #expect(parent?["variantChildren"] == [.int(variant)])
      let found = try await bed.send("GET", "\(Self.path)?search=banner")
      #expect(found.json["total"] == 1)
    }
  }

  /// The steps of the suite of the PHP library.
  @Test("Create, get, list, edit, delete, and in batches")
  func suite() async throws {
    try await APIBed.with { (bed) async throws in
      let id = try await bed.make(Self.path, #"{"name":"test"}"#, "dynamicContent")
      let read = try await bed.send("GET", "\(Self.path)/\(id)")
      #expect(read.json["dynamicContent"]?["isCampaignBased"] == true)
      #expect(read.json["dynamicContent"]?["filters"] == [])
      let patched = try await bed.send("PATCH", "\(Self.path)/\(id)/edit", #"{"name":"test2"}"#)
      #expect(patched.status == 200 && patched.json["dynamicContent"]?["name"] == "test2")
      let sentBack = try await bed.send(
        "PATCH", "\(Self.path)/\(id)/edit",
        String(read.text.dropFirst(#"{"dynamicContent":"#.count).dropLast()))
      #expect(sentBack.status == 200 && sentBack.json["dynamicContent"]?["name"] == "test")
      let missing = try await bed.send("PATCH", "\(Self.path)/999/edit", #"{"name":"x"}"#)
      #expect(missing.status == 404)
      let created = try await bed.send("PUT", "\(Self.path)/999/edit", #"{"name":"new"}"#)
      #expect(created.status == 201)
      let batch = try await bed.send(
        "POST", "\(Self.path)/batch/new", #"[{"name":"a"},{"name":""},{"name":"b"}]"#)
      #expect(batch.status == 201 && batch.json["statusCodes"] == [201, 400, 201])
      let ids = try #require(
        batch.json["dynamicContents"]?.elements?.compactMap { $0["id"]?.integer })
      let edited = try await bed.send(
        "PATCH", "\(Self.path)/batch/edit",
        #"[{"id":\#(ids[0]),"name":"c"},{"id":999,"name":"d"}]"#)
      #expect(edited.json["statusCodes"] == [200, 404])
      let gone = try await bed.send("DELETE", "\(Self.path)/batch/delete?ids=\(ids[0]),\(ids[1])")
      #expect(gone.json["dynamicContents"]?.elements?.count == 2)
      let deleted = try await bed.send("DELETE", "\(Self.path)/\(id)/delete")
      #expect(deleted.json["dynamicContent"]?["id"] == .null)
      #expect(try await bed.send("GET", "\(Self.path)/\(id)").status == 404)
      #expect(try await bed.audited("create", "dynamicContent") == 4)
    }
  }

  @Test("A refusal names its member and changes nothing")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let bad: [(String, String)] = [
        (#"{}"#, "name"), (#"{"name":"x","isCampaignBased":false}"#, "slotName"),
        (#"{"name":"x","utmTags":"y"}"#, "utmTags"),
        (#"{"name":"x","variantSettings":{"weight":"much"}}"#, "variantSettings"),
        (#"{"name":"x","variantParent":99}"#, "variantParent"),
        (#"{"name":"x","filters":{"a":1}}"#, "filters"),
        (
          #"{"name":"x","filters":[{"field":"nonsense","operator":"=","filter":"1"}]}"#,
          "filters[0].type"
        ),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "\(Self.path)/new", body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["details"]?[member] != nil, "\(body): \(answer.text)")
      }
      let unknown = try await bed.send("POST", "\(Self.path)/new", #"{"name":"x","category":9}"#)
      #expect(unknown.status == 500 && unknown.error["message"] == "Category 9 does not exist")
      #expect(try await bed.send("GET", Self.path).json["total"] == 0)
    }
  }

  @Test(
    "A slot is answered with who the visitor is, or with nothing; sites must be allowed to read")
  func slots() async throws {
    var configuration = APIConfiguration()
    configuration.origins = {
      AllowedOrigins(isRestricted: true, list: ["https://www.example.com"])
    }
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      try await bed.pool.query(
        "UPDATE fields SET is_publicly_updatable = true WHERE alias = 'email'")
      try await bed.pool.query("UPDATE fields_version SET version = version + 1")
      _ = try await bed.make(
        Self.path,
        #"{"name":"B","content":"<p>Hi {contactfield=firstname|you}</p>","isCampaignBased":false,"slotName":"big banner"}"#,
        "dynamicContent")
      _ = try await bed.make(
        "/api/contacts", #"{"email":"k@example.com","firstname":"<Kim>"}"#, "contact")
      let first = try await ask(bed, "big%20banner")
      #expect(first.status == 200 && first.headers["content-type"] == "application/json")
      #expect(first.json["content"] == "<p>Hi you</p>")
      #expect(first.headers["set-cookie"] != nil)
      let device = try #require(first.json["device_id"]?.text)
      #expect(first.json["sid"] == .string(device))
      let again = try await ask(bed, "big%20banner?mautic_device_id=\(device)")
      #expect(again.json["id"] == first.json["id"])
      let known = try await ask(bed, "big%20banner?email=k%40example.com")
      #expect(known.json["content"] == "<p>Hi &lt;Kim&gt;</p>")
      let posted = try await bed.server.request(
        "POST", "/dwc/big%20banner", as: nil,
        headers: [
          PageTrackingAPITests.browser, "Content-Type: application/x-www-form-urlencoded",
        ], body: Array("email=k%40example.com".utf8))
      #expect(posted.json["content"] == known.json["content"])
      for slot in ["other", "%00", String(repeating: "x", count: 300)] {
        let empty = try await ask(bed, slot)
        #expect(empty.status == 204 && empty.body.isEmpty, "\(slot): \(empty.status)")
      }
      let script = "X-Requested-With: XMLHttpRequest"
      for (origin, isAllowed) in [
        ("https://www.example.com", true), ("https://evil.example", false),
      ] {
        let answer = try await ask(bed, "big%20banner", headers: ["Origin: \(origin)", script])
        #expect(
          answer.headers["access-control-allow-origin"] == (isAllowed ? origin : nil), "\(origin)")
      }
      // A user's own view, and a robot's, are answered and not counted.
      let before = try await bed.send("GET", "\(Self.path)/1").json["dynamicContent"]?["sentCount"]
      let own = try await bed.server.request(
        "GET", "/dwc/big%20banner", headers: [PageTrackingAPITests.browser])
      #expect(own.json["content"] == "<p>Hi you</p>" && own.json["id"] == .null)
      let after = try await bed.send("GET", "\(Self.path)/1").json["dynamicContent"]?["sentCount"]
      #expect(before == after)
      let rows = try await bed.send("GET", "/api/stats/dynamic_content_stats").json["stats"]
      #expect(rows?.elements?.first?["dynamic_content_id"] == "1")
      let contact = try #require(known.json["id"]?.integer)
      let activity = try await bed.send("GET", "/api/contacts/\(contact)/activity")
      let kinds = activity.json["events"]?.elements?.compactMap { $0["event"]?.text } ?? []
      #expect(kinds.contains("dynamic.content.sent"))
    }
  }

  @Test("A campaign fills the slot before it is answered")
  func campaigns() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.pool.query(
        "UPDATE fields SET is_publicly_updatable = true WHERE alias = 'email'")
      try await bed.pool.query("UPDATE fields_version SET version = version + 1")
      try await bed.prepare(contacts: 1)
      let content = try await bed.make(
        Self.path, #"{"name":"P","content":"pushed"}"#, "dynamicContent")
      let id = try await bed.campaign(
        #"{"id":"new1","name":"asks","type":"dwc.decision","eventType":"decision","properties":{"dwc_slot_name":"banner"}},"#
          + #"{"id":"new2","name":"push","type":"dwc.push_content","eventType":"action","parent":"new1","decisionPath":"yes","properties":{"dynamicContent":\#(content)}}"#
      )
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      #expect(try await ask(bed, "other?email=p0%40example.com").status == 204)
      let answer = try await ask(bed, "banner?email=p0%40example.com")
      #expect(answer.json["content"] == "pushed", "\(answer.status) \(answer.text)")
      let rows = try await bed.send("GET", "/api/stats/dynamic_content_lead_data").json["stats"]
      #expect(rows?.elements?.first?["slot"] == "banner")
      #expect(try await bed.send("DELETE", "\(Self.path)/\(content)/delete").status == 200)
      #expect(try await ask(bed, "banner?email=p0%40example.com").status == 204)
    }
  }
}
