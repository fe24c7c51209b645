import Testing

@testable import API

@Suite("/api/tags (API page, 8.6)")
struct TagsAPITests {
  @Test("An existing name gives that tag with 200; case and all count")
  func createsOnce() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await bed.send(
        "POST", "/api/tags/new", #"{"tag":" R&R ","description":"rest"}"#)
      #expect(created.status == 201)
      #expect(created.text == #"{"tag":{"id":1,"tag":"R&R","description":"rest"}}"#)
      let again = try await bed.send("POST", "/api/tags/new", #"{"tag":"R&R"}"#)
      #expect(again.status == 200)
      #expect(again.json["tag"]?["id"] == 1)
      #expect(try await bed.make("/api/tags", #"{"tag":"r&r"}"#, "tag") > 1)
      for missing in ["{}", #"{"tag":" "}"#, #"{"tag":"<b></b>"}"#, #"{"tag":null}"#] {
        let refused = try await bed.send("POST", "/api/tags/new", missing)
        #expect(refused.status == 400)
        #expect(refused.error["details"]?["tag"] != nil, "\(refused.text)")
      }
      let long = String(repeating: "x", count: 192)
      #expect(try await bed.send("POST", "/api/tags/new", #"{"tag":"\#(long)"}"#).status == 400)
      #expect(try await bed.audited("create", "tag") == 2)
    }
  }

  @Test("Lists are objects keyed by id; search finds names")
  func lists() async throws {
    try await APIBed.with { (bed) async throws in
      #expect(try await bed.send("GET", "/api/tags").text == #"{"total":0,"tags":[]}"#)
      for name in ["vip", "news", "vino"] {
        _ = try await bed.make("/api/tags", #"{"tag":"\#(name)"}"#, "tag")
      }
      let list = try await bed.send("GET", "/api/tags?orderBy=tag&orderByDir=DESC").json
      #expect(list["total"] == 3)
      #expect(list["tags"]?.asObject?.keys == ["1", "3", "2"])
      #expect(
        try await bed.send("GET", "/api/tags?search=tag:vi").json["tags"]?.asObject?.keys == [
          "1", "3",
        ])
      #expect(
        try await bed.send("GET", "/api/tags?search=ids:2,3").json["tags"]?.asObject?.keys == [
          "2", "3",
        ])
      #expect(try await bed.send("GET", "/api/tags?orderBy=color").status == 400)
    }
  }

  @Test("An edit renames; the name of another tag is refused; PUT of a missing one creates")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/tags", #"{"tag":"a","description":"x"}"#, "tag")
      _ = try await bed.make("/api/tags", #"{"tag":"b"}"#, "tag")
      let renamed = try await bed.send("PATCH", "/api/tags/1/edit", #"{"tag":"c"}"#)
      #expect(renamed.text == #"{"tag":{"id":1,"tag":"c","description":"x"}}"#)
      let taken = try await bed.send("PATCH", "/api/tags/2/edit", #"{"tag":"c"}"#)
      #expect(taken.status == 400)
      #expect(try await bed.send("GET", "/api/tags/2").json["tag"]?["tag"] == "b")
      let put = try await bed.send("PUT", "/api/tags/1/edit", #"{"tag":"c"}"#)
      #expect(put.json["tag"]?["description"] == .null)
      #expect(try await bed.send("PATCH", "/api/tags/99/edit", #"{"tag":"d"}"#).status == 404)
      let made = try await bed.send("PUT", "/api/tags/99/edit", #"{"tag":"d"}"#)
      #expect(made.status == 201)
      #expect(made.json["tag"]?["id"] != 99)
    }
  }

  @Test("CON-44: deleting a tag takes it from all contacts")
  func deletes() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/tags", #"{"tag":"a"}"#, "tag")
      try await bed.pool.query("INSERT INTO contact_tags VALUES (5, 1), (4, 1)")
      let deleted = try await bed.send("DELETE", "/api/tags/1/delete")
      #expect(deleted.text == #"{"tag":{"id":null,"tag":"a","description":null}}"#)
      #expect(try await bed.pool.query("SELECT FROM contact_tags").isEmpty)
      let marks: [Int64]? = try await bed.pool.query(
        "SELECT contact_ids FROM contact_changes WHERE topics = '{tags}'"
      ).first?.decode(at: 0)
      #expect(marks == [4, 5])
      #expect(try await bed.send("DELETE", "/api/tags/1/delete").status == 404)
    }
  }
}
