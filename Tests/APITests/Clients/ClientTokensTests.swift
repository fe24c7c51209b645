import Foundation
import Testing

@testable import API

/// How public clients get, send and refresh tokens of OAuth.
@Suite("Tokens as clients get them (API page, section 2)")
struct ClientTokensTests {
  /// Lets the user `admin` approve of what an address asks for; returns the code and the state.
  private static func code(_ bed: APIBed, _ fields: [(String, String)]) async throws
    -> (code: String, state: String)
  {
    var browser = OAuthBrowser(bed)
    let location = try await browser.approve(fields)
    return (
      APIBed.parameter("code", of: location), APIBed.parameter("state", of: location)
    )
  }

  private static func bearer(_ tokens: JSONValue) -> String {
    "Authorization: Bearer \(tokens["access_token"]?.text ?? "")"
  }

  private static func ask(
    _ bed: APIBed, _ fields: [(String, String)], headers: [String] = []
  ) async throws -> RawResponse {
    try await bed.server.request(
      "POST", "/oauth/v2/token", as: nil, headers: headers + [formHeader], body: form(fields))
  }

  @Test("PHP: an empty scope, JSON at the token's address, a token in the address of uploads")
  func php() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let id = client["clientId"]?.text ?? ""
      let secret = client["clientSecret"]?.text ?? ""
      let state = "0123456789abcdef0123456789abcdef"
      let got = try await Self.code(
        bed,
        [
          ("client_id", id), ("redirect_uri", APIBed.callback), ("state", state), ("scope", ""),
          ("response_type", "code"),
        ])
      #expect(got.state == state)
      func tokens(_ grant: String) async throws -> JSONValue {
        let answer = try await bed.server.request(
          "POST", "/index.php/oauth/v2/token", as: nil,
          headers: ["Authorization: Bearer ", ReplayedClient.json, "Accept: application/json"],
          body: Array(
            #"{"client_id":"\#(id)","redirect_uri":"\#(APIBed.callback)","client_secret":"\#(secret)",\#(grant)}"#
              .utf8))
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
      }
      let first = try await tokens(#""grant_type":"authorization_code","code":"\#(got.code)""#)
      #expect(first["expires_in"]?.integer == 3600)
      let refresh = first["refresh_token"]?.text ?? ""
      let second = try await tokens(#""grant_type":"refresh_token","refresh_token":"\#(refresh)""#)
      let php = ReplayedClient.php(bed, login: Self.bearer(second))
      #expect(try await php.call("GET", "/users/self")["username"] == "admin")
      let token = second["access_token"]?.text ?? ""
      #expect(
        try await php.call(
          "POST", "/contacts/new?access_token=\(token)", #"{"email":"ana@example.com"}"#)["contact"]
          != nil)
    }
  }

  @Test("n8n: credentials in the body, a state with signs, refreshed after a 401")
  func n8n() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let id = client["clientId"]?.text ?? ""
      let own = [("client_id", id), ("client_secret", client["clientSecret"]?.text ?? "")]
      let state = Data(#"{"token":"a+b/c==","cid":"7"}"#.utf8).base64EncodedString()
      let got = try await Self.code(
        bed,
        [
          ("client_id", id), ("redirect_uri", APIBed.callback), ("response_type", "code"),
          ("state", state), ("scope", ""),
        ])
      #expect(got.state == state)
      let accept = ["Accept: application/json, application/x-www-form-urlencoded"]
      let first = try await Self.ask(
        bed,
        [
          ("code", got.code), ("grant_type", "authorization_code"),
          ("redirect_uri", APIBed.callback),
        ] + own, headers: accept)
      #expect(first.status == 200 && first.json["token_type"] == "bearer", "\(first.text)")
      let stale = try await bed.server.request(
        "GET", "/api/users/self", as: nil, headers: ["Authorization: Bearer stale"])
      #expect(stale.status == 401)
      let second = try await Self.ask(
        bed,
        [
          ("refresh_token", first.json["refresh_token"]?.text ?? ""),
          ("grant_type", "refresh_token"),
        ] + own, headers: accept)
      #expect(second.status == 200, "\(second.text)")
      let n8n = ReplayedClient.n8n(bed, login: Self.bearer(second.json))
      try await n8n.call("GET", "/users/self")
      #expect(
        try await n8n.call("POST", "/contacts/new", #"{"email":"ana@example.com"}"#)["contact"]?[
          "createdByUser"] == "Ada Admin")
    }
  }

  @Test("Python: credentials as Basic, and in the body of a refresh; a client by itself either way")
  func python() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client(
        #""role":1,"redirectUris":["https://app.example.com/cb"],"grants":["authorization_code","refresh_token","client_credentials"]"#
      )
      let id = client["clientId"]?.text ?? ""
      let secret = client["clientSecret"]?.text ?? ""
      let basic = ["Authorization: " + TestServer.basic(id, secret), "Accept: application/json"]
      let own = [("client_id", id), ("client_secret", secret)]
      let got = try await Self.code(
        bed,
        [
          ("response_type", "code"), ("client_id", id), ("redirect_uri", APIBed.callback),
          ("state", "s"),
        ])
      let first = try await Self.ask(
        bed,
        [
          ("grant_type", "authorization_code"), ("code", got.code),
          ("redirect_uri", APIBed.callback),
        ], headers: basic)
      #expect(first.status == 200, "\(first.text)")
      let second = try await Self.ask(
        bed,
        [("grant_type", "refresh_token")] + own + [
          ("refresh_token", first.json["refresh_token"]?.text ?? "")
        ])
      #expect(second.status == 200, "\(second.text)")
      let python = ReplayedClient.python(bed, login: Self.bearer(second.json))
      #expect(try await python.call("GET", "/users/self")["username"] == "admin")
      for (fields, headers) in [(own, []), ([], basic)] {
        let answer = try await Self.ask(
          bed, [("grant_type", "client_credentials")] + fields, headers: headers)
        #expect(answer.status == 200 && answer.json["refresh_token"] == nil, "\(answer.text)")
        let itself = ReplayedClient.python(bed, login: Self.bearer(answer.json))
        try await itself.form("POST", "/contacts/new", [("email", "ana@example.com")])
      }
      let wrong = try await Self.ask(
        bed, [("grant_type", "client_credentials"), own[0], ("client_secret", "wrong")])
      #expect(wrong.status == 400 && wrong.json["error_description"]?.text != nil)
    }
  }
}
