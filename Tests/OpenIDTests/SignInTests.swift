import Foundation
import Testing

@testable import OpenID

@Suite struct SignInTests {
  @Test func whatTheBrowserKeepsComesBackAsItWas() throws {
    for path in [nil, "/", "/oauth/v2/authorize?client_id=1_a&state=%20"] {
      let signIn = try SignIn(returning: path, at: Date())
      #expect(SignIn(signIn.text) == signIn)
      #expect(signIn.text.utf8.count < 3800)
    }
    let good = try SignIn(returning: "/x", at: Date()).text
    for text in ["", "....", good + ".x", String(good.dropLast(3)) + "!!!", "\0", "x" + good] {
      #expect(SignIn(text) == nil)
    }
  }

  @Test func onlyAPathOnThisServerIsKept() {
    for path in [
      "", "x", "//evil.example.com", "/\\evil.example.com", "https://evil.example.com",
      "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "/a b", "/\u{E4}", "/\0", "@evil.example.com",
      "/" + String(repeating: "x", count: 2000),
    ] {
      #expect(throws: OpenIDError.self, "\(path.prefix(40))") {
        try SignIn(returning: path, at: Date())
      }
    }
  }

  @Test func theAnswerComesWithinTenMinutesOrNotAtAll() throws {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let signIn = try SignIn(returning: nil, at: now)
    let answer = SignInAnswer(state: signIn.state, code: "c", error: nil, issuer: nil)
    #expect(answer.isOf(signIn, at: now.addingTimeInterval(600)))
    #expect(!answer.isOf(signIn, at: now.addingTimeInterval(601)))
    #expect(!answer.isOf(signIn, at: now.addingTimeInterval(-61)))
    for state in [nil, "", "x", signIn.nonce] {
      let other = SignInAnswer(state: state, code: "c", error: nil, issuer: nil)
      #expect(!other.isOf(signIn, at: now))
    }
  }

  @Test func anAnswerOfAnotherProviderIsRefused() {
    let answer = SignInAnswer(state: "s", code: "c", error: nil, issuer: "https://other")
    #expect(throws: OpenIDError.self) { try answer.code(issuer: "https://id") }
    let long = String(repeating: "c", count: 5000)
    for code in [nil, long] {
      let empty = SignInAnswer(state: "s", code: code, error: nil, issuer: nil)
      #expect(throws: OpenIDError.self) { try empty.code(issuer: "https://id") }
    }
    let denied = SignInAnswer(state: "s", code: nil, error: "access_denied", issuer: nil)
    #expect(throws: OpenIDError.refused("access_denied")) { try denied.code(issuer: "https://id") }
  }

  @Test func anIssuerIsAnAddressByHTTPS() {
    for issuer in [
      "https://id.example.com", "https://id.example.com/realms/a", "http://localhost:1",
    ] {
      #expect(OpenIDAddress.isIssuer(issuer), "\(issuer)")
    }
    for issuer in [
      "", "id.example.com", "http://id.example.com", "https://", "https://a?b", "https://a#b",
      "https://user@id.example.com", "https://localhost.example.com\\@x", "ftp://localhost",
      "http://localhost.example.com", "https://a b",
    ] {
      #expect(!OpenIDAddress.isIssuer(issuer), "\(issuer)")
    }
    #expect(!OpenIDAddress.isEndpoint("http://localhost/token", of: "https://id.example.com"))
  }
}
