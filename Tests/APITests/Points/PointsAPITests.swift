import Testing

@testable import API

@Suite("/api/points (API page, 8.10)") struct PointsAPITests {
  @Test("One action, exactly; its properties come back as they were sent")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let category = try await bed.make(
        "/api/categories", #"{"title":"Sales","bundle":"point"}"#, "category")
      let group = try await bed.make("/api/points/groups", #"{"name":"Interest"}"#, "pointGroup")
      let created = try await bed.send(
        "POST", "/api/points/new",
        #"{"name":"Opens","type":"email.open","delta":"5","category":\#(category),"#
          + #""group":\#(group),"repeatable":"1","publishUp":"2024-03-01 09:30","#
          + #""properties":{"emails":[3,4],"other":{"a":[true,null]}}}"#)
      #expect(created.status == 201)
      #expect(created.headers["location"] == "/api/points/1")
      let point = try #require(created.json["point"]?.asObject)
      #expect(
        point.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "category", "type", "description", "publishUp",
          "publishDown", "delta", "properties", "repeatable", "group",
        ])
      #expect(point["delta"] == 5 && point["repeatable"] == true && point["isPublished"] == true)
      #expect(point["publishUp"] == "2024-03-01T09:30:00+00:00")
      #expect(point["group"] == ["id": 1, "name": "Interest", "description": nil])
      #expect(point["properties"]?["emails"] == [3, 4])
      #expect(point["properties"]?["other"]?["a"] == [true, nil])
      let plain = try await bed.send(
        "POST", "/api/points/new", #"{"name":"Hit","type":"page.hit","delta":-1}"#)
      #expect(plain.json["point"]?["properties"] == [])
      #expect(plain.json["point"]?["repeatable"] == false)
      let list = try await bed.send("GET", "/api/points?search=category:sales").json
      #expect(list["total"] == 1 && list["points"]?.elements?.count == 1)
    }
  }

  @Test("PATCH changes what it names, also of a whole entity sent back; PUT the rest too")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send(
        "POST", "/api/points/new",
        #"{"name":"Hit","type":"page.hit","delta":2,"repeatable":true,"description":"x"}"#)
      let whole = try #require(made.json["point"])
      let same = try await bed.send(
        "PATCH", "/api/points/1/edit", String(decoding: whole.rendered, as: UTF8.self))
      #expect(same.json["point"] == whole)
      #expect(try await bed.audited("update", "point") == 0)
      let patched = try await bed.send("PATCH", "/api/points/1/edit", #"{"delta":3}"#).json["point"]
      #expect(patched?["delta"] == 3 && patched?["repeatable"] == true)
      let put = try await bed.send(
        "PUT", "/api/points/1/edit", #"{"name":"Hit","type":"page.hit","delta":4}"#
      ).json["point"]
      #expect(put?["repeatable"] == false && put?["description"] == .null)
      #expect(try await bed.send("PUT", "/api/points/1/edit", #"{"name":"Hit"}"#).status == 400)
      #expect(try await bed.send("PATCH", "/api/points/9/edit", "{}").status == 404)
      let missing = try await bed.send(
        "PUT", "/api/points/9/edit", #"{"name":"New","type":"page.hit","delta":4}"#)
      #expect(missing.status == 201 && missing.json["point"]?["id"] == 2)
      let deleted = try await bed.send("DELETE", "/api/points/1/delete").json["point"]
      #expect(deleted?["id"] == .null && deleted?["name"] == "Hit")
      #expect(try await bed.send("GET", "/api/points/1").status == 404)
    }
  }

  @Test("A refusal names its member (section 1.6 of the points page)")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let bad: [(String, String)] = [
        (#"{"type":"page.hit","delta":1}"#, "name"), (#"{"name":"x","delta":1}"#, "type"),
        (#"{"name":"x","type":"page.hit"}"#, "delta"),
        (#"{"name":"x","type":"page.hit","delta":0}"#, "delta"),
        (#"{"name":"x","type":"page.hit","delta":1.5}"#, "delta"),
        (#"{"name":"x","type":"page.hit","delta":"many"}"#, "delta"),
        (#"{"name":"x","type":"page","delta":1}"#, "type"),
        (#"{"name":"x","type":"page.hit","delta":1,"group":7}"#, "group"),
        (#"{"name":"x","type":"page.hit","delta":1,"properties":"x"}"#, "properties"),
        (
          #"{"name":"x","type":"page.hit","delta":1,"properties":{"pages":"x"}}"#,
          "properties.pages"
        ),
        (
          #"{"name":"x","type":"page.hit","delta":1,"properties":{"x":[1,{"y":"a\u0000"}]}}"#,
          "properties.x[1].y"
        ),
        (#"{"name":"x","type":"url.hit","delta":1}"#, "properties.page_url"),
        (
          #"{"name":"x","type":"url.hit","delta":1,"properties":{"page_url":" "}}"#,
          "properties.page_url"
        ),
      ]
      for (body, member) in bad {
        let refused = try await bed.send("POST", "/api/points/new", body)
        #expect(refused.status == 400, "\(body)")
        #expect(refused.error["details"]?[member] != nil, "\(body): \(refused.text)")
      }
      #expect(try await bed.send("GET", "/api/points").json["total"] == 0)
    }
  }

  @Test("The existing types")
  func types() async throws {
    try await APIBed.with { (bed) async throws in
      let actions = try await bed.send("GET", "/api/points/actions/types").json
      #expect(
        actions["pointActionTypes"]?.asObject?.keys == [
          "asset.download", "email.open", "email.send", "event.track", "form.submit", "page.hit",
          "url.hit",
        ])
      let events = try await bed.send("GET", "/api/points/triggers/events/types").json
      let keys = try #require(events["eventTypes"]?.asObject?.keys)
      for type in ["campaign.changecampaign", "email.send", "lead.changelists", "lead.changetags"] {
        #expect(keys.contains(type))
      }
    }
  }
}

@Suite("/api/points/triggers (API page, 8.10)") struct PointTriggersAPITests {
  private static let payload =
    #"{"name":"test","description":"made here","points":5,"color":"4e5d9d","#
    + #""triggerExistingLeads":false,"events":["#
    + #"{"name":"tags","description":"x","type":"lead.changetags","order":1,"#
    + #""properties":{"add_tags":["tag-a"],"remove_tags":["tag-b"]}},"#
    + #"{"name":"mail","type":"email.send","order":2,"properties":{"email":777}}]}"#

  @Test("One trigger, exactly; an event may name a missing e-mail")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await bed.send("POST", "/api/points/triggers/new", Self.payload)
      #expect(created.status == 201, "\(created.text)")
      let trigger = try #require(created.json["trigger"]?.asObject)
      #expect(
        trigger.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "category", "description", "publishUp", "publishDown",
          "points", "color", "events", "triggerExistingLeads", "group",
        ])
      #expect(trigger["points"] == 5 && trigger["triggerExistingLeads"] == false)
      #expect(trigger["color"] == "4e5d9d")
      let events = try #require(trigger["events"]?.elements)
      #expect(events.count == 2)
      #expect(
        events[0]
          == [
            "id": 1, "name": "tags", "description": "x", "type": "lead.changetags", "order": 1,
            "properties": ["add_tags": ["tag-a"], "remove_tags": ["tag-b"]],
          ])
      let list = try await bed.send("GET", "/api/points/triggers").json
      #expect(list["total"] == 1 && list["triggers"]?.elements?.count == 1)
    }
  }

  @Test("PATCH keeps events that it does not name, PUT deletes them, all where it names none")
  func editsEvents() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/points/triggers/new", Self.payload)
      let path = "/api/points/triggers/1/edit"
      func events(_ method: String, _ body: String) async throws -> [String] {
        let answer = try await bed.send(method, path, body)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["trigger"]?["events"]?.elements?.map {
          "\($0["id"]?.integer ?? 0) \($0["name"]?.text ?? "") \($0["order"]?.integer ?? 0)"
        } ?? []
      }
      #expect(try await events("PATCH", #"{"points":6}"#) == ["1 tags 1", "2 mail 2"])
      #expect(
        try await events(
          "PATCH",
          #"{"events":[{"id":2,"name":"post"},{"id":"new1","type":"lead.changelists","order":0}]}"#)
          == ["1 tags 1", "2 post 2", "3 Modify contact's segments 0"])
      // Clients compare what they added, from the place of the first on, with what they sent (their suite does).
      #expect(
        try await events(
          "PATCH",
          #"{"events":[{"type":"lead.changetags","order":1},{"type":"lead.changelists","order":2}]}"#
        ).prefix(2) == ["1 tags 1", "2 post 2"])
      #expect(
        try await events(
          "PUT", #"{"name":"test","events":[{"id":1,"type":"lead.changetags","name":"tags"}]}"#)
          == ["1 tags 1"])
      let points = try await bed.send("GET", "/api/points/triggers/1").json["trigger"]?["points"]
      #expect(points == 0)
      #expect(try await events("PUT", #"{"name":"test"}"#) == [])
      let wrong = try await bed.send("PATCH", path, #"{"events":[{"type":"x"},"y"]}"#)
      #expect(wrong.status == 400)
      #expect(wrong.error["details"]?["events[1]"] != nil, "\(wrong.text)")
    }
  }

  @Test("Properties that an event could not use are refused by name, and change nothing")
  func refusesEvents() async throws {
    try await APIBed.with { (bed) async throws in
      let mail = #""properties":{"useremail":{"email":1}"#
      let bad: [(String, String)] = [
        (#""type":"email.send""#, "email"),
        (#""type":"email.send","properties":[]"#, "email"),
        (#""type":"email.send","properties":{"email":""}"#, "email"),
        (#""type":"email.send","properties":{"email":"news"}"#, "email"),
        (#""type":"email.send","properties":{"email":0}"#, "email"),
        (#""type":"email.send","properties":{"email":[1]}"#, "email"),
        (#""type":"email.send.to.user""#, "useremail"),
        (#""type":"email.send.to.user","properties":{"to_owner":1}"#, "useremail"),
        (#""type":"email.send.to.user",\#(mail)}"#, "user_id"),
        (#""type":"email.send.to.user",\#(mail),"user_id":["x"]}"#, "user_id"),
        (#""type":"email.send.to.user",\#(mail),"to":"nobody"}"#, "to"),
        (#""type":"email.send.to.user",\#(mail),"to_owner":"maybe"}"#, "to_owner"),
        (#""type":"email.send.to.user",\#(mail),"to_owner":[1]}"#, "to_owner"),
        (#""type":"email.send","properties":{"email":1,"x":"\u0000"}"#, "x"),
        (#""type":"webhook""#, "url"),
        (#""type":"webhook","properties":{"url":"example.com"}"#, "url"),
        (#""type":"webhook","properties":{"url":"http:///x"}"#, "url"),
        (#""type":"webhook","properties":{"url":"http://example.com","method":"send"}"#, "method"),
        (#""type":"webhook","properties":{"url":"http://example.com","headers":"x"}"#, "headers"),
        (
          #""type":"webhook","properties":{"url":"http://example.com","headers":{"a b":"c"}}"#,
          "headers"
        ),
        (#""type":"webhook","properties":{"url":"http://example.com","timeout":"x"}"#, "timeout"),
      ]
      for (event, member) in bad {
        let body = #"{"name":"T","events":[{\#(event)}]}"#
        let refused = try await bed.send("POST", "/api/points/triggers/new", body)
        #expect(refused.status == 400, "\(body): \(refused.text)")
        #expect(
          refused.error["details"]?["events[0].properties.\(member)"] != nil,
          "\(body): \(refused.text)")
      }
      #expect(try await bed.send("GET", "/api/points/triggers").json["total"] == 0)
      let good = [
        #""type":"email.send","properties":{"email":"7"}"#,
        #""type":"email.send.to.user",\#(mail),"to":"{contactfield=email}"}"#,
        #""type":"email.send.to.user",\#(mail),"user_id":["1"]}"#,
        #""type":"email.send.to.user","properties":{"email":1,"to_owner":"1"}"#,
        #""type":"webhook","properties":{"url":"{contactfield=website}","timeout":""}"#,
        #""type":"webhook","properties":{"url":"https://example.com","headers":{"list":[{"label":"X","value":"1"}]}}"#,
        #""type":"lead.changelists","properties":[]"#,
      ]
      for event in good {
        let made = try await bed.send(
          "POST", "/api/points/triggers/new", #"{"name":"T","events":[{\#(event)}]}"#)
        #expect(made.status == 201, "\(event): \(made.text)")
      }
      // Values stored before this check existed can be sent back with the rest.
      try await bed.pool.query("UPDATE point_trigger_events SET properties = '{}' WHERE id = 1")
      let whole = try await bed.send("GET", "/api/points/triggers/1").json["trigger"] ?? .null
      let back = try await bed.send(
        "PUT", "/api/points/triggers/1/edit", String(decoding: whole.rendered, as: UTF8.self))
      #expect(back.status == 200, "\(back.text)")
    }
  }

  @Test("Events are deleted by id, in the query or in the body")
  func deletesEvents() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/points/triggers/new", Self.payload)
      let path = "/api/points/triggers/1/events/delete"
      let one = try await bed.send("DELETE", "\(path)?events[]=1&events[]=99")
      #expect(one.status == 200)
      #expect(one.json["trigger"]?["events"]?.elements?.map { $0["id"] } == [2])
      let two = try await bed.send("DELETE", path, #"{"events":[2]}"#)
      #expect(two.json["trigger"]?["events"] == [])
      #expect(try await bed.send("DELETE", path).status == 400)
      #expect(try await bed.send("DELETE", "\(path)?events[]=all").status == 400)
      #expect(
        try await bed.send("DELETE", "/api/points/triggers/7/events/delete?events[]=1").status
          == 404)
    }
  }

  @Test("The colour of contacts (8.1) is there at once, in lists, short forms and conditions")
  func colours() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/points/triggers/new", Self.payload)
      let id = try await bed.make("/api/contacts", #"{"firstname":"Kim","points":4}"#, "contact")
      func color() async throws -> JSONValue? {
        try await bed.send("GET", "/api/contacts/\(id)").json["contact"]?["color"]
      }
      #expect(try await color() == .null)
      _ = try await bed.send("POST", "/api/contacts/\(id)/points/plus/1")
      #expect(try await color() == "4e5d9d")
      let found = try await bed.send(
        "GET", "/api/contacts?where[0][col]=color&where[0][expr]=eq&where[0][val]=4e5d9d")
      #expect(found.json["total"] == "1")
    }
  }
}

@Suite("/api/points/groups and scores (API page, 8.10 and 8.2)") struct PointGroupsAPITests {
  @Test("Groups have the standard endpoints")
  func standard() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send(
        "POST", "/api/points/groups/new", #"{"name":"Interest","description":"<b>x</b>"}"#)
      #expect(made.status == 201)
      #expect(
        made.json["pointGroup"]?.asObject?.keys.suffix(3) == ["id", "name", "description"])
      let batch = try await bed.send(
        "POST", "/api/points/groups/batch/new", #"[{"name":"a"},{}]"#)
      #expect(batch.json["statusCodes"] == [201, 400])
      let patched = try await bed.send(
        "PATCH", "/api/points/groups/1/edit", #"{"name":"Likes"}"#
      ).json["pointGroup"]
      #expect(patched?["name"] == "Likes" && patched?["description"] == "<b>x</b>")
      let list = try await bed.send("GET", "/api/points/groups?search=likes").json
      #expect(list["total"] == 1)
      let gone = try await bed.send("DELETE", "/api/points/groups/batch/delete?ids=1,2").json
      #expect(gone["pointGroups"]?.elements?.map { $0["id"] } == [1, 2])
    }
  }

  @Test("Scores of a contact: none is null, operators change it, set included")
  func scores() async throws {
    try await APIBed.with { (bed) async throws in
      let group = try await bed.make(
        "/api/points/groups", #"{"name":"Interest"}"#, "pointGroup")
      let id = try await bed.make("/api/contacts", #"{"firstname":"Kim"}"#, "contact")
      let path = "/api/contacts/\(id)/points/groups"
      #expect(try await bed.send("GET", path).json == ["total": 0, "groupScores": []])
      #expect(try await bed.send("GET", "\(path)/\(group)").json == ["groupScore": nil])
      let short: JSONValue = ["id": .int(group), "name": "Interest", "description": nil]
      for (step, score) in [
        ("plus/5", 5), ("times/3", 15), ("minus/1", 14), ("divide/4", 3), ("set/-2", -2),
      ] {
        let changed = try await bed.send(
          "POST", "\(path)/\(group)/\(step)", #"{"eventname":"Call","actionName":"now"}"#)
        #expect(changed.status == 200)
        #expect(changed.json == ["groupScore": ["score": .int(score), "group": short]], "\(step)")
      }
      #expect(
        try await bed.send("GET", path).json
          == ["total": 1, "groupScores": [["score": -2, "group": short]]])
      // PTS-06: the contact's points are what they were; the history tells of the score.
      #expect(
        try await bed.send("GET", "/api/contacts/\(id)").json["contact"]?["points"] == 0)
      let history = try await bed.send(
        "GET", "/api/contacts/\(id)/activity?filters[includeEvents][]=point.gained"
      ).json
      #expect(history["total"] == 5)
      #expect(history["events"]?.elements?.first?["details"]?["eventName"] == "Call")
      for (method, wrong, status) in [
        ("POST", "\(path)/\(group)/power/2", 400), ("POST", "\(path)/\(group)/plus/many", 400),
        ("POST", "\(path)/\(group)/divide/0", 400), ("POST", "\(path)/9/plus/1", 404),
        ("POST", "/api/contacts/99/points/groups/\(group)/plus/1", 404),
        ("GET", "\(path)/9", 404), ("GET", "/api/contacts/99/points/groups", 404),
      ] {
        #expect(try await bed.send(method, wrong).status == status, "\(wrong)")
      }
    }
  }
}
