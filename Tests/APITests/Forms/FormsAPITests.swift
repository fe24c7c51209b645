import Testing

@testable import API

@Suite("/api/forms (API page, 8.13)") struct FormsAPITests {
  static let payload = """
    {"name":"Sign up","formType":"standalone","description":"made here",
     "fields":[
       {"label":"Your e-mail","type":"email","isRequired":true,"mappedObject":"contact",
        "mappedField":"email"},
       {"label":"First name","type":"text","alias":"first","leadField":"firstname"},
       {"label":"Send","type":"button"}],
     "actions":[{"name":"points","description":"x","type":"lead.pointschange",
        "properties":{"operator":"plus","points":2}}]}
    """

  @Test("One form, exactly")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await bed.send("POST", "/api/forms/new", Self.payload)
      #expect(created.status == 201, "\(created.text)")
      #expect(created.headers["location"] == "/api/forms/1")
      let form = try #require(created.json["form"]?.asObject)
      #expect(
        form.keys.prefix(26) == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "alias", "category", "description", "cachedHtml",
          "publishUp", "publishDown", "fields", "actions", "template", "inKioskMode", "renderStyle",
          "formType", "postAction", "postActionProperty", "noIndex", "formAttributes", "language",
        ])
      #expect(form["alias"] == "sign_up" && form["postAction"] == "return")
      let fields = try #require(form["fields"]?.elements)
      #expect(
        fields[0].asObject?.keys.prefix(22) == [
          "id", "label", "showLabel", "alias", "type", "defaultValue", "isRequired",
          "validationMessage", "helpMessage", "order", "properties", "validation", "parent",
          "conditions", "labelAttributes", "inputAttributes", "containerAttributes", "leadField",
          "saveResult", "isAutoFill", "mappedObject", "mappedField",
        ])
      #expect(fields.map { $0["alias"] } == ["your_e_mail", "first", "send"])
      #expect(fields[0]["isRequired"] == true && fields[0]["mappedField"] == "email")
      #expect(fields[1]["mappedObject"] == "contact" && fields[1]["leadField"] == "firstname")
      #expect(fields[2]["properties"] == [] && fields[2]["saveResult"] == true)
      #expect(
        form["actions"]
          == [
            [
              "id": 1, "name": "points", "description": "x", "type": "lead.pointschange",
              "order": 1, "properties": ["operator": "plus", "points": 2],
            ]
          ])
      // The same name once more is another form, with an alias of its own.
      let twin = try await bed.send("POST", "/api/forms/new", Self.payload)
      #expect(twin.json["form"]?["alias"] == "sign_up1")
      let list = try await bed.send("GET", "/api/forms?search=ids:1,2").json
      #expect(list["total"] == 2 && list["forms"]?.elements?.count == 2)
    }
  }

  @Test("Aliases of forms made elsewhere stay: a button called submit, a field called consent")
  func takesAliasesOfOthers() async throws {
    try await APIBed.with { (bed) async throws in
      let form = """
        {"name":"Moved","fields":[{"label":"Agree","alias":"consent","type":"text"},
          {"label":"Code","alias":"token","type":"text"},
          {"label":"Submit","alias":"submit","type":"button"}]}
        """
      let made = try await bed.send("POST", "/api/forms/new", form)
      #expect(made.status == 201, "\(made.text)")
      #expect(
        made.json["form"]?["fields"]?.elements?.map { $0["alias"] }
          == ["consent", "token", "submit"])
      let refused = try await bed.send(
        "POST", "/api/forms/new",
        #"{"name":"No","fields":[{"label":"Back","alias":"return","type":"text"}]}"#)
      #expect(refused.status == 400)
      #expect(refused.text.contains("fields[0].alias"))
    }
  }

  @Test("PATCH adds and changes what it names; PUT removes the rest, and all where it names none")
  func editsParts() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", Self.payload)
      let path = "/api/forms/1/edit"
      func aliases(_ method: String, _ body: String) async throws -> [String] {
        let answer = try await bed.send(method, path, body)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["form"]?["fields"]?.elements?.compactMap { $0["alias"]?.text } ?? []
      }
      let whole = try #require(try await bed.send("GET", "/api/forms/1").json["form"])
      let same = try await bed.send(
        "PATCH", path, String(decoding: whole.rendered, as: UTF8.self))
      #expect(same.json["form"] == whole)
      #expect(try await bed.audited("update", "form") == 0)
      #expect(
        try await aliases(
          "PATCH",
          #"{"fields":[{"id":2,"label":"Name"},{"id":"new1","label":"City","type":"text"}]}"#
        ) == ["your_e_mail", "first", "send", "city"])
      let renamed = try await bed.send("GET", "/api/forms/1").json["form"]
      #expect(renamed?["fields"]?.elements?[1]["label"] == "Name")
      #expect(renamed?["postAction"] == "return")
      // In the order sent, where all are named.
      #expect(
        try await aliases("PATCH", #"{"fields":[{"id":4},{"id":3},{"id":2},{"id":1}]}"#)
          == ["city", "send", "first", "your_e_mail"])
      #expect(
        try await aliases(
          "PUT", #"{"name":"Sign up","fields":[{"id":1,"label":"E-mail","type":"email"}]}"#)
          == ["your_e_mail"])
      #expect(try await bed.send("GET", "/api/forms/1").json["form"]?["actions"] == [])
      #expect(try await aliases("PUT", #"{"name":"Sign up"}"#) == [])
    }
  }

  @Test("Fields and actions are deleted by their ids")
  func deletesParts() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", Self.payload)
      let fields = try await bed.send(
        "DELETE", "/api/forms/1/fields/delete?fields[]=1&fields[]=3")
      #expect(fields.json["form"]?["fields"]?.elements?.map { $0["id"] } == [2])
      let actions = try await bed.send(
        "DELETE", "/api/forms/1/actions/delete", #"{"actions":[1]}"#)
      #expect(actions.json["form"]?["actions"] == [])
      #expect(try await bed.send("DELETE", "/api/forms/1/fields/delete?fields=2").status == 400)
      #expect(try await bed.send("DELETE", "/api/forms/9/fields/delete?fields[]=2").status == 404)
      let deleted = try await bed.send("DELETE", "/api/forms/1/delete").json["form"]
      #expect(deleted?["id"] == .null && deleted?["name"] == "Sign up")
      #expect(try await bed.send("GET", "/api/forms/1").status == 404)
    }
  }

  @Test(
    "A refusal names its member and changes nothing",
    arguments: [
      (#"{}"#, "name"), (#"{"name":"x","formType":"y"}"#, "formType"),
      (#"{"name":"x","postAction":"y"}"#, "postAction"),
      (#"{"name":"x","postAction":"message"}"#, "postActionProperty"),
      (
        #"{"name":"x","postAction":"redirect","postActionProperty":"javascript:alert(1)"}"#,
        "postActionProperty"
      ),
      (#"{"name":"x","formAttributes":"onclick=\"x()\""}"#, "formAttributes"),
      (#"{"name":"x","fields":"y"}"#, "fields"),
      (#"{"name":"x","fields":[{"type":"text"}]}"#, "fields[0].label"),
      (#"{"name":"x","fields":[{"label":"a"}]}"#, "fields[0].type"),
      (
        #"{"name":"x","fields":[{"label":"a","type":"text","alias":"q"},{"label":"b","type":"text","alias":"q"}]}"#,
        "fields[1].alias"
      ),
      (#"{"name":"x","fields":[{"label":"a","type":"text","alias":"a b"}]}"#, "fields[0].alias"),
      (#"{"name":"x","fields":[{"label":"a","type":"text","alias":"return"}]}"#, "fields[0].alias"),
      (
        #"{"name":"x","fields":[{"label":"a","type":"text","mappedField":"nothing"}]}"#,
        "fields[0].mappedField"
      ),
      (
        #"{"name":"x","fields":[{"label":"a","type":"text","parent":"b"}]}"#, "fields[0].parent"
      ),
      (
        #"{"name":"x","fields":[{"id":"a","label":"a","type":"text","parent":"b"},{"id":"b","label":"b","type":"text","parent":"a"}]}"#,
        "fields"
      ),
      (#"{"name":"x","actions":[{"name":"a"}]}"#, "actions[0].type"),
      (
        #"{"name":"x","actions":[{"type":"lead.pointschange"}]}"#, "actions[0].properties.points"
      ),
      (
        #"{"name":"x","actions":[{"type":"form.repost","properties":{"post_url":"ftp://x"}}]}"#,
        "actions[0].properties.post_url"
      ),
    ])
  func refuses(_ body: String, _ member: String) async throws {
    try await APIBed.with { (bed) async throws in
      let refused = try await bed.send("POST", "/api/forms/new", body)
      #expect(refused.status == 400, "\(body): \(refused.text)")
      #expect(refused.error["details"]?[member] != nil, "\(body): \(refused.text)")
      #expect(try await bed.send("GET", "/api/forms").json["total"] == 0)
    }
  }

  @Test("A field that a form fills in cannot be deleted (CON-23)")
  func keepsFields() async throws {
    try await APIBed.with { (bed) async throws in
      let field = try await bed.make(
        "/api/fields/contact", #"{"label":"Shoe size","type":"number"}"#, "field")
      _ = try await bed.send(
        "POST", "/api/forms/new",
        #"{"name":"Shoes","fields":[{"label":"Size","type":"number","mappedField":"shoe_size"}]}"#)
      let refused = try await bed.send("DELETE", "/api/fields/contact/\(field)/delete")
      #expect(refused.status == 422 && refused.text.contains("Shoes"), "\(refused.text)")
    }
  }
}
