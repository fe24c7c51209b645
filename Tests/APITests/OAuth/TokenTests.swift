import Foundation
import TestSupport
import Testing
import Users

@testable import API

@Suite struct TokenTests {
  @Test func aRefreshGivesANewPairAndReuseEndsBoth() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let first = try await bed.granted(client)
      let old = first["refresh_token"]?.text ?? ""
      let second = try await bed.tokens("refresh_token", client, [("refresh_token", old)])
      #expect(second.status == 200, "\(second.text)")
      let access = second.json["access_token"]
      #expect(try await bed.bearing(access, "GET", "/api/users/self").status == 200)
      let reused = try await bed.tokens("refresh_token", client, [("refresh_token", old)])
      #expect(reused.status == 400 && reused.json["error"] == "invalid_grant")
      let isOver1 = try await eventually {
        try await bed.bearing(access, "GET", "/api/users/self").status == 401
      }
      #expect(isOver1)
      let next = second.json["refresh_token"]?.text ?? ""
      let last = try await bed.tokens("refresh_token", client, [("refresh_token", next)])
      #expect(last.json["error"] == "invalid_grant")
    }
  }

  @Test func aClientActsForItselfByItsName() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client("\"role\":1")
      let answer = try await bed.tokens("client_credentials", client)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json["refresh_token"] == nil)
      let token = answer.json["access_token"]
      let made = try await bed.bearing(
        token, "POST", "/api/contacts/new", #"{"firstname":"Joe","email":"joe@example.com"}"#)
      #expect(made.status == 201, "\(made.text)")
      let contact = made.json["contact"]
      #expect(contact?["createdBy"] == .null)
      #expect(contact?["createdByUser"] == "App")
      let me = try await bed.bearing(token, "GET", "/api/users/self")
      #expect(me.status == 200)
      #expect(me.json["id"] == .null)
      #expect(me.json["username"] == "App")
      #expect(me.json["role"]?["isAdmin"] == true)
      #expect(try await bed.bearing(token, "GET", "/api/jobs").status == 200)
      #expect(
        try await bed.bearing(token, "POST", "/api/tokens/new", #"{"name":"x"}"#).status == 403)
    }
  }

  @Test func aClientMayWhatItsRoleMayAndOwnsNothing() async throws {
    try await APIBed.with { (bed) async throws in
      let role = try await bed.send(
        "POST", "/api/roles/new",
        #"{"name":"Own","rawPermissions":{"lead:leads":["viewown","create"]}}"#)
      let client = try await bed.client("\"role\":\(role.json["role"]?["id"]?.integer ?? 0)")
      let token = try await bed.tokens("client_credentials", client).json["access_token"]
      let made = try await bed.bearing(
        token, "POST", "/api/contacts/new", #"{"email":"joe@example.com"}"#)
      #expect(made.status == 201, "\(made.text)")
      let list = try await bed.bearing(token, "GET", "/api/contacts")
      #expect(list.status == 200 && list.json["total"] == "0")
      #expect(try await bed.bearing(token, "GET", "/api/emails").status == 403)
      _ = try await bed.send(
        "PATCH", "/api/roles/\(role.json["role"]?["id"]?.integer ?? 0)/edit",
        #"{"isPublished":false}"#)
      let isOver2 = try await eventually {
        try await bed.bearing(token, "GET", "/api/contacts").status == 403
      }
      #expect(isOver2)
    }
  }

  @Test func aTokenComesInTheHeaderTheQueryOrAForm() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send("POST", "/api/tokens/new", #"{"name":"Script"}"#)
      let secret = made.json["token"]?["token"]?.text ?? ""
      func status(
        _ method: String, _ path: String, _ headers: [String] = [],
        _ fields: [(String, String)] = [],
        as user: String? = nil
      ) async throws -> Int {
        try await bed.server.request(method, path, as: user, headers: headers, body: form(fields))
          .status
      }
      let me = "/api/users/self"
      #expect(try await status("GET", "\(me)?access_token=\(secret)") == 200)
      #expect(try await status("GET", "/index.php\(me)?x=1&access_token=\(secret)") == 200)
      // A token wins over a password, right or wrong; the header over the query.
      #expect(try await status("GET", "\(me)?access_token=wrong", as: "admin") == 401)
      #expect(
        try await status("GET", "\(me)?access_token=wrong", ["Authorization: Bearer \(secret)"])
          == 200)
      #expect(
        try await status("GET", "\(me)?access_token=\(secret)", ["Authorization: Bearer wrong"])
          == 401)
      #expect(try await status("GET", "\(me)?access_token=", as: "admin") == 200)
      #expect(try await status("GET", "\(me)?access_token=a&access_token=\(secret)") == 200)
      let contact = ("email", "joe@example.com")
      let token = ("access_token", secret)
      let new = "/api/contacts/new"
      #expect(try await status("POST", new, [formHeader], [contact, token]) == 201)
      #expect(try await status("POST", new, [formHeader], [token, contact]) == 200)
      #expect(try await status("POST", new, [formHeader], [contact]) == 401)
      #expect(try await status("POST", new, [formHeader], [("access_token", "x"), contact]) == 401)
      // No more of a stranger's form is read than its beginning.
      let long = String(repeating: "x", count: 150_000)
      #expect(try await status("POST", new, [formHeader], [token, contact, ("z", long)]) == 200)
      #expect(try await status("POST", new, [formHeader], [contact, ("z", long), token]) == 401)
      #expect(
        try await status("POST", new, [formHeader], [("access_token", long), contact]) == 401)
    }
  }

  @Test func aFormThatWasLookedAtIsReadWhole() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send("POST", "/api/tokens/new", #"{"name":"Script"}"#)
      let token = ("access_token", made.json["token"]?["token"]?.text ?? "")
      func post(_ name: String) async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/api/contacts/new", as: nil, headers: [formHeader, "Idempotency-Key: one"],
          body: form([token, ("firstname", name), ("z", String(repeating: "z", count: 150_000))]))
      }
      let first = try await post("Joe")
      #expect(first.status == 201, "\(first.text)")
      #expect(first.json["contact"]?["fields"]?["all"]?["firstname"] == "Joe")
      let same = try await post("Joe")
      #expect(same.headers["idempotency-replayed"] == "true")
      #expect(try await post("Jim").status == 422)
    }
  }

  @Test func errorsHaveBothForms() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let id = client["clientId"]?.text ?? ""
      let secret = client["clientSecret"]?.text ?? ""
      let both = [("client_id", id), ("client_secret", secret)]
      let refresh = [("grant_type", "refresh_token"), ("refresh_token", "x")]
      let cases: [([(String, String)], String)] = [
        ([], "invalid_request"), ([("grant_type", "\0")], "unsupported_grant_type"),
        ([("grant_type", "password")] + both, "unsupported_grant_type"),
        (refresh, "invalid_client"), (refresh + [both[0]], "invalid_client"),
        (refresh + [both[0], ("client_secret", "wrong")], "invalid_client"),
        (refresh + [("client_id", "x"), both[1]], "invalid_client"),
        (refresh + both, "invalid_grant"),
        ([("grant_type", "refresh_token")] + both, "invalid_request"),
        ([("grant_type", "authorization_code"), ("code", "\0")] + both, "invalid_grant"),
        ([("grant_type", "client_credentials")] + both, "unauthorized_client"),
        (refresh + both + [both[1]], "invalid_request"),
        (refresh + both + [refresh[1]], "invalid_request"),
      ]
      for (fields, word) in cases {
        let answer = try await bed.server.request(
          "POST", "/oauth/v2/token", as: nil, headers: [formHeader], body: form(fields))
        #expect(answer.status == 400, "\(fields)")
        #expect(answer.json["error"] == .string(word), "\(fields): \(answer.text)")
        #expect(answer.json["error_description"] == answer.error["message"])
        #expect(answer.error["code"] == 400 && answer.error["type"] == .string(word))
      }
      // Too much is refused before it is sent.
      let connection = try bed.server.connect()
      try await connection.send(
        TestServer.head(
          "POST", "/oauth/v2/token", as: nil, headers: [formHeader], length: 10_000_000))
      let huge = try await connection.response()
      #expect(huge.status == 413 && huge.json["error"] == "invalid_request")
    }
  }

  @Test func parametersComeInAnyForm() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client("\"role\":1")
      let id = client["clientId"]?.text ?? ""
      let secret = client["clientSecret"]?.text ?? ""
      let fields = [
        ("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret),
      ]
      let query = "/oauth/v2/token?" + OAuthBrowser.query(fields)
      let json = """
        {"grant_type":"client_credentials","client_id":"\(id)","client_secret":"\(secret)","x":[1],"code":null}
        """
      for answer in [
        try await bed.server.request("GET", query, as: nil),
        try await bed.server.request("POST", "/index.php" + query, as: nil),
        try await bed.server.request(
          "POST", "/oauth/v2/token", as: nil, headers: ["Content-Type: application/json"],
          body: Array(json.utf8)),
        try await bed.server.request(
          "POST", "/oauth/v2/token", as: nil,
          headers: [formHeader, "Authorization: \(TestServer.basic(id, secret))"],
          body: form([fields[0]])),
      ] {
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["access_token"]?.text != nil)
      }
      for body in ["{", "[1]", "\"x\"", #"{"grant_type":["client_credentials"]}"#] {
        let refused = try await bed.server.request(
          "POST", "/oauth/v2/token", as: nil, headers: ["Content-Type: application/json"],
          body: Array(body.utf8))
        #expect(refused.status == 400 && refused.json["error"] == "invalid_request", "\(body)")
      }
    }
  }

  @Test func aClientAsksAboutItsTokensAndRevokesThem() async throws {
    try await APIBed.with { (bed) async throws in
      let (client, other) = (try await bed.client(), try await bed.client())
      let tokens = try await bed.granted(client)
      func call(
        _ path: String, _ client: API.JSONValue, _ token: String?
      ) async throws -> RawResponse {
        let (id, secret) = (client["clientId"]?.text ?? "", client["clientSecret"]?.text ?? "")
        return try await bed.server.request(
          "POST", "/oauth/v2/\(path)", as: nil,
          headers: [formHeader, "Authorization: \(TestServer.basic(id, secret))"],
          body: form(token.map { [("token", $0)] } ?? []))
      }
      let access = tokens["access_token"]?.text ?? ""
      let refresh = tokens["refresh_token"]?.text ?? ""
      let known = try await call("introspect", client, access)
      #expect(known.json["active"] == true)
      #expect(known.json["username"] == "admin")
      #expect(known.json["client_id"] == client["clientId"])
      #expect(try await call("introspect", other, access).json == ["active": false])
      #expect(try await call("introspect", client, "\0").json == ["active": false])
      #expect(try await call("introspect", client, nil).json["error"] == "invalid_request")
      #expect(try await call("introspect", .null, access).json["error"] == "invalid_client")
      #expect(try await call("revoke", other, refresh).status == 200)
      #expect(try await call("introspect", client, refresh).json["active"] == true)
      #expect(try await call("revoke", client, refresh).status == 200)
      #expect(try await call("introspect", client, access).json == ["active": false])
      let isOver3 = try await eventually {
        try await bed.bearing(tokens["access_token"], "GET", "/api/users/self").status == 401
      }
      #expect(isOver3)
      let metadata = try await bed.server.request(
        "GET", "/.well-known/oauth-authorization-server", as: nil)
      #expect(
        metadata.json["token_endpoint"] == "https://mail.example.com/oauth/v2/token")
    }
  }

  @Test func guessesAreLimited() async throws {
    var configuration = APIConfiguration()
    configuration.failedLogins = 1
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      var statuses: Set<Int> = []
      for number in 0..<2_000 where !statuses.contains(429) {
        statuses.insert(
          try await bed.bearing(.string("guess\(number)"), "GET", "/api/users/self").status)
      }
      #expect(statuses == [401, 429])
    }
  }

  @Test func theAPIAndPasswordsCanBeSwitchedOff() async throws {
    var configuration = APIConfiguration()
    configuration.allowsBasic = false
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      let refused = try await bed.server.request("GET", "/api/users/self")
      #expect(refused.status == 403 && refused.error["type"] == "access_denied")
      #expect(try await bed.bearing("x", "GET", "/api/users/self").status == 401)
    }
    configuration.isEnabled = false
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      let refused = try await bed.server.request("GET", "/api/users/self")
      #expect(refused.status == 403 && refused.error["type"] == "api_disabled")
      let token = try await bed.server.request("POST", "/oauth/v2/token", as: nil)
      #expect(token.status == 403 && token.error["type"] == "api_disabled")
      #expect(try await bed.server.request("GET", "/api/health", as: nil).status == 200)
    }
  }
}
