import Foundation
import TestSupport
import Testing
import Users

@testable import API

@Suite struct TwoFactorTests {
  @Test func aUserSetsUpASecondFactorAndTurnsItOff() async throws {
    try await APIBed.with { (bed) async throws in
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      let page = try await browser.get("/account/two-factor")
      #expect(page.text.contains("<svg") && !page.text.contains("<script"))
      #expect(OAuthBrowser.secret(page).count == 20)
      #expect(try await browser.twoFactor("enable", [("_code", "000000x")]).status == 403)
      #expect(try await bed.audited("two_factor_enable", "user") == 0)
      let (secret, codes) = try await browser.setUp()
      #expect(Set(codes).count == 10)
      #expect(try await browser.isLoggedIn())

      var next = OAuthBrowser(bed)
      let asked = try await next.logIn("kim")
      #expect(asked.status == 200 && asked.text.contains("_code"))
      #expect(try await !next.isLoggedIn())
      let wrong = try await next.confirm("000000x", on: asked)
      #expect(wrong.status == 403 && wrong.text.contains("role=\"alert\""))
      let code = TOTP.code(secret, at: Date() + 30)
      let done = try await next.confirm(code, on: asked)
      #expect(done.status == 302, "\(done.text)")
      #expect(try await next.isLoggedIn())

      var replay = OAuthBrowser(bed)
      #expect(
        try await replay.confirm(code, on: try await replay.logIn("kim")).status == 403)
      #expect(
        try await replay.confirm(codes[0], on: try await replay.logIn("kim")).status == 302)
      #expect(try await replay.isLoggedIn())

