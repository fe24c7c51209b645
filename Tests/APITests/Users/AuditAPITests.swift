import Testing

@testable import API

@Suite struct AuditAPITests {
  @Test func administratorsReadTheLog() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.user("lee", may: ["tagManager:tagManager": ["full"]])
      #expect(try await bed.call(as: "lee", "GET", "/audit").status == 403)
      let made = try await bed.call(as: "lee", "POST", "/tags/new", #"{"tag":"new"}"#)
      let id = try #require(made.json["tag"]?["id"]?.integer)

      let page = try await bed.call("GET", "/audit?limit=1").json
      #expect(page["total"] == 3)
      let entry = try #require(page["entries"]?.elements?.first)
      guard case .object(let members) = entry else { throw APIError.notFound }
      #expect(
        members.members.map(\.key) == [
          "id", "dateAdded", "bundle", "object", "objectId", "action", "userId", "userName",
          "ipAddress", "details",
        ])
      #expect(entry["object"] == "tag" && entry["objectId"] == .int(id))
      #expect(entry["userName"] == "First Last" && entry["ipAddress"] == "127.0.0.1")

      func total(_ query: String) async throws -> API.JSONValue? {
        try await bed.call("GET", "/audit?\(query)").json["total"]
      }
      #expect(try await total("search=object:role") == 1)
      #expect(try await total("search=first") == 1)
      #expect(try await total("where[0][col]=ip&where[0][expr]=eq&where[0][val]=192.0.2.1") == 0)
      #expect(
        try await total("where[0][col]=date&where[0][expr]=gt&where[0][val]=2099-01-01") == 0)
      #expect(
        try await total("where[0][col]=objectId&where[0][expr]=eq&where[0][val]=\(id)&search=tag")
          == 1)
      let oldest = try await bed.call("GET", "/audit?orderBy=dateAdded&limit=1").json
      #expect(oldest["entries"]?.elements?.first?["object"] == "role")
    }
  }
}
