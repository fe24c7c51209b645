import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/pages (API page, 9)") struct PagesAPITests {
  private static let content =
    "<!DOCTYPE html>\r\n<html><head><title>T</title>\n<script>if (1 < 2) { alert('x') }</script></head>\n<body>Sam & Söhne</body></html>"

  private func create(_ bed: APIBed, _ members: JSONObject) async throws -> RawResponse {
    try await bed.send(
      "POST", "/api/pages/new", String(decoding: JSONValue.object(members).rendered, as: UTF8.self))
  }

  @Test("One page, exactly; its content comes back byte for byte")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await create(
        bed, ["title": "My page", "template": "blank", "customHtml": .string(Self.content)])
      #expect(created.status == 201 && created.headers["location"] == "/api/pages/1")
      let page = try #require(try await bed.send("GET", "/api/pages/1").json["page"]?.asObject)
      #expect(
        page.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "title", "alias", "category", "language", "publishUp",
          "publishDown", "hits", "uniqueHits", "variantHits", "revision", "metaDescription",
          "redirectType", "redirectUrl", "isPreferenceCenter", "noIndex", "variantSettings",
          "variantStartDate", "variantParent", "variantChildren", "translationParent",
          "translationChildren", "template", "customHtml",
        ])
      #expect(page["customHtml"] == .string(Self.content) && page["alias"] == "my-page")
      #expect(page["hits"] == 0 && page["revision"] == 1 && page["language"] == "en")
      #expect(page["variantSettings"] == [] && page["variantChildren"] == [])
      #expect(page["template"] == "blank" && page["isPublished"] == true)
      #expect(page["createdByUser"] == "Ada Admin" && page["noIndex"] == false)
    }
  }

  @Test("PATCH changes what is named, PUT sets the rest back; an unknown id is made, or not found")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await create(bed, ["title": "Page", "customHtml": "<p>x</p>"])
      let patched = try await bed.send(
        "PATCH", "/api/pages/1/edit",
        #"{"title":"New","redirectType":301,"redirectUrl":"https://example.com/a","noIndex":1}"#
      ).json["page"]
      #expect(patched?["title"] == "New" && patched?["redirectType"] == "301")
      #expect(patched?["customHtml"] == "<p>x</p>" && patched?["noIndex"] == true)
      let put = try await bed.send("PUT", "/api/pages/1/edit", #"{"title":"Put"}"#).json["page"]
      #expect(put?["customHtml"] == .null && put?["redirectUrl"] == .null)
      #expect(put?["revision"] == 3)
      #expect(try await bed.send("PATCH", "/api/pages/9/edit", #"{"title":"x"}"#).status == 404)
      let made = try await bed.send("PUT", "/api/pages/9/edit", #"{"title":"x"}"#)
      #expect(made.status == 201 && made.json["page"]?["id"] == 2)
      let deleted = try await bed.send("DELETE", "/api/pages/1/delete").json["page"]
      #expect(deleted?["id"] == .null && deleted?["title"] == "Put")
      #expect(try await bed.send("GET", "/api/pages/1").status == 404)
    }
  }

  @Test("A whole page that was read can be sent back, its relatives included (quirk 24)")
  func sendsBack() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await create(bed, ["title": "Page"])
      let variant = try await create(
        bed,
        [
          "title": "B", "variantParent": 1,
          "variantSettings": ["weight": 30, "winnerCriteria": "page.bouncerate"],
        ])
      #expect(variant.status == 201, "\(variant.text)")
      let read = try #require(try await bed.send("GET", "/api/pages/2").json["page"])
      #expect(read["variantParent"]?["title"] == "Page" && read["variantStartDate"] != .null)
      #expect(read["variantSettings"]?["weight"] == 30)
      let back = try await bed.send(
        "PATCH", "/api/pages/2/edit", String(decoding: read.rendered, as: UTF8.self))
      #expect(back.status == 200 && back.json["page"] == read, "\(back.text)")
      let parent = try #require(try await bed.send("GET", "/api/pages/1").json["page"])
      #expect(parent["variantChildren"]?.elements?.first?["alias"] == "b")
      let same = try await bed.send(
        "PATCH", "/api/pages/1/edit", String(decoding: parent.rendered, as: UTF8.self))
      #expect(same.json["page"] == parent)
    }
  }

  @Test("The list: variants and translations left out, search, order, where")
  func lists() async throws {
    try await APIBed.with { (bed) async throws in
      for (title, language) in [("Alpha", "en"), ("Beta", "de"), ("Gamma", "de")] {
        _ = try await create(bed, ["title": .string(title), "language": .string(language)])
      }
      _ = try await create(bed, ["title": "Delta", "translationParent": 1, "language": "fr"])
      func titles(_ query: String) async throws -> [String] {
        let answer = try await bed.send("GET", "/api/pages\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        let found = (answer.json["pages"]?.elements ?? []).compactMap { $0["title"]?.text }
        #expect(answer.json["total"] == .int(found.count))
        return found
      }
      #expect(try await titles("") == ["Alpha", "Beta", "Gamma"])
      #expect(try await titles("?search=bet") == ["Beta"])
      #expect(
        try await titles("?search=lang:de&orderBy=title&orderByDir=desc") == ["Gamma", "Beta"])
      #expect(try await titles("?search=ids:1,3") == ["Alpha", "Gamma"])
      #expect(
        try await titles("?where[0][col]=alias&where[0][expr]=eq&where[0][val]=gamma") == ["Gamma"])
      #expect(try await titles("?orderBy=hits&orderByDir=DESC") == ["Alpha", "Beta", "Gamma"])
      #expect(try await bed.send("GET", "/api/pages?orderBy=nothing").status == 400)
    }
  }

  @Test("Batches: each item for itself")
  func batches() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await bed.send(
        "POST", "/api/pages/batch/new", #"[{"title":"A"},{"title":""},{"title":"A"}]"#)
      #expect(created.status == 201 && created.json["statusCodes"] == [201, 400, 201])
      #expect(created.json["pages"]?.elements?.map { $0["alias"]?.text } == ["a", "a1"])
      let edited = try await bed.send(
        "PATCH", "/api/pages/batch/edit", #"[{"id":1,"title":"B"},{"id":7,"title":"C"}]"#)
      #expect(edited.json["statusCodes"] == [200, 404])
      let deleted = try await bed.send("DELETE", "/api/pages/batch/delete?ids=1,2,7")
      #expect(deleted.json["pages"]?.elements?.count == 2)
      #expect(try await bed.send("GET", "/api/pages").json["pages"] == [])
    }
  }

  @Test("A refusal names its member")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let bad: [(String, String)] = [
        (#"{}"#, "title"), (#"{"title":"x","redirectType":"307"}"#, "redirectType"),
        (#"{"title":"x","redirectUrl":"javascript:x"}"#, "redirectUrl"),
        (#"{"title":"x","variantSettings":{"weight":"much"}}"#, "variantSettings"),
        (#"{"title":"x","variantSettings":3}"#, "variantSettings"),
        (#"{"title":"x","variantParent":5,"variantSettings":{"weight":5}}"#, "variantParent"),
        (#"{"title":"x","translationParent":"y"}"#, "translationParent"),
        (#"{"title":"x","publishUp":"soon"}"#, "publishUp"),
        (#"{"title":"x","customHtml":"a\u0000b"}"#, "customHtml"),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "/api/pages/new", body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["details"]?[member] != nil, "\(body): \(answer.text)")
      }
      let unknown = try await bed.send("POST", "/api/pages/new", #"{"title":"x","category":9}"#)
      #expect(unknown.status == 500 && unknown.error["message"] == "Category 9 does not exist")
    }
  }
}
