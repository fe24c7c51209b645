import Foundation
import Testing
import Users

@testable import API

/// The pages of the account, as a browser shows them; every password is `secret`.
extension OAuthBrowser {
  /// Sends name and password on the page to log in.
  mutating func logIn(
    _ user: String, password: String = "secret", back: String = "/account"
  ) async throws -> RawResponse {
    let page = try await get("/account/login?" + Self.query([("return", back)]))
    return try await post(
      "/account/login",
      [
        ("return", back), ("token", Self.token(page)), ("_username", user),
        ("_password", password),
      ])
  }

  /// Answers the page that asks for a code.
  mutating func confirm(_ code: String, on page: RawResponse) async throws -> RawResponse {
    try await post("/account/login", Self.fields(page) + [("_code", code)])
  }

  /// Sends the form of the page of two-factor sign-in for an action.
  mutating func twoFactor(
    _ action: String, _ fields: [(String, String)]
  ) async throws -> RawResponse {
    let page = try await get("/account/two-factor")
    #expect(page.status == 200, "\(page.headers)")
    return try await post(
      "/account/two-factor", [("token", Self.token(page)), ("action", action)] + fields)
  }

  /// Sets up a second factor; the secret and the recovery codes.
  mutating func setUp() async throws -> (secret: [UInt8], codes: [String]) {
    let secret = Self.secret(try await get("/account/two-factor"))
    let done = try await twoFactor("enable", [("_code", TOTP.code(secret, at: Date()))])
    #expect(done.status == 200, "\(done.text)")
    return (secret, Self.codes(done))
  }

  /// Whether somebody is logged in and may go on.
  mutating func isLoggedIn() async throws -> Bool { try await get("/account").status == 200 }

  /// The hidden fields of a page.
  static func fields(_ page: RawResponse) -> [(String, String)] {
    page.text.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/).map {
      (String($0.1), String($0.2).replacing("&amp;", with: "&"))
    }
  }

  /// The secret that a page shows.
  static func secret(_ page: RawResponse) -> [UInt8] {
    let text = page.text.firstMatch(of: /<code>([A-Z2-7]*)<\/code>/).map { String($0.1) } ?? ""
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (bytes, held, bits): ([UInt8], Int, Int) = ([], 0, 0)
    for letter in text {
      held = (held << 5 | (letters.firstIndex(of: letter) ?? 0)) & 0xFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: held >> bits))
      }
    }
    return bytes
  }

  /// The recovery codes that a page shows.
  static func codes(_ page: RawResponse) -> [String] {
    page.text.matches(of: /[a-z2-9]{4}(-[a-z2-9]{4}){3}/).map { String($0.0) }
  }
}

extension APIBed {
  /// Creates a role that requires a second factor, and a user who has it.
  func bound(_ name: String) async throws {
    let role = try await send(
      "POST", "/api/roles/new",
      """
      {"name":"Role of \(name)","requiresTwoFactor":true,
        "rawPermissions":{"lead:leads":["full"],"api:access":["full"]}}
      """)
    #expect(role.json["role"]?["requiresTwoFactor"] == true, "\(role.text)")
    let user = try await send("POST", "/api/users/new", Self.newUser(name, role: role.json["role"]))
    #expect(user.status == 201, "\(user.text)")
  }
}
