import Foundation
import OpenID
import OpenIDStub
import Primitives
import Testing
import Users

@testable import API

/// Logins by a provider on this machine, in a browser.
@Suite struct OpenIDLoginTests {
  private static let key = StubKey(.p256, id: "e")

  /// Runs the API with a provider, whose user has the address of `kim`.
  private static func with(
    _ change: (inout OpenIDSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (APIBed, StubProvider) async throws -> Void
  ) async throws {
    let provider = try StubProvider(key)
    provider.conduct.withLock { $0.claims = ["email": "kim@example.com"] }
    var settings = OpenIDSettings(
      issuer: provider.issuer, clientID: StubProvider.clientID, secret: StubProvider.secret,
      name: "Our <ID>", role: Role.users)
    change(&settings)
    var configuration = APIConfiguration()
    configuration.openID = settings
    try await APIBed.with(configuration: configuration) { bed in
      let users = UserStore(pool: bed.pool, hasher: PasswordHasher(cost: .least))
      var input = UserInput()
      input.email = .some("kim@example.com")
      let kim = try await users.find("kim")
      _ = try await users.update(kim?.id ?? 0, input, by: .commandLine, now: Date())
      try await body(bed, provider)
    }
  }

  /// A browser begins and is sent to the provider; returns the path with which it comes back.
  private func back(
    _ browser: inout OAuthBrowser, _ provider: StubProvider, returning path: String? = nil
  ) async throws -> String {
    let query = path.map { "?" + OAuthBrowser.query([("return", $0)]) } ?? ""
    let begun = try await browser.get("/account/openid" + query)
    #expect(begun.status == 302, "\(begun.text)")
    let agreed = provider.agree(to: begun.headers["location"] ?? "")
    return "/account/openid/callback?"
      + OAuthBrowser.query([("code", agreed.code), ("state", agreed.state)])
  }

  @Test func aUserLogsInByTheProviderAndComesBackToWhatAClientWants() async throws {
    try await Self.with { (bed, provider) async throws in
      let fields = APIBed.asked(try await bed.client())
      var browser = OAuthBrowser(bed)
      let login = try await browser.get(
        "/oauth/v2/authorize_login?" + OAuthBrowser.query(fields))
      #expect(login.text.contains("Sign in with Our &lt;ID&gt;"))
      let link = try #require(login.text.firstMatch(of: /href="\.\.\/\.\.([^"]*)"/))
      let begun = try await browser.get(String(link.1))
      #expect(begun.status == 302)
      #expect(begun.headers["referrer-policy"] == "no-referrer")
      let cookie = try #require(begun.cookies.first)
      #expect(cookie.hasPrefix("__Host-martlet_openid="))
      for word in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=600"] {
        #expect(cookie.contains(word))
      }
      let agreed = provider.agree(to: begun.headers["location"] ?? "")
      let done = try await browser.get(
        "/account/openid/callback?"
          + OAuthBrowser.query([("code", agreed.code), ("state", agreed.state)]))
      #expect(done.status == 302, "\(done.text)")
      let location = done.headers["location"] ?? ""
      #expect(location.hasPrefix("https://mail.example.com/oauth/v2/authorize?client_id="))
      let page = try await browser.get(
        String(location.dropFirst("https://mail.example.com".count)))
      #expect(page.status == 200)
      #expect(page.text.contains("for you, <b>kim</b>") || page.text.contains("<b>kim</b>"))
      let rows = try await bed.pool.query(
        "SELECT details ->> 'by', details ->> 'issuer' FROM audit_log WHERE action = 'login'")
      #expect(try rows.first?.decode(at: 0) == "openid")
      #expect(try rows.first?.decode(at: 1) == provider.issuer)
    }
  }

  @Test func theSecondFactorOfAUserIsAskedForAllTheSame() async throws {
    try await Self.with { (bed, provider) async throws in
      var first = OAuthBrowser(bed)
      _ = try await first.logIn("kim")
      let codes = try await first.setUp().codes
      var browser = OAuthBrowser(bed)
      let done = try await browser.get(
        try await back(&browser, provider, returning: "/account?x=1"))
      let next = try #require(done.headers["location"])
      #expect(next.hasPrefix("https://mail.example.com/account/login?_step=code&return="))
      #expect(try await !browser.isLoggedIn())
      let asked = try await browser.get(
        String(next.dropFirst("https://mail.example.com".count)))
      #expect(asked.text.contains("_code"))
      let confirmed = try await browser.confirm(codes[0], on: asked)
      #expect(confirmed.status == 302, "\(confirmed.text)")
      #expect(try await browser.isLoggedIn())
    }
  }

