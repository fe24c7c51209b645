import Testing

@testable import API

@Suite("Requests in the log")
struct SeenRequestTests {
  @Test("Neither addresses nor the keys of links stand in the log")
  func paths() {
    let hash = "0102030405060708090a0b0c0d0e0f10"
    for path in [
      "/email/unsubscribe/\(hash)/kim@example.com/abcdef", "/email/\(hash).gif", "/r/\(hash)",
      "/api/emails/reply/\(hash)", "/index.php/email/view/\(hash)/", "/\(hash)\(hash)",
    ] {
      let seen = SeenRequest(method: .get, path: path)
      #expect(!seen.path.contains("kim@"), "\(seen.path)")
      #expect(!seen.path.contains(hash + hash), "\(seen.path)")
      if path.hasPrefix("/email") || path.hasPrefix("/r") || path.hasPrefix("/api") {
        #expect(!seen.path.contains(hash), "\(seen.path)")
      }
    }
    var seen = SeenRequest(method: .get, path: "/x")
    let route = Route(.get, "/api/contacts/{id}/x/{name:text}", needs: .anyUser) { _ in
      APIResponse(json: [:])
    }
    seen.note(route, ["id": "7", "name": "kim@example.com"])
    #expect(seen.path == "/api/contacts/7/x/{name:text}")
    #expect(seen.route == "/api/contacts/{id}/x/{name:text}")
  }
}
