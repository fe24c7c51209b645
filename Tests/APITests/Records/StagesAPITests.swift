import Testing

@testable import API

@Suite("/api/stages (API page, 8.11)")
struct StagesAPITests {
  @Test("One stage, exactly; a missing weight is the next free number")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let category = try await bed.make(
        "/api/categories", #"{"title":"Sales","bundle":"stage"}"#, "category")
      let created = try await bed.send(
        "POST", "/api/stages/new",
        #"{"name":"Lead","category":\#(category),"weight":"7","publishUp":"2024-03-01 09:30"}"#)
      #expect(created.status == 201)
      #expect(created.headers["location"] == "/api/stages/1")
      let stage = try #require(created.json["stage"]?.asObject)
      #expect(
        stage.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "category", "weight", "description", "publishUp",
          "publishDown",
        ])
      #expect(
        stage["category"]?.asObject?.keys == [
          "id", "title", "alias", "description", "color", "bundle",
        ])
      #expect(stage["weight"] == 7)
      #expect(stage["publishUp"] == "2024-03-01T09:30:00+00:00")
      #expect(stage["createdByUser"] == "Ada Admin")
      let next = try await bed.send("POST", "/api/stages/new", #"{"name":"Customer"}"#)
      #expect(next.json["stage"]?["weight"] == 8)
      let list = try await bed.send("GET", "/api/stages?search=name:cust").json
      #expect(list["total"] == 1)
      #expect(list["stages"]?.elements?.first?["name"] == "Customer")
    }
  }

  @Test("STG-02: a name is required, a weight belongs to one stage, a category must exist")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/stages", #"{"name":"Lead","weight":1}"#, "stage")
      let bad: [(String, String)] = [
        ("{}", "name"), (#"{"name":"x","weight":1}"#, "weight"),
        (#"{"name":"x","weight":"many"}"#, "weight"),
        (#"{"name":"x","weight":9999999999}"#, "weight"),
        (#"{"name":"x","publishUp":"soon"}"#, "publishUp"),
        (#"{"name":"x","isPublished":"perhaps"}"#, "isPublished"),
      ]
      for (body, member) in bad {
        let refused = try await bed.send("POST", "/api/stages/new", body)
        #expect(refused.status == 400, "\(body)")
        #expect(refused.error["details"]?[member] != nil, "\(body): \(refused.text)")
      }
      let unknown = try await bed.send("POST", "/api/stages/new", #"{"name":"x","category":9}"#)
      #expect(unknown.status == 500)
      #expect(unknown.error["message"] == "Category 9 does not exist")
      #expect(try await bed.send("GET", "/api/stages").json["total"] == 1)
    }
  }

  @Test("PATCH changes what it names, PUT the rest too, but a missing weight stays")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make(
        "/api/stages", #"{"name":"Lead","weight":3,"description":"first","isPublished":0}"#, "stage"
      )
      let patched = try await bed.send("PATCH", "/api/stages/1/edit", #"{"name":"Fan"}"#).json[
        "stage"]
      #expect(patched?["description"] == "first" && patched?["isPublished"] == false)
      let put = try await bed.send("PUT", "/api/stages/1/edit", #"{"name":"Fan"}"#).json["stage"]
      #expect(put?["description"] == .null && put?["isPublished"] == true && put?["weight"] == 3)
      #expect(try await bed.audited("update", "stage") == 2)
    }
  }

  @Test("STG-15: deleting a stage leaves its contacts without one and marks them")
  func deletes() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/stages", #"{"name":"Lead"}"#, "stage")
      try await bed.pool.query(
        "INSERT INTO contacts (id, date_added, stage_id) VALUES (1, '2024-01-01Z', 1), (2, '2024-01-01Z', NULL)"
      )
      let deleted = try await bed.send("DELETE", "/api/stages/1/delete")
      #expect(deleted.json["stage"]?["id"] == .null && deleted.json["stage"]?["name"] == "Lead")
      #expect(try await bed.pool.query("SELECT FROM contacts WHERE stage_id = 1").isEmpty)
      let marks: [Int64]? = try await bed.pool.query(
        "SELECT contact_ids FROM contact_changes WHERE topics = '{field:stage_id}'"
      ).first?.decode(at: 0)
      #expect(marks == [1])
    }
  }

  @Test("Items of a batch are independent")
  func batches() async throws {
    try await APIBed.with { (bed) async throws in
      let batch = try await bed.send(
        "POST", "/api/stages/batch/new", #"[{"name":"a"},{"weight":5},{"name":"c"}]"#)
      #expect(batch.status == 201)
      #expect(batch.json["statusCodes"] == [201, 400, 201])
      #expect(batch.json["stages"]?.elements?.count == 2)
      #expect(batch.json["errors"]?["1"]?["code"] == 400)
      let gone = try await bed.send("DELETE", "/api/stages/batch/delete?ids=2,77,1")
      #expect(gone.json["stages"]?.elements?.map { $0["id"] } == [2, 1])
    }
  }
}

extension StagesAPITests {
  @Test("Statistics: changes by day, contacts by stage (STG-18)")
  func statistics() async throws {
    try await APIBed.with { (bed) async throws in
      for name in ["Lead", "Customer"] {
        _ = try await bed.make("/api/stages", #"{"name":"\#(name)"}"#, "stage")
      }
      let contact = try await bed.make("/api/contacts", #"{"firstname":"Kim"}"#, "contact")
      _ = try await bed.make("/api/contacts", #"{"firstname":"Lee"}"#, "contact")
      _ = try await bed.send("POST", "/api/stages/2/contact/\(contact)/add")
      let chart = try await bed.send("GET", "/api/stages/chart").json["chart"]
      #expect(chart?["labels"]?.elements?.count == 30)
      #expect(chart?["datasets"]?.elements?.map { $0["label"] } == ["Lead", "Customer"])
      #expect(chart?["datasets"]?.elements?.last?["data"]?.elements?.last == 1)
      let lifecycle = try await bed.send("GET", "/api/stages/lifecycle").json["stages"]
      #expect(
        lifecycle?.elements == [
          ["id": 1, "name": "Lead", "contacts": 0], ["id": 2, "name": "Customer", "contacts": 1],
          ["id": nil, "name": nil, "contacts": 1],
        ])
      for wrong in [
        "chart?dateFrom=soon", "chart?dateTo=1990-01-01&dateFrom=1991-01-01",
        "lifecycle?segment=x",
      ] {
        #expect(try await bed.send("GET", "/api/stages/\(wrong)").status == 400, "\(wrong)")
      }
      #expect(
        try await bed.send("POST", "/api/stages/new", #"{"name":"x","weight":-1}"#).status == 400)
    }
  }
}