  @Test func anAnswerIsTakenOnceAndInTheBrowserThatAsked() async throws {
    try await Self.with { (bed, provider) async throws in
      var browser = OAuthBrowser(bed)
      let path = try await back(&browser, provider)
      // Another browser, or another one's sign-in, logs nobody in.
      var stranger = OAuthBrowser(bed)
      #expect(try await stranger.get(path).status == 400)
      _ = try await back(&stranger, provider)
      #expect(try await stranger.get(path).status == 400)

      let kept = browser
      let done = try await browser.get(path)
      #expect(done.status == 200 && done.text.contains("You are logged in"), "\(done.text)")
      #expect(done.headers["cache-control"] == "no-store")
      // What is sent again is refused, even with the cookie that the browser has dropped.
      #expect(try await browser.get(path).status == 400)
      var copy = kept
      let again = try await copy.get(path)
      #expect(again.status == 400 && again.text.contains("begin again"))
      #expect(!again.cookies.contains { $0.contains("martlet_session") })
    }
  }

  @Test func aForgedSignInLogsNobodyIn() async throws {
    try await Self.with { (bed, provider) async throws in
      var browser = OAuthBrowser(bed)
      let path = try await back(&browser, provider)
      let cookie = browser.cookies["__Host-martlet_openid"] ?? ""
      let unsigned = String(cookie.prefix { $0 != "." })
      for forged in [
        "x" + cookie, cookie + "0", String(cookie.dropLast()), unsigned, "", ".", "....." + cookie,
        String(repeating: "x", count: 6000),
      ] {
        let answer = try await bed.server.request(
          "GET", path, as: nil, headers: ["Cookie: __Host-martlet_openid=\(forged)"])
        #expect(answer.status == 400, "\(forged.prefix(60))")
      }
      for query in ["", "?state=x", "?code=x", "?state=x&state=y&code=z", "?state=%00&code=%00"] {
        var other = browser
        #expect(try await other.get("/account/openid/callback" + query).status == 400)
      }
    }
  }

  @Test func nobodyIsSentToAnotherServer() async throws {
    try await Self.with { (bed, _) async throws in
      for path in [
        "https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", "evil", "@evil",
        "/a\r\nX: y", "javascript:alert(1)", "/" + String(repeating: "x", count: 3000),
      ] {
        let answer = try await bed.server.request(
          "GET", "/account/openid?" + OAuthBrowser.query([("return", path)]), as: nil)
        #expect(answer.status == 400, "\(path.prefix(40))")
        #expect(answer.headers["location"] == nil && answer.cookies.isEmpty)
      }
    }
  }

  @Test func whatTheProviderRefusesIsToldOnAPage() async throws {
    try await Self.with { (bed, provider) async throws in
      for (word, text) in [
        ("access_denied", "you broke it off"), ("server_error", "server_error"),
        ("<script>alert(1)</script>", "without a known word"),
      ] {
        var browser = OAuthBrowser(bed)
        let path = try await back(&browser, provider)
        let state = APIBed.parameter("state", of: path)
        let answer = try await browser.get(
          "/account/openid/callback?" + OAuthBrowser.query([("error", word), ("state", state)]))
        #expect(answer.status == 403 && answer.text.contains(text), "\(answer.text)")
        #expect(!answer.text.contains("<script"))
        #expect(answer.headers["x-frame-options"] == "DENY")
      }
    }
  }

  @Test func somebodyWhomNoUserFitsIsTold() async throws {
    try await Self.with { (bed, provider) async throws in
      provider.conduct.withLock { $0.claims = ["email": "nobody@example.com"] }
      var browser = OAuthBrowser(bed)
      let answer = try await browser.get(try await back(&browser, provider))
      #expect(answer.status == 403 && answer.text.contains("No user"), "\(answer.text)")
      #expect(browser.cookies["__Host-martlet_session"] == nil)
      // An administrator's address leads to the administrator only where he is logged in already.
      provider.conduct.withLock { $0.claims = ["email": "ada@example.com"] }
      let refused = try await browser.get(try await back(&browser, provider))
      #expect(refused.status == 403)
      _ = try await browser.approve(APIBed.asked(try await bed.client()))
      let linked = try await browser.get(try await back(&browser, provider))
      #expect(linked.status == 200, "\(linked.text)")
    }
  }

  @Test func aProviderThatKeepsSilentIsGivenUp() async throws {
    try await Self.with({ $0.limits.timeout = .milliseconds(300) }) {
      (bed, provider) async throws in
      var browser = OAuthBrowser(bed)
      let path = try await back(&browser, provider)
      provider.conduct.withLock { $0.hangs = true }
      defer { provider.conduct.withLock { $0.hangs = false } }
      let answer = try await browser.get(path)
      #expect(answer.status == 503 && answer.headers["retry-after"] == "10")
    }
  }

  @Test func withoutAProviderThereIsNoLinkAndNoLogin() async throws {
    try await APIBed.with { (bed) async throws in
      for path in ["/account/openid", "/account/openid/callback?state=x&code=y"] {
        #expect(try await bed.server.request("GET", path, as: nil).status == 404)
      }
      let fields = APIBed.asked(try await bed.client())
      let login = try await bed.server.request(
        "GET", "/oauth/v2/authorize_login?" + OAuthBrowser.query(fields), as: nil)
      #expect(!login.text.contains("Sign in with"))
    }
  }
}
