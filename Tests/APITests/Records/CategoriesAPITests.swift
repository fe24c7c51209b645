import Testing

@testable import API

@Suite("/api/categories (API page, section 9)")
struct CategoriesAPITests {
  @Test("Two may have the same title: the alias is made unique within the bundle")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let body = #"{"title":"Top News","bundle":"global","color":"FF8800","description":"d"}"#
      let created = try await bed.send("POST", "/api/categories/new", body)
      #expect(created.status == 201)
      #expect(
        created.json["category"]?.asObject?.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "title", "alias", "description", "color", "bundle",
        ])
      #expect(created.json["category"]?["alias"] == "top_news")
      #expect(created.json["category"]?["color"] == "FF8800")
      let again = try await bed.send("POST", "/api/categories/new", body)
      #expect(again.json["category"]?["alias"] == "top_news1")
      let other = try await bed.send(
        "POST", "/api/categories/new", #"{"title":"Top News","bundle":"anything"}"#)
      #expect(other.json["category"]?["alias"] == "top_news")
      #expect(
        try await bed.send("GET", "/api/categories?search=bundle:glob").json["total"] == 2)
      for (body, member) in [
        (#"{"title":"x"}"#, "bundle"), (#"{"bundle":"x"}"#, "title"),
        (#"{"title":"x","bundle":"y","color":"red"}"#, "color"),
      ] {
        let refused = try await bed.send("POST", "/api/categories/new", body)
        #expect(refused.status == 400 && refused.error["details"]?[member] != nil, "\(body)")
      }
    }
  }

  @Test("Records of a deleted category have none, and subscriptions end")
  func deletes() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/categories", #"{"title":"A","bundle":"global"}"#, "category")
      _ = try await bed.make("/api/stages", #"{"name":"Lead","category":{"id":1}}"#, "stage")
      try await bed.pool.query(
        """
        INSERT INTO contact_categories (contact_id, category_id, manually_removed, date_added)
        VALUES (1, 1, false, '2024-01-01Z'), (2, 1, true, '2024-01-01Z')
        """)
      let deleted = try await bed.send("DELETE", "/api/categories/1/delete")
      #expect(deleted.status == 200 && deleted.json["category"]?["title"] == "A")
      #expect(try await bed.send("GET", "/api/stages/1").json["stage"]?["category"] == .null)
      let marks: [Int64]? = try await bed.pool.query(
        "SELECT contact_ids FROM contact_changes WHERE topics = '{categories}'"
      ).first?.decode(at: 0)
      #expect(marks == [1])
    }
  }

  @Test("PATCH changes what it names; an alias follows nothing but itself")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/categories", #"{"title":"A","bundle":"global"}"#, "category")
      let edited = try await bed.send(
        "PATCH", "/api/categories/1/edit", #"{"title":"B","description":null}"#
      ).json["category"]
      #expect(edited?["title"] == "B" && edited?["alias"] == "a" && edited?["bundle"] == "global")
      #expect(
        try await bed.send("PUT", "/api/categories/1/edit", #"{"title":"B"}"#).status == 400)
    }
  }
}
