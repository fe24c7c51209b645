import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/focus and /focus (API page, 10; tracking.md 13)") struct FocusAPITests {
  private func visit(_ bed: APIBed, _ path: String) async throws -> RawResponse {
    try await bed.server.request(
      "GET", path, as: nil, headers: [PageTrackingAPITests.browser])
  }

  @Test("One item, exactly; create, list, edit, delete")
  func suite() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send(
        "POST", "/api/focus/new",
        #"{"name":"Hello","type":"link","style":"modal","htmlMode":"basic","properties":{"content":{"headline":"Hi"},"when":"immediately"}}"#
      )
      #expect(made.status == 201, "\(made.text)")
      let item = try #require(made.json["focus"]?.asObject)
      #expect(
        item.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "category", "description", "type", "website", "style",
          "publishUp", "publishDown", "properties", "utmTags", "form", "htmlMode", "html", "editor",
          "cache",
        ])
      #expect(item["properties"]?["content"]?["headline"] == "Hi")
      let list = try await bed.send("GET", "/api/focus")
      #expect(list.json["total"] == 1 && list.json["focus"]?.asObject?.keys == ["1"])
      let patched = try await bed.send("PATCH", "/api/focus/1/edit", #"{"name":"New"}"#)
      #expect(patched.json["focus"]?["name"] == "New" && patched.json["focus"]?["style"] == "modal")
      let mode = try await bed.send(
        "PATCH", "/api/focus/1/edit", #"{"htmlMode":"basic","html_mode":"html","html":"<p>Hi</p>"}"#
      )
      #expect(mode.json["focus"]?["htmlMode"] == "html", "\(mode.text)")
      let script = try await bed.send("POST", "/api/focus/1/js")
      #expect(script.json["js"]?.text?.contains(#""headline":"Hi""#) == true)
      let bad: [(String, String)] = [
        (#"{}"#, "name"), (#"{"name":"x","type":"film"}"#, "type"),
        (#"{"name":"x","form":9}"#, "form"), (#"{"name":"x","properties":"y"}"#, "properties"),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "/api/focus/new", body)
        #expect(answer.status == 400 && answer.error["details"]?[member] != nil, "\(body)")
      }
      let deleted = try await bed.send("DELETE", "/api/focus/1/delete")
      #expect(deleted.json["focus"]?["id"] == .null)
    }
  }

  @Test("The script of an open item, an empty one of others; views and clicks are counted")
  func visitors() async throws {
    try await APIBed.with { (bed) async throws in
      let id = try await bed.make("/api/focus", #"{"name":"Hello"}"#, "focus")
      let script = try await visit(bed, "/focus/\(id).js")
      #expect(script.status == 200 && script.text.contains(#""id":\#(id)"#))
      #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
      for path in ["/focus/\(id)/viewpixel.gif", "/focus/\(id)/viewpixel.gif?act=click"] {
        #expect(try await visit(bed, path).body.count == 43)
      }
      #expect(try await visit(bed, "/focus/99/viewpixel.gif").body.count == 43)
      let own = try await bed.server.request(
        "GET", "/focus/\(id)/viewpixel.gif", headers: [PageTrackingAPITests.browser])
      #expect(own.status == 200)
      let rows = try await bed.send("GET", "/api/stats/focus_stats").json["stats"]?.elements
      #expect(rows?.map { $0["type"] } == ["view", "click"])
      _ = try await bed.send("PATCH", "/api/focus/\(id)/edit", #"{"isPublished":false}"#)
      let closed = try await visit(bed, "/focus/\(id).js")
      #expect(closed.status == 200 && closed.body.isEmpty)
      let unknown = try await visit(bed, "/focus/99.js")
      #expect(unknown.status == 200 && unknown.body.isEmpty)
    }
  }
}
