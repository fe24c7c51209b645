import Foundation
import Testing
import Users

@testable import API

@Suite struct AccountLoginTests {
  @Test func aUserLogsInAndOut() async throws {
    try await APIBed.with { (bed) async throws in
      var browser = OAuthBrowser(bed)
      let stranger = try await browser.get("/account")
      #expect(stranger.status == 302 && stranger.headers["location"] == "account/login")
      #expect(try await browser.logIn("kim", password: "wrong").status == 403)
      #expect(try await !browser.isLoggedIn())
      let done = try await browser.logIn("kim", back: "/oauth/v2/authorize?client_id=1&state=%26")
      #expect(done.status == 302)
      #expect(done.headers["location"] == "../oauth/v2/authorize?client_id=1&state=%26")
      let page = try await browser.get("/account")
      #expect(page.text.contains("kim") && !page.text.contains("<script"))
      #expect(page.headers["cache-control"] == "no-store")
      let again = try await browser.get("/account/login?return=/account/two-factor")
      #expect(again.headers["location"] == "../account/two-factor")

      #expect(try await browser.post("/account/logout", [("token", "x")]).status == 403)
      #expect(try await browser.isLoggedIn())
      let left = try await browser.post(
        "/account/logout", [("token", OAuthBrowser.token(page))])
      #expect(left.headers["location"] == "login")
      #expect(try await !browser.isLoggedIn())
    }
  }

  @Test func nobodyIsLedToAnotherServer() async throws {
    try await APIBed.with { (bed) async throws in
      for back in [
        "//evil.example.com", "/\\evil.example.com", "\\\\evil.example.com",
        "https://evil.example.com",
        "javascript:alert(1)", "evil.example.com", "", "/\t/evil.example.com", "/\r\nX: y", "/ü",
        "/\0",
        "/" + String(repeating: "x", count: 20_000),
      ] {
        var browser = OAuthBrowser(bed)
        let done = try await browser.logIn("kim", back: back)
        #expect(done.status == 302, "\(back.prefix(60))")
        #expect(done.headers["location"] == "../account", "\(back.prefix(60))")
      }
      var browser = OAuthBrowser(bed)
      let page = try await browser.get(
        "/account/login?" + OAuthBrowser.query([("return", "/\"><script>alert(1)</script>")]))
      #expect(!page.text.contains("<script"))
    }
  }

  @Test func noOtherSiteLogsInOrChangesAnything() async throws {
    try await APIBed.with { (bed) async throws in
      var browser = OAuthBrowser(bed)
      let login = [("_username", "kim"), ("_password", "secret")]
      for token in ["", "x", "\0"] {
        let refused = try await browser.post("/account/login", login + [("token", token)])
        #expect(refused.status == 403)
      }
      _ = try await browser.logIn("kim")
      var other = OAuthBrowser(bed)
      _ = try await other.logIn("admin")
      let foreign = OAuthBrowser.token(try await other.get("/account/two-factor"))
      let secret = OAuthBrowser.secret(try await browser.get("/account/two-factor"))
      for token in ["", "x", foreign] {
        let refused = try await browser.post(
          "/account/two-factor",
          [
            ("token", token), ("action", "enable"), ("_code", TOTP.code(secret, at: Date())),
          ])
        #expect(refused.status == 403)
      }
      #expect(try await bed.audited("two_factor_enable", "user") == 0)
      let stranger = try await bed.server.request(
        "POST", "/account/two-factor", as: nil, headers: [formHeader],
        body: form([("action", "enable")]))
      #expect(stranger.status == 302)
    }
  }
}
