import Foundation
import OpenIDStub
import Primitives
import Testing

@testable import OpenID

/// Each rule of an ID token, broken once.
@Suite struct IDTokenTests {
  static let rsa = StubKey(.rsa, id: "r")
  static let curve = StubKey(.p256, id: "e")
  static let now = Date(timeIntervalSince1970: 1_800_000_000)

  /// What a right token says.
  static var claims: [String: Any] {
    [
      "iss": "https://id.example.com", "aud": "martlet", "sub": "sub-1", "nonce": "n",
      "iat": 1_800_000_000, "exp": 1_800_000_300, "email": "ada@example.com",
      "email_verified": true, "given_name": "Ada",
    ]
  }

  static func keys(_ keys: StubKey...) throws -> SigningKeys {
    try SigningKeys(
      .object(["keys": .array(keys.map { .object($0.json.mapValues { .string($0) }) })]))
  }

  /// The claims of a token, as a sign-in would take them.
  static func read(_ text: String, at now: Date = now) throws -> Claims {
    let token = try SignedToken(text)
    guard let key = try keys(rsa, curve).key(for: token), key.verifies(token) else {
      throw OpenIDError.invalid("signature")
    }
    return try IDToken(issuer: "https://id.example.com", clientID: "martlet", nonce: "n")
      .claims(token, at: now)
  }

  private func claims(_ changes: [String: Any?]) -> [String: Any] {
    changes.reduce(into: Self.claims) { $0[$1.key] = $1.value }
  }

  @Test func aTokenOfEachAlgorithmIsTaken() throws {
    for token in [
      Self.rsa.token(Self.claims), Self.rsa.token(Self.claims, isPSS: true),
      Self.curve.token(Self.claims), Self.curve.token(Self.claims, header: ["alg": "ES256"]),
    ] {
      let read = try Self.read(token)
      #expect(read.subject == "sub-1" && read.verifiedEmail == "ada@example.com")
      #expect(read.firstName == "Ada")
    }
  }

  @Test func aBrokenRuleRefusesAToken() throws {
    let instant = 1_800_000_000
    let broken: [(String, [String: Any?])] = [
      ("iss", ["iss": "https://id.example.com/"]), ("iss", ["iss": nil]),
      ("aud", ["aud": "other"]), ("aud", ["aud": nil]), ("aud", ["aud": ["other"]]),
      ("azp", ["aud": ["martlet", "other"]]), ("azp", ["azp": "other"]),
      ("exp", ["exp": instant - 61]), ("exp", ["exp": nil]), ("exp", ["exp": "1900000000"]),
      ("iat", ["iat": instant + 61]), ("iat", ["iat": nil]), ("nbf", ["nbf": instant + 61]),
      ("nonce", ["nonce": "m"]), ("nonce", ["nonce": nil]), ("sub", ["sub": nil]),
      ("sub", ["sub": ""]), ("sub", ["sub": String(repeating: "x", count: 256)]),
      ("sub", ["sub": "s\u{0}"]), ("sub", ["sub": 7]),
    ]
    for (name, changes) in broken {
      let error = #expect(throws: OpenIDError.self) {
        try Self.read(Self.rsa.token(claims(changes)))
      }
      #expect(error?.description.contains(name) == true, "\(name): \(changes)")
    }
    for right: [String: Any?] in [
      ["aud": ["martlet"]], ["aud": ["other", "martlet"], "azp": "martlet"],
      ["exp": instant - 59], ["iat": instant + 59],
      ["sub": String(repeating: "x", count: 255)],
    ] {
      #expect(throws: Never.self) { try Self.read(Self.curve.token(claims(right))) }
    }
  }

  @Test func aSignatureThatIsNotTheProvidersIsRefused() throws {
    let good = Self.rsa.token(Self.claims)
    let parts = good.split(separator: ".").map(String.init)
    let forged = StubKey.unsigned(["alg": "RS256", "kid": "r"], claims(["sub": "sub-2"]))
    let none = StubKey.unsigned(["alg": "none"], Self.claims)
    let symmetric = StubKey.unsigned(["alg": "HS256", "kid": "r"], Self.claims)
    let secret = Array(Self.rsa.json["n"]?.utf8 ?? "".utf8)
    let refused = [
      forged + "." + parts[2], none + ".", none + "." + parts[2], "\(parts[0]).\(parts[1]).",
      symmetric + "." + Base64URL.encode(HMAC.sha256(symmetric, key: secret)),
      symmetric + "." + Base64URL.encode(HMAC.sha256(symmetric, key: Self.rsa.modulus)),
      // The algorithm of another type of key, and of another padding.
      Self.rsa.token(Self.claims, header: ["alg": "ES256", "kid": "r"]),
      Self.rsa.token(Self.claims, header: ["alg": "PS256", "kid": "r"]),
      Self.curve.token(Self.claims, header: ["alg": "RS256", "kid": "e"]),
      StubKey(.rsa, id: "r").token(Self.claims), StubKey(.p256, id: "e").token(Self.claims),
      Self.rsa.token(Self.claims, header: ["alg": "RS256", "kid": "r", "crit": ["exp"]]),
      Self.rsa.token(Self.claims, header: ["alg": "RS256", "kid": "unknown"]),
      Self.rsa.token(Self.claims, header: ["alg": ["RS256"], "kid": "r"]),
    ]
    for (place, token) in refused.enumerated() {
      #expect(throws: OpenIDError.self, "\(place)") { try Self.read(token) }
    }
  }

  @Test func aKeyThatIsWeakOrForSomethingElseIsPassedOver() throws {
    var listed: [[String: String]] = []
    for change in [
      ["use": "enc"], ["alg": "RSA-OAEP"], ["alg": "ES256"], ["e": "AQ"], ["e": "AAAA"],
      ["kty": "oct"], ["n": Base64URL.encode([UInt8](repeating: 0xFF, count: 128))],
      ["n": "not base 64 !"],
    ] { listed.append(Self.rsa.json.merging(change) { $1 }) }
    for change in [["crv": "P-384"], ["x": "AA"], ["y": ""], ["alg": "RS256"]] {
      listed.append(Self.curve.json.merging(change) { $1 })
    }
    let document = JSONValue.object([
      "keys": .array(listed.map { .object($0.mapValues { .string($0) }) })
    ])
    #expect(try SigningKeys(document).keys.isEmpty)
    // A point beside the curve reads well, and verifies nothing.
    let off = Self.curve.json.merging(["x": Base64URL.encode([UInt8](repeating: 7, count: 32))]) {
      $1
    }
    let key = try #require(SigningKey(.object(off.mapValues { .string($0) })))
    #expect(try !key.verifies(SignedToken(Self.curve.token(Self.claims))))
  }

  @Test func aTokenWithoutANameIsOfTheOnlyKeyThatFits() throws {
    let token = try SignedToken(Self.rsa.token(Self.claims, header: ["alg": "RS256"]))
    #expect(try Self.keys(Self.rsa, Self.curve).key(for: token) != nil)
    #expect(try Self.keys(Self.rsa, StubKey(.rsa, id: "2")).key(for: token) == nil)
  }
}
