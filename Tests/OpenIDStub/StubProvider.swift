import COpenSSL
import Foundation
import Primitives
package import Synchronization
import TestSupport

/// A provider of OpenID Connect on this machine, which gives a code to whoever is sent to it.
package final class StubProvider: Sendable {
  /// What a test may change.
  package struct Conduct: Sendable {
    /// The keys that its document shows.
    package var keys: [StubKey]
    /// The key that signs.
    package var key: StubKey
    /// Whether it gives the claims of address and name in the ID token, or only where it is asked.
    package var isTerse = false
    /// Further bytes of the document with the keys.
    package var padding = 0
    /// Whether it keeps silent.
    package var hangs = false
    /// The issuer that its document names; nil for its own.
    package var issuer: String?
    /// How clients may prove that they are themselves.
    package var proofs = ["client_secret_basic"]
    /// Claims of ID tokens, over those that are right; nil takes one away.
    package var claims: [String: String?] = [:]
  }

  private struct Grant {
    var nonce: String
    var challenge: String
    var redirect: String
  }

  package static let clientID = "martlet"
  package static let secret = "s3cret of/the+client"

  package let conduct: Mutex<Conduct>
  private let grants = Mutex<[String: Grant]>([:])
  private let stub = Mutex<HTTPStub?>(nil)
  /// The number of times that each path was asked for.
  package let counts = Mutex<[String: Int]>([:])

  /// Starts a provider that signs with a key.
  package init(_ key: StubKey) throws {
    conduct = Mutex(Conduct(keys: [key], key: key))
    let new = try HTTPStub { [weak self] asked in self?.answer(asked) ?? "" }
    stub.withLock { $0 = new }
  }

  /// Its issuer.
  package var issuer: String { "http://127.0.0.1:\(stub.withLock { $0?.port ?? 0 })" }

  /// What a browser brings back that was sent to the provider and whose user agrees.
  package func agree(to address: String) -> (code: String, state: String) {
    let fields = Self.fields(
      address.split(separator: "?", maxSplits: 1).last.map(String.init) ?? "")
    let code = UUID().uuidString
    grants.withLock {
      $0[code] = Grant(
        nonce: fields["nonce"] ?? "", challenge: fields["code_challenge"] ?? "",
        redirect: fields["redirect_uri"] ?? "")
    }
    return (code, fields["state"] ?? "")
  }

  /// The fields of a query or of a form.
  package static func fields(_ text: String) -> [String: String] {
    text.split(separator: "&").reduce(into: [:]) { fields, pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map { PercentCoding.decode($0.utf8, plusIsBlank: true) }
      fields[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
  }

  // MARK: Answers

  private func answer(_ asked: HTTPStub.Asked) -> String {
    // The provider that hangs, on a thread of the stub, until the test lets it go.
    while conduct.withLock({ $0.hangs }) { usleep(2_000) }
    let path = asked.line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    counts.withLock { $0[path, default: 0] += 1 }
    return switch path {
    case "/.well-known/openid-configuration": Self.json(document)
    case "/keys": keys
    case "/token": token(asked)
    case "/userinfo": Self.json(person)
    default: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    }
  }

  private var document: [String: Any] {
    let (named, proofs) = conduct.withLock { ($0.issuer, $0.proofs) }
    return [
      "issuer": named ?? issuer, "authorization_endpoint": "\(issuer)/authorize",
      "token_endpoint": "\(issuer)/token", "jwks_uri": "\(issuer)/keys",
      "userinfo_endpoint": "\(issuer)/userinfo",
      "token_endpoint_auth_methods_supported": proofs,
    ]
  }

  private var keys: String {
    let (keys, padding) = conduct.withLock { ($0.keys, $0.padding) }
    return Self.json([
      "keys": keys.map(\.json), "padding": String(repeating: "x", count: padding),
    ])
  }

  private var person: [String: Any] {
    let claims = conduct.withLock { $0.claims }
    var all: [String: Any] = [
      "sub": "sub-1", "email": "ada@example.com", "email_verified": true, "given_name": "Ada",
      "family_name": "Lovelace",
    ]
    for (name, value) in claims where all[name] != nil { all[name] = value }
    return all
  }

  private func token(_ asked: HTTPStub.Asked) -> String {
    let fields = Self.fields(asked.body)
    let grant = grants.withLock { $0.removeValue(forKey: fields["code"] ?? "") }
    guard let grant, fields["redirect_uri"] == grant.redirect,
      fields["grant_type"] == "authorization_code",
      Self.challenge(fields["code_verifier"] ?? "") == grant.challenge
    else { return Self.json(["error": "invalid_grant"], status: "400 Bad Request") }
    guard isClient(asked, fields) else {
      return Self.json(["error": "invalid_client"], status: "401 Unauthorized")
    }
    let (key, isTerse, others) = conduct.withLock { ($0.key, $0.isTerse, $0.claims) }
    let now = Date().timeIntervalSince1970
    var claims: [String: Any] = isTerse ? ["sub": "sub-1"] : person
    claims["iss"] = issuer
    claims["aud"] = Self.clientID
    claims["iat"] = Int(now)
    claims["exp"] = Int(now) + 300
    claims["nonce"] = grant.nonce
    if !isTerse { for (name, value) in others { claims[name] = value } }
    return Self.json(["id_token": key.token(claims), "access_token": "at", "token_type": "Bearer"])
  }

  private func isClient(_ asked: HTTPStub.Asked, _ fields: [String: String]) -> Bool {
    func encoded(_ text: String) -> String {
      PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
    }
    let pair = "\(encoded(Self.clientID)):\(encoded(Self.secret))"
    let header = "Authorization: Basic \(Data(pair.utf8).base64EncodedString())"
    return switch conduct.withLock({ $0.proofs.first }) {
    case "client_secret_basic": asked.headers.contains(header)
    case "client_secret_post":
      fields["client_id"] == Self.clientID && fields["client_secret"] == Self.secret
    default: fields["client_id"] == Self.clientID && fields["client_secret"] == nil
    }
  }

  private static func challenge(_ verifier: String) -> String {
    guard let digest = Digest(.sha256) else { return "" }
    digest.update(Array(verifier.utf8))
    return Base64URL.encode(Hex.decode(digest.finish()) ?? [])
  }

  private static func json(_ object: [String: Any], status: String = "200 OK") -> String {
    let data: Data
    do { data = try JSONSerialization.data(withJSONObject: object) } catch {
      fatalError("no JSON: \(object): \(error)")
    }
    let text = String(decoding: data, as: UTF8.self)
    return
      "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(data.count)\r\n\r\n\(text)"
  }
}
