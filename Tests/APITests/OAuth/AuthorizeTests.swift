import Foundation
import Testing
import Users

@testable import API

@Suite struct AuthorizeTests {
  static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

  @Test func aUserLogsInApprovesAndIsActedFor() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client(
        #""isConfidential":false,"redirectUris":["https://app.example.com/cb"]"#)
      #expect(client["clientSecret"] == nil)
      let fields =
        APIBed.asked(client) + [
          ("code_challenge", Self.challenge), ("code_challenge_method", "S256"),
        ]
      var browser = OAuthBrowser(bed)
      // The front controller before the paths stays.
      let first = try await browser.get(
        "/index.php/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      #expect(first.status == 302)
      #expect(first.headers["location"]?.hasPrefix("authorize_login?client_id=") == true)

      let location = try await browser.approve(fields)
      #expect(location.hasPrefix(APIBed.callback + "?state=st%C3%A4te%20%26%3D%22%3C&code="))
      let code = APIBed.parameter("code", of: location)
      let refused = try await bed.tokens(
        "authorization_code", client, [("code", code), ("redirect_uri", APIBed.callback)])
      #expect(refused.status == 400 && refused.json["error"] == "invalid_grant")
      let answer = try await bed.tokens(
        "authorization_code", client,
        [("code", code), ("redirect_uri", APIBed.callback), ("code_verifier", Self.verifier)])
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.headers["content-type"] == "application/json")
      #expect(answer.headers["cache-control"] == "no-store")
      #expect(answer.json["token_type"] == "bearer")
      #expect(answer.json["expires_in"] == 3600)
      #expect(answer.json["scope"] == .null)
      #expect(answer.json["refresh_token"]?.text != nil)
      let me = try await bed.bearing(answer.json["access_token"], "GET", "/api/users/self")
      #expect(me.json["username"] == "admin")
    }
  }

  @Test func thePagesAreForNobodyElse() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let fields = APIBed.asked(client)
      var browser = OAuthBrowser(bed)
      let login = try await browser.get(
        "/oauth/v2/authorize_login?" + OAuthBrowser.query(fields))
      let cookie = try #require(login.cookies.first)
      #expect(cookie.hasPrefix("__Host-martlet_login="))
      for word in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        #expect(cookie.contains(word))
      }
      _ = try await browser.approve(fields)
      let page = try await browser.get("/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      for shown in [login, page] {
        #expect(shown.headers["cache-control"] == "no-store")
        #expect(shown.headers["x-frame-options"] == "DENY")
        #expect(shown.headers["referrer-policy"] == "no-referrer")
        let policy = shown.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("script-src") && !policy.contains("*"))
        #expect(!shown.text.contains("<script") && !shown.text.contains("&=\"<"))
      }
      #expect(
        page.headers["content-security-policy"]?.contains(
          "form-action 'self' https://app.example.com;") == true)
    }
  }

  @Test func aWrongPasswordGivesNoSession() async throws {
    try await APIBed.with { (bed) async throws in
      let fields = APIBed.asked(try await bed.client())
      var browser = OAuthBrowser(bed)
      let page = try await browser.get(
        "/oauth/v2/authorize_login?" + OAuthBrowser.query(fields))
      let token = ("token", OAuthBrowser.token(page))
      for password in ["wrong", "", "\0", String(repeating: "x", count: 20_000)] {
        let refused = try await browser.post(
          "/oauth/v2/authorize_login_check",
          fields + [token, ("_username", "admin"), ("_password", password)])
        #expect(refused.status == 403, "\(password.count)")
        #expect(refused.text.contains("role=\"alert\""))
      }
      let asked = try await browser.get("/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      #expect(asked.status == 302)
    }
  }

  @Test func noOtherSiteLogsInOrApproves() async throws {
    try await APIBed.with { (bed) async throws in
      let fields = APIBed.asked(try await bed.client())
      var browser = OAuthBrowser(bed)
      let login = fields + [("_username", "admin"), ("_password", "secret")]
      for token in ["", "x", "\0"] {
        let refused = try await browser.post(
          "/oauth/v2/authorize_login_check", login + [("token", token)])
        #expect(refused.status == 403)
      }
      _ = try await browser.approve(fields)
      // The approval of one request is none of another.
      let page = try await browser.get("/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      var others = fields
      others[3] = ("state", "other")
      for (sent, token) in [(fields, ""), (others, OAuthBrowser.token(page))] {
        let again = try await browser.post(
          "/oauth/v2/authorize", sent + [("token", token), ("decision", "approve")])
        #expect(again.status == 200)
        #expect(again.headers["location"] == nil)
      }
    }
  }

  @Test func aSessionEndsWithThePasswordAndByLoggingOut() async throws {
    try await APIBed.with { (bed) async throws in
      let fields = APIBed.asked(try await bed.client())
      let query = OAuthBrowser.query(fields)
      var browser = OAuthBrowser(bed)
      _ = try await browser.approve(fields)
      #expect(try await browser.get("/oauth/v2/authorize?" + query).status == 200)
      let users = UserStore(pool: bed.pool, hasher: PasswordHasher(cost: .least))
      try await users.setPassword("new secret", of: "admin", now: Date())
      #expect(try await browser.get("/oauth/v2/authorize?" + query).status == 302)

      _ = try await browser.approve(fields, password: "new secret")
      let kept = browser
      let left = try await browser.decide("logout", fields)
      #expect(left.hasPrefix("authorize_login?"))
      var old = kept
      #expect(try await old.get("/oauth/v2/authorize?" + query).status == 302)
    }
  }

  @Test func aUserMayDenyAndMayLackThePermission() async throws {
    try await APIBed.with { (bed) async throws in
      let fields = APIBed.asked(try await bed.client())
      var browser = OAuthBrowser(bed)
      _ = try await browser.approve(fields)
      let denied = try await browser.decide("deny", fields)
      #expect(APIBed.parameter("error", of: denied) == "access_denied")
      #expect(APIBed.parameter("state", of: denied) == "st\u{e4}te &=\"<")

      try await bed.user("bare", may: ["lead:leads": ["full"]])
      var other = OAuthBrowser(bed)
      let page = try await other.get("/oauth/v2/authorize_login?" + OAuthBrowser.query(fields))
      _ = try await other.post(
        "/oauth/v2/authorize_login_check",
        fields + [
          ("token", OAuthBrowser.token(page)), ("_username", "bare"), ("_password", "secret"),
        ])
      let refused = try await other.get("/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      #expect(
        APIBed.parameter("error", of: refused.headers["location"] ?? "") == "access_denied")
    }
  }

  @Test func nobodyIsSentToAnAddressThatIsNotRegistered() async throws {
    try await APIBed.with { (bed) async throws in
      let client = try await bed.client()
      let id = client["clientId"]?.text ?? ""
      for address in [
        "https://evil.example.com", APIBed.callback + "/", APIBed.callback + "?x=1",
        APIBed.callback + "#", "HTTPS://app.example.com/cb", "//app.example.com/cb",
        "javascript:alert(1)", "\0", "\"><script>alert(1)</script>",
        String(repeating: "x", count: 20_000),
      ] {
        let fields = [("client_id", id), ("redirect_uri", address), ("response_type", "code")]
        let answer = try await bed.server.request(
          "GET", "/oauth/v2/authorize?" + OAuthBrowser.query(fields), as: nil)
        #expect(answer.status == 400, "\(address.prefix(60))")
        #expect(answer.headers["location"] == nil)
        #expect(!answer.text.contains("<script"))
      }
      for id in ["", "x", "1_x", "999_x", "\0", id + "x"] {
        let fields = [("client_id", id), ("redirect_uri", APIBed.callback)]
        let answer = try await bed.server.request(
          "GET", "/oauth/v2/authorize?" + OAuthBrowser.query(fields), as: nil)
        #expect(answer.status == 400 && answer.headers["location"] == nil, "\(id)")
      }
      let twice = try await bed.server.request(
        "GET",
        "/oauth/v2/authorize?client_id=\(id)&redirect_uri=https://evil.example.com&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb",
        as: nil)
      #expect(twice.status == 400 && twice.headers["location"] == nil)
    }
  }

  @Test func whatElseIsWrongGoesToTheClient() async throws {
    try await APIBed.with { (bed) async throws in
      let open = try await bed.client(
        #""isConfidential":false,"redirectUris":["com.example.app:/cb"]"#)
      let asked = [("client_id", open["clientId"]?.text ?? ""), ("state", "a\r\nX: y")]
      for (more, word) in [
        ([], "invalid_request"), ([("response_type", "token")], "unsupported_response_type"),
        ([("response_type", "code")], "invalid_request"),
        ([("response_type", "code"), ("code_challenge", "short")], "invalid_request"),
        (
          [
            ("response_type", "code"), ("code_challenge", Self.challenge),
            ("code_challenge_method", "S512"),
          ], "invalid_request"
        ),
      ] {
        let answer = try await bed.server.request(
          "GET", "/oauth/v2/authorize?" + OAuthBrowser.query(asked + more), as: nil)
        let location = answer.headers["location"] ?? ""
        #expect(answer.status == 302)
        #expect(location.hasPrefix("com.example.app:/cb?state=a%0D%0AX%3A%20y&error="))
        #expect(APIBed.parameter("error", of: location) == word, "\(location)")
      }
    }
  }
}
