import Foundation
import Testing

@testable import API

/// What pages of WordPress load by its plugin.
@Suite("The plugin of WordPress (tracking.md 1, 3 and 8)")
struct WordPressPluginTests {
  /// An array as PHP's `serialize` writes it, in base64, coded for an address.
  private static func payload(_ values: [(String, String)]) -> String {
    let items = values.map { "s:\($0.utf8.count):\"\($0)\";s:\($1.utf8.count):\"\($1)\";" }
    let text = "a:\(values.count):{\(items.joined())}"
    return OAuthBrowser.query([("d", Data(text.utf8).base64EncodedString())])
  }

  private static func visit(_ bed: APIBed, _ path: String) async throws -> RawResponse {
    let answer = try await bed.server.request(
      "GET", path, as: nil, headers: [PageTrackingAPITests.browser])
    #expect(answer.status == 200, "\(path)")
    return answer
  }

  @Test("The image with the visitor's attributes, and with tags", arguments: ["", "/index.php"])
  func image(front: String) async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let payload = Self.payload([
        ("language", "pt_PT"), ("page_url", "https://blog.example.com/?p=1"),
        ("page_title", "Olá & welcome"), ("referrer", "https://www.example.com/"),
      ])
      let image = try await Self.visit(bed, front + "/mtracking.gif?" + payload)
      #expect(image.headers["content-type"] == "image/gif" && image.body.count == 43)
      _ = try await Self.visit(bed, front + "/mtracking.gif?tags=vip,-old")
      await bed.tracking.backlog.settle()
      let hits = try await bed.texts(
        "SELECT url FROM page_hits WHERE url LIKE 'https://blog%' ORDER BY id")
      #expect(hits == ["https://blog.example.com/?p=1"])
    }
  }

  @Test("The scripts: tracking, a form, a focus item; of what does not exist, an empty one")
  func scripts() async throws {
    try await APIBed.with { (bed) async throws in
      let form = try await bed.make(
        "/api/forms",
        #"{"name":"F","formType":"standalone","postAction":"return","fields":[{"label":"A","type":"text"}]}"#,
        "form")
      let item = try await bed.make("/api/focus", #"{"name":"Hello"}"#, "focus")
      let paths = ["/mtc.js", "/form/generate.js?id=\(form)", "/focus/\(item).js"]
      for path in paths {
        let script = try await Self.visit(bed, path)
        #expect(script.headers["content-type"]?.contains("javascript") == true, "\(path)")
        #expect(!script.body.isEmpty, "\(path)")
      }
      for path in ["/form/generate.js?id=99", "/focus/99.js"] {
        #expect(try await Self.visit(bed, path).body.isEmpty, "\(path)")
      }
    }
  }
}