      let fresh = OAuthBrowser.codes(
        try await next.twoFactor("codes", [("_password", "secret"), ("_code", codes[1])]))
      #expect(fresh.count == 10)
      for (password, code) in [("wrong", fresh[0]), ("secret", codes[2]), ("secret", "")] {
        let refused = try await next.twoFactor(
          "disable", [("_password", password), ("_code", code)])
        #expect(refused.status == 403, "\(password) \(code)")
      }
      let off = try await next.twoFactor(
        "disable", [("_password", "secret"), ("_code", fresh[0])])
      #expect(off.status == 302, "\(off.text)")
      var last = OAuthBrowser(bed)
      #expect(try await last.logIn("kim").status == 302)
      #expect(try await bed.audited("two_factor_disable", "user") == 1)
      #expect(try await bed.audited("recovery_code_use", "user") == 3)
    }
  }

  @Test func theLoginOfOAuthAsksForTheCodeToo() async throws {
    try await APIBed.with { (bed) async throws in
      let fields = APIBed.asked(try await bed.client())
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      let secret = try await browser.setUp().secret
      var other = OAuthBrowser(bed)
      let page = try await other.get("/oauth/v2/authorize_login?" + OAuthBrowser.query(fields))
      let asked = try await other.post(
        "/oauth/v2/authorize_login_check",
        fields + [
          ("token", OAuthBrowser.token(page)), ("_username", "kim"), ("_password", "secret"),
        ])
      #expect(asked.status == 200 && asked.text.contains("_code"))
      let early = try await other.get("/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      #expect(early.status == 302)
      let step = fields + [("token", OAuthBrowser.token(asked)), ("_step", "code")]
      let code = ("_code", TOTP.code(secret, at: Date() + 30))
      // Without the proof of the password the code alone is nothing.
      var stranger = OAuthBrowser(bed)
      let form = try await stranger.get(
        "/oauth/v2/authorize_login?" + OAuthBrowser.query(fields))
      let alone = try await stranger.post(
        "/oauth/v2/authorize_login_check",
        fields + [("token", OAuthBrowser.token(form)), ("_step", "code"), code])
      #expect(alone.status == 403)
      let done = try await other.post("/oauth/v2/authorize_login_check", step + [code])
      #expect(done.status == 302, "\(done.text)")
      #expect(done.headers["location"]?.hasPrefix("authorize?") == true)
      let location = try await other.decide("approve", fields)
      #expect(!APIBed.parameter("code", of: location).isEmpty)
    }
  }

  @Test func theProofOfAPasswordIsNoSessionAndEndsWithThePassword() async throws {
    try await APIBed.with { (bed) async throws in
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      let codes = try await browser.setUp().codes
      var other = OAuthBrowser(bed)
      let asked = try await other.logIn("kim")
      let cookie = try #require(
        asked.cookies.first { $0.contains("martlet_proof=1") || $0.contains("martlet_proof=2") })
      for word in ["__Host-", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=300"] {
        #expect(cookie.contains(word))
      }
      #expect(try await other.get("/account/two-factor").status == 302)
      let users = UserStore(pool: bed.pool, hasher: PasswordHasher(cost: .least))
      try await users.setPassword("new secret", of: "kim", now: Date())
      #expect(try await other.confirm(codes[0], on: asked).status == 403)
      #expect(try await !other.isLoggedIn())
    }
  }

  @Test func wrongCodesAreLimited() async throws {
    try await APIBed.with { (bed) async throws in
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      let codes = try await browser.setUp().codes
      var other = OAuthBrowser(bed)
      let asked = try await other.logIn("kim")
      // The wait grows with each guess, so that a slow machine comes to it too.
      var statuses: [Int] = []
      while statuses.last != 429, statuses.count < 40 {
        statuses.append(try await other.confirm("wrong\(statuses.count)", on: asked).status)
      }
      #expect(statuses.count > 10 && statuses.last == 429)
      #expect(statuses.dropLast().allSatisfy { $0 == 403 })
      let late = try await other.confirm(codes[0], on: asked)
      #expect(late.status == 429 && late.headers["retry-after"] != nil)
      #expect(try await !other.isLoggedIn())
      // Nobody else is held up.
      var third = OAuthBrowser(bed)
      #expect(try await third.logIn("admin").status == 302)
    }
  }

  @Test func aRoleThatRequiresItLeadsToItAndNowhereElse() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.bound("lee")
      let fields = APIBed.asked(try await bed.client())
      let query = OAuthBrowser.query(fields)
      var browser = OAuthBrowser(bed)
      let page = try await browser.get("/oauth/v2/authorize_login?" + query)
      let led = try await browser.post(
        "/oauth/v2/authorize_login_check",
        fields + [
          ("token", OAuthBrowser.token(page)), ("_username", "lee"), ("_password", "secret"),
        ])
      #expect(led.status == 302)
      let setup = try #require(led.headers["location"])
      #expect(setup.hasPrefix("../../account/two-factor?return=%2Foauth%2Fv2%2Fauthorize"))
      #expect(try await !browser.isLoggedIn())
      #expect(try await browser.get("/oauth/v2/authorize?" + query).status == 302)
      let shown = try await browser.get(String(setup.dropFirst("../..".count)))
      #expect(shown.status == 200 && shown.text.contains("requires"))
      let code = TOTP.code(OAuthBrowser.secret(shown), at: Date())
      let done = try await browser.post(
        "/account/two-factor", OAuthBrowser.fields(shown) + [("_code", code)])
      #expect(OAuthBrowser.codes(done).count == 10, "\(done.text)")
      #expect(done.text.contains("href=\"../oauth/v2/authorize?client_id="))
      #expect(try await browser.isLoggedIn())
      #expect(try await browser.get("/oauth/v2/authorize?" + query).status == 200)
    }
  }

  @Test func sessionsOfBeforeARoleRequiredItGoNoFurther() async throws {
    try await APIBed.with { (bed) async throws in
      let fields = APIBed.asked(try await bed.client())
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      let changed = try await bed.send(
        "PATCH", "/api/roles/2/edit", #"{"requiresTwoFactor":true}"#)
      #expect(changed.json["role"]?["requiresTwoFactor"] == true)
      let account = try await browser.get("/account")
      #expect(account.status == 302 && account.headers["location"] == "account/two-factor")
      let asked = try await browser.get("/oauth/v2/authorize?" + OAuthBrowser.query(fields))
      #expect(asked.headers["location"]?.hasPrefix("../../account/two-factor?") == true)
      _ = try await browser.setUp()
      #expect(try await browser.isLoggedIn())
      // Who does not know the member does not lift it.
      let put = try await bed.send("PUT", "/api/roles/2/edit", #"{"name":"User"}"#)
      #expect(put.json["role"]?["requiresTwoFactor"] == true)
    }
  }

  @Test func aPasswordAloneIsRefusedAndTokensGoOn() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send(
        "POST", "/api/tokens/new", #"{"name":"Program"}"#, as: "kim")
      #expect(made.status == 201, "\(made.text)")
      #expect(try await bed.send("GET", "/api/users/self", as: "kim").json["twoFactor"] == false)
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      _ = try await browser.setUp()
      let refused = try await eventually(within: .seconds(5)) {
        try await bed.send("GET", "/api/users/self", as: "kim").status == 401
      }
      #expect(refused)
      let answer = try await bed.send("GET", "/api/users/self", as: "kim")
      #expect(answer.text.contains("API token or OAuth"))
      let token = made.json["token"]?["token"]
      let me = try await bed.bearing(token, "GET", "/api/users/self")
      #expect(me.status == 200 && me.json["twoFactor"] == true)

      try await bed.bound("lee")
      #expect(try await bed.send("GET", "/api/users/self", as: "lee").status == 401)
    }
  }

  @Test func anAdministratorTakesItAwayFromWhoHasLostIt() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.user("desk", may: ["user:users": ["view"]])
      var browser = OAuthBrowser(bed)
      _ = try await browser.logIn("kim")
      _ = try await browser.setUp()
      let id = try #require(
        try await bed.send("GET", "/api/users?search=kim").json["users"]?.elements?.first?["id"]?
          .integer)
      #expect(
        try await bed.call(as: "desk", "DELETE", "/users/\(id)/two-factor").status == 403)
      #expect(try await bed.send("DELETE", "/api/users/1/two-factor").status == 403)
      #expect(try await bed.send("DELETE", "/api/users/999/two-factor").status == 404)
      #expect(try await bed.send("GET", "/api/users/\(id)").json["user"]?["twoFactor"] == true)
      let done = try await bed.send("DELETE", "/api/users/\(id)/two-factor")
      #expect(done.status == 200 && done.json["user"]?["twoFactor"] == false)
      #expect(try await !browser.isLoggedIn())
      #expect(try await browser.logIn("kim").status == 302)
      #expect(try await bed.audited("two_factor_reset", "user") == 1)
    }
  }

  @Test func qrCodesAreDrawnOfWhatFitsIn() throws {
    let svg = try #require(QRCode.svg("otpauth://totp/Martlet:ada?secret=GEZDGNBVGY3TQOJQ"))
    #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>"))
    // The finder pattern at the upper left: seven dark modules, then one dark at each side.
    #expect(svg.contains("M0 0h7v1h-7z") && svg.contains("M0 1h1v1h-1z"))
    #expect(QRCode.svg(String(repeating: "x", count: 10_000)) == nil)
  }
}
