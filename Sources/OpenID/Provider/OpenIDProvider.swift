import Foundation
import Primitives

/// A provider: where it sends browsers, and what it proves of the users that come back.
struct OpenIDProvider: Sendable {
  let settings: OpenIDSettings
  /// The address of ours to which it sends browsers back.
  private let callback: String
  private let client: ProviderClient
  private let document: Kept<ProviderDocument>
  private let keys: Kept<SigningKeys>

  /// A provider, which is asked nothing yet.
  ///
  /// - Parameter callback: The absolute URL of ours that is registered there.
  init(_ settings: OpenIDSettings, callback: String) {
    self.settings = settings
    self.callback = callback
    let client = ProviderClient(limits: settings.limits)
    let issuer = settings.issuer
    let document = Kept<ProviderDocument>(lifetime: settings.limits.lifetime) {
      let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
      let members = try await client.object(
        "the provider's document", at: base + "/.well-known/openid-configuration")
      return try ProviderDocument(members, issuer: issuer)
    }
    self.client = client
    self.document = document
    keys = Kept(lifetime: settings.limits.lifetime) {
      try SigningKeys(
        try await client.object("the document with the keys", at: document.value().keys))
    }
  }

  /// Begins a sign-in.
  ///
  /// - Parameter returning: The path on this server to go to afterwards; nil for none.
  /// - Returns: What the browser keeps, and where it goes.
  /// - Throws: ``OpenIDError``.
  func begin(
    returning: String?, at now: Date
  ) async throws -> (signIn: SignIn, address: String) {
    let signIn = try SignIn(returning: returning, at: now)
    let query = ProviderClient.form([
      ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", callback),
      ("scope", "openid email profile"), ("state", signIn.state), ("nonce", signIn.nonce),
      ("code_challenge", signIn.challenge), ("code_challenge_method", "S256"),
    ])
    let address = try await document.value().authorization
    return (signIn, address + (address.contains("?") ? "&" : "?") + query)
  }

  /// What the provider says of the user who comes back with its answer.
  ///
  /// - Throws: ``OpenIDError``.
  func claims(_ answer: SignInAnswer, of signIn: SignIn, at now: Date) async throws -> Claims {
    let code = try answer.code(issuer: settings.issuer)
    let document = try await document.value()
    let tokens = try await tokens(code, signIn, document)
    guard case .string(let text)? = tokens["id_token"] else {
      throw OpenIDError.invalid("there is no id_token")
    }
    let token = try SignedToken(text)
    guard let key = try await key(for: token) else {
      throw OpenIDError.invalid("the ID token's key is none of the provider's")
    }
    guard key.verifies(token) else {
      throw OpenIDError.invalid("the ID token's signature is wrong")
    }
    let rules = IDToken(
      issuer: settings.issuer, clientID: settings.clientID, nonce: signIn.nonce)
    let claims = try rules.claims(token, at: now)
    return try await completed(claims, tokens, document)
  }

  private func tokens(
    _ code: String, _ signIn: SignIn, _ document: ProviderDocument
  ) async throws(OpenIDError) -> JSONValue {
    var fields = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback),
      ("code_verifier", signIn.verifier),
    ]
    var headers: [(name: String, value: String)] = []
    switch (document.proof, settings.secret) {
    case (.basic, let secret?):
      // Both are encoded as in forms first (RFC 6749, 2.3.1).
      let pair = "\(ProviderClient.encode(settings.clientID)):\(ProviderClient.encode(secret))"
      headers.append(("Authorization", "Basic \(Data(pair.utf8).base64EncodedString())"))
    case (.post, let secret?):
      fields += [("client_id", settings.clientID), ("client_secret", secret)]
    case (.none, _), (_, nil): fields.append(("client_id", settings.clientID))
    }
    let answer = try await client.post(
      "the answer with the tokens", to: document.token, fields, headers: headers)
    guard answer.status == 200 else {
      throw .refused(by: answer.object["error"]?.text ?? "")
    }
    return answer.object
  }

  /// The key of a token. One that is not known is looked for anew, for providers change theirs; not often, for anybody can
  /// name one.
  private func key(for token: SignedToken) async throws -> SigningKey? {
    if let known = try await keys.value().key(for: token) { return known }
    return try await keys.renewed(after: settings.limits.pause)?.key(for: token)
  }

  /// The claims with what the provider tells only where it is asked: not every one has the address in the ID token.
  private func completed(
    _ claims: Claims, _ tokens: JSONValue, _ document: ProviderDocument
  ) async throws(OpenIDError) -> Claims {
    guard claims.verifiedEmail == nil, let url = document.userInfo,
      case .string(let access)? = tokens["access_token"], access.utf8.count <= 8192,
      access.utf8.allSatisfy(PercentCoding.printable.contains)
    else { return claims }
    let others = try Claims(await client.object("the user info", at: url, token: access))
    // Else it may be another user's (OpenID Connect Core 1.0, 5.3.2).
    guard others.subject == claims.subject else {
      throw .invalid("the user info is of another subject")
    }
    return claims.completed(by: others)
  }
}
