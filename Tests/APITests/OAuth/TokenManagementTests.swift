import Foundation
import TestSupport
import Testing
import Users

@testable import API

@Suite struct TokenManagementTests {
  @Test func aClientShowsItsSecretOnce() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let id = client["id"]?.integer ?? 0
      #expect(client["clientSecret"]?.text?.count == 43)
      #expect(client["grants"] == ["authorization_code", "refresh_token"])
      let shown = try await bed.send("GET", "/api/clients/\(id)")
      #expect(shown.json["client"]?["clientId"] == client["clientId"])
      #expect(shown.json["client"]?["clientSecret"] == nil)
      let list = try await bed.send("GET", "/api/clients?search=App")
      #expect(list.json["total"] == 1)
      let edited = try await bed.send(
        "PATCH", "/api/clients/\(id)/edit",
        #"{"name":"New","redirectUris":"https://a.example.com/x"}"#)
      #expect(edited.json["client"]?["name"] == "New")
      #expect(edited.json["client"]?["redirectUris"] == ["https://a.example.com/x"])
      for body in [
        #"{"name":""}"#, #"{"redirectUris":["javascript:x"]}"#, #"{"redirectUris":[[]]}"#,
        #"{"grants":"password"}"#, #"{"role":99}"#, #"{"role":-1}"#,
      ] {
        let refused = try await bed.send("PATCH", "/api/clients/\(id)/edit", body)
        #expect(refused.status == 400, "\(body): \(refused.text)")
      }
      // The answer to a creation is kept nowhere.
      _ = try await bed.server.request(
        "POST", "/api/clients/new",
        headers: ["Content-Type: application/json", "Idempotency-Key: x"],
        body: Array(#"{"name":"B","redirectUris":["https://a.example.com/x"]}"#.utf8))
      let kept: Int? = try await bed.pool.query("SELECT count(*) FROM idempotency_keys").first?
        .decode(at: 0)
      #expect(kept == 0)
      let deleted = try await bed.send("DELETE", "/api/clients/\(id)/delete")
      #expect(deleted.status == 200 && deleted.json["client"]?["id"] == .null)
      #expect(try await bed.audited("delete", "client") == 1)
    }
  }

  @Test func usersSeeTheirOwnTokensAndAdministratorsAll() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send("POST", "/api/tokens/new", #"{"name":"Kim's"}"#, as: "kim")
      #expect(made.status == 201, "\(made.text)")
      let token = made.json["token"]
      let id = token?["id"]?.integer ?? 0
      #expect(token?["token"]?.text?.hasPrefix("mlt_") == true)
      _ = try await bed.send("POST", "/api/tokens/new", #"{"name":"Ada's"}"#)
      #expect(try await bed.send("GET", "/api/tokens", as: "kim").json["total"] == 1)
      #expect(try await bed.send("GET", "/api/tokens").json["total"] == 2)
      let one = try await bed.send("GET", "/api/tokens/\(id)", as: "kim")
      #expect(one.json["token"]?["name"] == "Kim's")
      #expect(one.json["token"]?["token"] == nil)
      #expect(try await bed.send("GET", "/api/tokens/\(id + 1)", as: "kim").status == 404)
      #expect(
        try await bed.send("POST", "/api/tokens/new", #"{"name":"x","user":1}"#, as: "kim").status
          == 403)
      let given = try await bed.send(
        "POST", "/api/tokens/new", #"{"name":"x","user":2,"scope":["read"]}"#)
      #expect(given.json["token"]?["user"]?["username"] == "kim")
      // A token makes no other.
      let secret = token?["token"]
      #expect(
        try await bed.bearing(secret, "POST", "/api/tokens/new", #"{"name":"x"}"#).status == 403)
      #expect(try await bed.send("DELETE", "/api/tokens/\(id)/delete", as: "kim").status == 200)
      let isOver1 = try await eventually {
        try await bed.bearing(secret, "GET", "/api/users/self").status == 401
      }
      #expect(isOver1)
    }
  }

  @Test func aScopeAndNetworksBindAToken() async throws {
    try await APIBed.with { (bed) async throws in
      func secret(_ members: String) async throws -> API.JSONValue? {
        let made = try await bed.send("POST", "/api/tokens/new", "{\"name\":\"x\",\(members)}")
        #expect(made.status == 201, "\(made.text)")
        return made.json["token"]?["token"]
      }
      let reading = try await secret(#""scope":"read""#)
      #expect(try await bed.bearing(reading, "GET", "/api/contacts").status == 200)
      #expect(
        try await bed.bearing(reading, "POST", "/api/contacts/new", #"{"email":"a@b.c"}"#).status
          == 403)
      #expect(try await bed.bearing(reading, "GET", "/api/queues").status == 403)
      #expect(
        try await bed.bearing(reading, "POST", "/api/jobs/x/cancel", "{}").status == 403)
      let check = try await bed.bearing(
        reading, "POST", "/api/users/1/permissioncheck",
        #"{"permissions":["lead:leads:viewown","lead:leads:create"]}"#)
      #expect(check.json == ["lead:leads:viewown": true, "lead:leads:create": false])
      let here = try await secret(#""networks":["127.0.0.0/8","::1"]"#)
      #expect(try await bed.bearing(here, "GET", "/api/users/self").status == 200)
      let elsewhere = try await secret(#""networks":"192.0.2.0/24""#)
      let refused = try await bed.bearing(elsewhere, "GET", "/api/users/self")
      #expect(refused.status == 401 && refused.error["type"] == "invalid_grant")
      for members in [
        #""scope":["lead:leads:fly"]"#, #""scope":[]"#, #""scope":[[1]]"#, #""networks":["x"]"#,
        #""expires":"2001-01-01""#, #""expires":"never""#, #""user":99"#,
      ] {
        let body = "{\"name\":\"x\",\(members)}"
        let refused = try await bed.send("POST", "/api/tokens/new", body)
        #expect(refused.status == 400, "\(members): \(refused.text)")
      }
    }
  }
}
