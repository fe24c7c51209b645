import Foundation
import JobQueue
import Postgres
import Users

extension GrantStore {
  /// What became of a code or a refresh token. Errors are no exceptions here: a second use is committed.
  private enum Outcome: Sendable {
    case issued(IssuedTokens)
    case refused(String)
  }

  /// Exchanges a code for tokens. A second exchange revokes what the first one got (RFC 6749, 4.1.2).
  ///
  /// - Parameters:
  ///   - code: The code.
  ///   - redirectURI: The address that the request for the code named, if it named one.
  ///   - verifier: What meets the challenge of the request for the code, if it had one.
  ///   - client: The client, which has proved itself.
  /// - Throws: ``OAuthError``; `PostgresError`.
  package func exchange(
    code: String, redirectURI: String?, verifier: String?, by client: OAuthClient
  ) async throws -> IssuedTokens {
    guard client.mayUse(.authorizationCode) else {
      throw OAuthError(
        .unauthorizedClient, "The client may not use the grant authorization_code.")
    }
    return try await settle(code, "The authorization code") { digest, transaction in
      let rows = try await transaction.query(
        """
        SELECT c.grant_id, c.redirect_uri, c.names_redirect_uri, c.challenge, c.challenge_method,
          c.expires_at, c.used_at, \(sql: Self.grantColumns)
        FROM oauth_codes c JOIN oauth_grants g ON g.id = c.grant_id
        WHERE c.digest = \(digest) AND g.client_id = \(client.id) FOR UPDATE OF c
        """)
      guard let row = rows.first else { return .refused("is not known") }
      if let refusal = try await Self.refusal(row, client, "code", in: transaction) {
        return .refused(refusal)
      }
      if let refusal = try Self.refusal(code: row, redirectURI, verifier) {
        return .refused(refusal)
      }
      try await transaction.query(
        "UPDATE oauth_codes SET used_at = \(transaction.now) WHERE digest = \(digest)")
      return .issued(
        try await issue(
          try row.decode("grant_id"), client, refreshes: client.mayUse(.refreshToken),
          in: transaction))
    }
  }

  /// Exchanges a refresh token for a new pair; the old one ends. One that comes a second time was stolen, by whoever came
  /// first or second: the whole grant is revoked (RFC 9700, 4.14).
  ///
  /// - Throws: ``OAuthError``; `PostgresError`.
  package func refresh(_ token: String, by client: OAuthClient) async throws -> IssuedTokens {
    guard client.mayUse(.refreshToken) else {
      throw OAuthError(.unauthorizedClient, "The client may not use the grant refresh_token.")
    }
    return try await settle(token, "The refresh token") { digest, transaction in
      let rows = try await transaction.query(
        """
        SELECT r.grant_id, r.expires_at, r.used_at, \(sql: Self.grantColumns)
        FROM oauth_refresh_tokens r JOIN oauth_grants g ON g.id = r.grant_id
        WHERE r.digest = \(digest) AND g.client_id = \(client.id) FOR UPDATE OF r
        """)
      guard let row = rows.first else { return .refused("is not known") }
      if let refusal = try await Self.refusal(row, client, "refresh_token", in: transaction) {
        return .refused(refusal)
      }
      try await transaction.query(
        "UPDATE oauth_refresh_tokens SET used_at = \(transaction.now) WHERE digest = \(digest)")
      return .issued(
        try await issue(try row.decode("grant_id"), client, refreshes: true, in: transaction))
    }
  }

  private func settle(
    _ secret: String, _ noun: String,
    _ body: ([UInt8], Transaction) async throws -> Outcome
  ) async throws -> IssuedTokens {
    guard secret.utf8.count <= SecretToken.maximumBytes else {
      throw OAuthError(.invalidGrant, "\(noun) is not known.")
    }
    let digest = SecretToken.digest(secret)
    switch try await transactions.transaction({ try await body(digest, $0) }) {
    case .issued(let tokens): return tokens
    case .refused(let reason): throw OAuthError(.invalidGrant, "\(noun) \(reason).")
    }
  }

  /// Whether the grant `g` is still good, beside its client's id.
  private static let grantColumns: SQL = """
    g.revoked_at IS NULL AND EXISTS (SELECT FROM users u WHERE u.id = g.user_id
      AND u.is_published AND u.password_version = g.password_version) AS is_good
    """

  /// Why a code or a refresh token is not taken; nil if it is. A second use revokes the grant.
  private static func refusal(
    _ row: PostgresRow, _ client: OAuthClient, _ kind: String, in transaction: Transaction
  ) async throws -> String? {
    let expires: Date = try row.decode("expires_at")
    if let _: Date = try row.decode("used_at") {
      try await revoke(try row.decode("grant_id"), in: transaction)
      try await ClientStore.audit(
        "reuse", client.id, ["token": .string(kind)], by: UserActor(.system, rights: .init()),
        in: transaction)
      return "was used before; all that came from it is revoked"
    }
    if expires <= transaction.now { return "has expired" }
    return try row.decode("is_good") ? nil : "was revoked"
  }

  /// Why an exchange does not fit the request for its code; nil if it does.
  private static func refusal(
    code row: PostgresRow, _ redirectURI: String?, _ verifier: String?
  ) throws -> String? {
    let address: String = try row.decode("redirect_uri")
    // An address that the request left out may be left out again.
    if try row.decode("names_redirect_uri") || redirectURI != nil {
      guard let redirectURI, redirectURI.utf8.elementsEqual(address.utf8) else {
        return "was sent to another redirect_uri"
      }
    }
    guard let challenge: String = try row.decode("challenge") else {
      // Somebody took the challenge out of the request.
      return verifier == nil ? nil : "was asked for without a code_challenge"
    }
    let method: String? = try row.decode("challenge_method")
    let proof = ProofKey(
      accepted: challenge, method.flatMap(ProofKey.Method.init(rawValue:)) ?? .s256)
    guard let verifier else { return "needs a code_verifier" }
    return proof.accepts(verifier) ? nil : "was asked for with another code_verifier"
  }
}
