import Contacts
import Fields
import Query
import Testing

@testable import API

@Suite("/api/fields (API page, 8.5)")
struct FieldsAPITests {
  @Test("One field, exactly; it can be used by the next request")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await bed.send(
        "POST", "/api/fields/contact/new",
        #"{"label":"Shoe Size!","type":"select","group":"personal","isUniqueIdentifer":false,"#
          + #""properties":{"list":"s|m|l"},"defaultValue":"m"}"#)
      #expect(created.status == 201, "\(created.text)")
      let field = try #require(created.json["field"]?.asObject)
      #expect(
        field.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "label", "alias", "type", "group", "order", "object",
          "defaultValue", "isRequired", "isFixed", "isListable", "isVisible", "isShortVisible",
          "isUniqueIdentifier", "isPubliclyUpdatable", "isIndex", "charLengthLimit", "properties",
        ])
      #expect(field["alias"] == "shoe_size" && field["object"] == "lead")
      #expect(
        field["properties"] == [
          "list": [
            ["label": "s", "value": "s"], ["label": "m", "value": "m"],
            ["label": "l", "value": "l"],
          ]
        ])
      try await bed.pool.query(
        "INSERT INTO contacts (id, date_added, shoe_size) VALUES (1, '2024-01-01Z', 's')")
      let shown = try await bed.send("GET", "/api/contacts/1").json["contact"]
      #expect(shown?["fields"]?["personal"]?["shoe_size"]?["value"] == "s")
      #expect(try await bed.send("GET", "/api/contacts?search=shoe_size:s").json["total"] == "1")
      #expect(try await bed.audited("create", "field") == 1)
    }
  }

  @Test("Lookup lists come back as they were sent; labels of a boolean are required")
  func properties() async throws {
    try await APIBed.with { (bed) async throws in
      let lookup = try await bed.send(
        "POST", "/api/fields/company/new",
        #"{"label":"Form","type":"lookup","properties":{"list":["Mr","Mrs"]}}"#)
      #expect(lookup.json["field"]?["properties"] == ["list": ["Mr", "Mrs"]])
      #expect(lookup.json["field"]?["object"] == "company")
      let bad: [(String, String)] = [
        (#"{"label":"x","type":"boolean"}"#, "properties"),
        (#"{"label":"x","type":"boolean","properties":{"yes":"Y"}}"#, "properties"),
        (#"{"label":"x","type":"select"}"#, "properties"), (#"{"type":"text"}"#, "label"),
        (#"{"label":"x","type":"colour"}"#, "type"), (#"{"label":"x","group":"mine"}"#, "group"),
        (#"{"label":"x","order":"first"}"#, "order"),
        (#"{"label":"x","alias":"contact_id"}"#, "alias"),
        (#"{"label":"x","properties":"list"}"#, "properties"),
        (#"{"label":"x","properties":{"a":["b","\u0000"]}}"#, "properties.a[1]"),
        (#"{"label":"x","type":"number","defaultValue":"many"}"#, "defaultValue"),
        (#"{"label":"x","isVisible":"perhaps"}"#, "isVisible"),
        (#"{"label":"x","order":99999999999}"#, "order"),
      ]
      for (body, member) in bad {
        let refused = try await bed.send("POST", "/api/fields/contact/new", body)
        #expect(refused.status == 400, "\(body): \(refused.text)")
        #expect(refused.error["details"]?[member] != nil, "\(body): \(refused.text)")
      }
      #expect(try await bed.send("GET", "/api/fields/contact").json["total"] == 28)
    }
  }

  @Test("Lists do not mix objects and are in display order; commands and types find fields")
  func lists() async throws {
    try await APIBed.with { (bed) async throws in
      let all = try await bed.send("GET", "/api/fields/company?limit=100").json
      #expect(all["total"] == 15)
      #expect(all["fields"]?.elements?.allSatisfy { $0["object"] == "company" } == true)
      #expect(all["fields"]?.elements?.first?["alias"] == "companyname")
      func aliases(_ query: String) async throws -> [String] {
        let json = try await bed.send("GET", "/api/fields/contact?\(query)").json
        return json["fields"]?.elements?.compactMap { $0["alias"]?.text } ?? []
      }
      #expect(try await aliases("search=is:unique") == ["email"])
      #expect(try await aliases("search=type:tel") == ["mobile", "phone", "fax"])
      #expect(try await aliases("search=group:social&limit=2") == ["facebook", "foursquare"])
      #expect(
        try await aliases("where[0][col]=isShortVisible&where[0][expr]=eq&where[0][val]=1")
          == ["firstname", "lastname", "email"])
      #expect(try await aliases("orderBy=label&limit=1") == ["address1"])
      #expect(try await bed.send("GET", "/api/fields/company/1").status == 404)
    }
  }

  @Test("CON-22: type and alias stay; the whole entity may be sent back")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      let id = try await bed.make(
        "/api/fields/contact", #"{"label":"Plan","alias":"Email"}"#, "field")
      let whole = try await bed.send("GET", "/api/fields/contact/\(id)").json["field"] ?? .null
      #expect(whole["alias"] == "email1")
      let path = "/api/fields/contact/\(id)/edit"
      let back = try await bed.send("PATCH", path, String(decoding: whole.rendered, as: UTF8.self))
      #expect(back.status == 200 && back.json["field"]?["dateModified"] == .null)
      #expect(
        try await bed.send("PUT", path, #"{"label":"Plan","alias":"Email","type":"text"}"#).status
          == 200)
      for (body, member) in [
        (#"{"alias":"other"}"#, "alias"), (#"{"type":"number"}"#, "type"),
        (#"{"label":""}"#, "label"),
      ] {
        let refused = try await bed.send("PATCH", path, body)
        #expect(refused.status == 400 && refused.error["details"]?[member] != nil, "\(body)")
      }
      let edited = try await bed.send(
        "PATCH", path, #"{"label":"Level","isPublished":false,"order":3}"#
      ).json["field"]
      #expect(edited?["label"] == "Level" && edited?["order"] == 3)
      #expect(edited?["modifiedByUser"] == "Ada Admin")
      #expect(try await bed.fields.current().contact.contains { $0.alias == "email1" } == false)
      #expect(try await bed.send("PATCH", "/api/fields/contact/999/edit", "{}").status == 404)
    }
  }

  @Test("Standard fields cannot be deleted: 403; CON-23: those that segments use: 422")
  func deletes() async throws {
    try await APIBed.with { (bed) async throws in
      let email = try #require(try await bed.fields.current()["email"])
      let fixed = try await bed.send("DELETE", "/api/fields/contact/\(email.id)/delete")
      #expect(fixed.status == 403)
      let used = try await bed.make("/api/fields/contact", #"{"label":"Plan"}"#, "field")
      let free = try await bed.make("/api/fields/contact", #"{"label":"Size"}"#, "field")
      try await bed.pool.query(
        """
        INSERT INTO segments (name, public_name, alias, date_added, filters)
        VALUES ('Buyers', 'Buyers', 'buyers', '2024-01-01Z', \(
          #"[{"field":"plan","object":"lead","operator":"=","type":"text"}]"#)::jsonb)
        """)
      let refused = try await bed.send("DELETE", "/api/fields/contact/\(used)/delete")
      #expect(refused.status == 422)
      #expect(refused.error["message"]?.text?.contains("segments Buyers") == true)
      let batch = try await bed.send(
        "DELETE", "/api/fields/contact/batch/delete?ids=\(used),\(free)")
      #expect(batch.status == 200)
      #expect(batch.json["fields"]?.elements?.map { $0["alias"] } == ["size"])
      #expect(batch.json["errors"]?.elements?.first?["code"] == 422)
      #expect(try await bed.fields.current()["plan"] != nil)
      #expect(try await bed.fields.current()["size"] == nil)
      #expect(try await bed.audited("delete", "field") == 1)
    }
  }

  @Test("Only administrators write fields")
  func access() async throws {
    try await APIBed.with { (bed) async throws in
      #expect(try await bed.send("GET", "/api/fields/contact", as: "kim").status == 200)
      #expect(
        try await bed.send("POST", "/api/fields/contact/new", #"{"label":"x"}"#, as: "kim").status
          == 403)
    }
  }

  @Test("isIndex and the limit of characters can be read back; types without a limit have null")
  func readsBack() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send(
        "POST", "/api/fields/contact/new",
        #"{"label":"Code","type":"text","isIndex":true,"charLengthLimit":12}"#)
      #expect(made.status == 201, "\(made.text)")
      let id = made.json["field"]?["id"]?.integer ?? 0
      let read = try await bed.send("GET", "/api/fields/contact/\(id)").json["field"]
      #expect(read?["isIndex"] == true && read?["charLengthLimit"] == 12)
      let edited = try await bed.send(
        "PATCH", "/api/fields/contact/\(id)/edit", #"{"isIndex":false,"charLengthLimit":20}"#
      ).json["field"]
      #expect(edited?["isIndex"] == false && edited?["charLengthLimit"] == 20)
      let memo = try await bed.send(
        "POST", "/api/fields/contact/new", #"{"label":"Memo","type":"textarea"}"#)
      #expect(memo.json["field"]?["charLengthLimit"] == .null)
      #expect(memo.json["field"]?["isIndex"] == false)
    }
  }

  @Test(
    "CON-20, CON-21: labels of other meanings get a number, and none of them keeps the lock",
    arguments: [
      ("Segment", "segment1"), ("Name", "name1"), ("Ids", "ids1"), ("Dnc", "dnc1"),
      ("Common", "common1"), ("Import Id", "import_id1"), ("Companies", "companies1"),
      ("doNotEmail", "donotemail1"), ("dateAdded", "dateadded1"),
      ("createdByUser", "createdbyuser1"), ("Group points total", "f_group_points_total"),
      ("Group points", "group_points"),
    ])
  func otherMeanings(label: String, alias: String) async throws {
    try await APIBed.with { (bed) async throws in
      for (number, expected) in [alias, nil].enumerated() {
        let made = try await bed.send(
          "POST", "/api/fields/contact/new", #"{"label":"\#(label)","type":"text"}"#)
        #expect(made.status == 201, "\(made.text)")
        if let expected { #expect(made.json["field"]?["alias"] == .string(expected)) }
        let name = made.json["field"]?["alias"]?.text ?? ""
        let id = try await bed.make(
          "/api/contacts", #"{"email":"\#(number)@x.test","\#(name)":"Zaphod"}"#, "contact")
        let found = try await bed.send("GET", "/api/contacts?search=\(name):zaphod")
        #expect(found.json["contacts"]?["\(id)"] != nil, "\(name)")
      }
    }
  }

  @Test("CON-21: what commands, members and files mean is reserved")
  func reservesMeanings() async throws {
    try await APIBed.with { (bed) async throws in
      let standard = Set(try await bed.fields.current().all.map(\.alias))
      let fields = try await bed.fields.current()
      let commands = ListQuery.contacts(fields, commands: bed.commands).commands.keys
      let members = ContactBody.Member.allCases.map(\.rawValue)
      let files = try await bed.imports.catalog(.contact).fields.filter { $0.kind == .special }
        .map(\.alias)
      let meanings = Array(commands) + members + files + ["ids", "is", "ownerusername"]
      #expect(meanings.count > 30)
      for name in meanings where !standard.contains(name) {
        #expect(FieldAlias.isReserved(name.lowercased()), "\(name)")
      }
    }
  }
}
