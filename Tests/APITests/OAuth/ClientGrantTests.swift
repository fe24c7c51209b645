import Testing

@testable import API

@Suite("Secrets and tokens of clients (API page, section 2)") struct ClientGrantTests {
  private static let itself = #"{"name":"Job","role":1,"grants":["client_credentials"]}"#

  private static func token(
    _ bed: APIBed, _ client: JSONValue?, secret: String
  ) async throws -> RawResponse {
    try await bed.server.request(
      "POST", "/oauth/v2/token", as: nil, headers: ["Content-Type: application/json"],
      body: Array(
        #"{"grant_type":"client_credentials","client_id":"\#(client?["clientId"]?.text ?? "")","client_secret":"\#(secret)"}"#
          .utf8))
  }

  @Test("Another secret is shown once and takes the place of the old one")
  func renews() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.send("POST", "/api/clients/new", Self.itself).json["client"]
      let old = try #require(client?["clientSecret"]?.text)
      let renewed = try await bed.send("POST", "/api/clients/1/secret").json["client"]
      let new = try #require(renewed?["clientSecret"]?.text)
      #expect(new != old && renewed?["clientId"] == client?["clientId"])
      #expect(try await Self.token(bed, client, secret: old).status == 400)
      #expect(try await Self.token(bed, client, secret: new).status == 200)
      #expect(
        try await bed.send("GET", "/api/clients/1").json["client"]?["clientSecret"] == nil)
      #expect(try await bed.send("POST", "/api/clients/9/secret").status == 404)
    }
  }

  @Test("A public client has no secret to renew")
  func hasNone() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send(
        "POST", "/api/clients/new",
        #"{"name":"App","isConfidential":false,"redirectUris":["com.example.app:/callback"]}"#)
      #expect(try await bed.send("POST", "/api/clients/1/secret").status == 400)
    }
  }

  @Test("What a client was granted is listed, and refused once it is revoked")
  func revokes() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.send("POST", "/api/clients/new", Self.itself).json["client"]
      let secret = try #require(client?["clientSecret"]?.text)
      for _ in 0..<2 { _ = try await Self.token(bed, client, secret: secret) }
      let list = try await bed.send("GET", "/api/clients/1/grants").json
      #expect(list["total"] == 2 && list["grants"]?.elements?.first?["user"] == .null)
      #expect(list["grants"]?.elements?.first?["tokens"] == 1)
      let id = list["grants"]?.elements?.first?["id"]?.text ?? ""
      let path = "/api/clients/1/grants"
      #expect(try await bed.send("DELETE", "\(path)/\(id)").json["revoked"] == 1)
      #expect(try await bed.send("DELETE", "\(path)/\(id)").status == 404)
      #expect(try await bed.send("GET", path).json["total"] == 1)
      #expect(try await bed.send("DELETE", path).json["revoked"] == 1)
      #expect(try await bed.send("GET", path).json["total"] == 0)
      #expect(try await bed.send("GET", "/api/clients/9/grants").status == 404)
    }
  }
}
