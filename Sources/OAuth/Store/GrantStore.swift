import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// What was granted to clients: codes, access tokens and refresh tokens, of which only digests are kept.
///
/// All that comes from one approval is one grant, which is revoked as a whole.
package struct GrantStore: Sendable {
  let transactions: TransactionRunner
  let limits: TokenLimits

  /// The grants of a database.
  package init(transactions: TransactionRunner, limits: TokenLimits = TokenLimits()) {
    self.transactions = transactions
    self.limits = limits
  }

  /// Grants a client that a user approves of the right to act for him.
  ///
  /// - Parameters:
  ///   - client: The client.
  ///   - user: The user, as the session knows him: with another password by now nothing is granted in effect.
  ///   - redirectURI: Where the code goes.
  ///   - isNamed: Whether the request named that address, which the exchange then has to name too.
  ///   - proof: The challenge that the exchange has to meet.
  ///   - address: The address of the user.
  /// - Returns: The code, good for a minute and one exchange.
  /// - Throws: ``OAuthError/Code/invalidClient`` for a client that is gone; `PostgresError`.
  package func approve(
    _ client: OAuthClient, by user: User, redirectURI: RedirectURI, isNamed: Bool,
    proof: ProofKey?, from address: String
  ) async throws -> String {
    let code = SecretToken.make()
    try await transactions.transaction { transaction in
      let expires = transaction.now.addingTimeInterval(Double(limits.code))
      let grant = try await Self.insertGrant(client, of: user, until: expires, in: transaction)
      try await transaction.query(
        """
        INSERT INTO oauth_codes (digest, grant_id, redirect_uri, names_redirect_uri, challenge,
          challenge_method, expires_at)
        VALUES (\(SecretToken.digest(code)), \(grant), \(redirectURI.description), \(isNamed),
          \(proof?.challenge)::text, \(proof?.method.rawValue)::text, \(expires)::timestamptz)
        """)
      var author = user.author
      author.address = address
      try await AuditLog.write(
        [.init("approve", "client", client.id, bundle: "api")], by: author, in: transaction)
    }
    return code
  }

  /// Tokens for a client that acts for itself, with its role.
  ///
  /// - Throws: ``OAuthError/Code/unauthorizedClient`` for a client that may not; `PostgresError`.
  package func grantClient(_ client: OAuthClient) async throws -> IssuedTokens {
    guard client.mayUse(.clientCredentials), client.role != nil else {
      throw OAuthError(
        .unauthorizedClient, "The client may not use the grant client_credentials.")
    }
    return try await transactions.transaction { transaction in
      let expires = transaction.now.addingTimeInterval(Double(limits.access))
      let grant = try await Self.insertGrant(client, of: nil, until: expires, in: transaction)
      return try await issue(grant, client, refreshes: false, in: transaction)
    }
  }

  /// Makes the tokens of a grant, and lets it live as long as they do.
  func issue(
    _ grant: Int64, _ client: OAuthClient, refreshes: Bool, in transaction: Transaction
  ) async throws -> IssuedTokens {
    let now = transaction.now
    let accessEnd = now.addingTimeInterval(Double(limits.access))
    let refreshEnd = now.addingTimeInterval(Double(limits.refresh))
    let tokens = IssuedTokens(
      access: SecretToken.make(), seconds: limits.access,
      refresh: refreshes ? SecretToken.make() : nil)
    try await transaction.query(
      """
      INSERT INTO oauth_access_tokens (digest, grant_id, date_added, expires_at)
      VALUES (\(SecretToken.digest(tokens.access)), \(grant), \(now), \(accessEnd)::timestamptz)
      """)
    if let refresh = tokens.refresh {
      try await transaction.query(
        """
        INSERT INTO oauth_refresh_tokens (digest, grant_id, date_added, expires_at)
        VALUES (\(SecretToken.digest(refresh)), \(grant), \(now), \(refreshEnd)::timestamptz)
        """)
    }
    let end = refreshes ? max(accessEnd, refreshEnd) : accessEnd
    try await transaction.query(
      """
      UPDATE oauth_grants SET expires_at = greatest(expires_at, \(end)::timestamptz)
      WHERE id = \(grant)
      """)
    return tokens
  }

  /// Revokes a grant with all its tokens; every process refuses them within a second.
  static func revoke(_ grant: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE oauth_grants SET revoked_at = \(transaction.now)
      WHERE id = \(grant) AND revoked_at IS NULL
      """)
  }

  private static func insertGrant(
    _ client: OAuthClient, of user: User?, until expires: Date, in transaction: Transaction
  ) async throws -> Int64 {
    let rows = try await transaction.query(
      """
      INSERT INTO oauth_grants (client_id, user_id, password_version, date_added, expires_at)
      SELECT id, \(user?.id)::bigint, \(user?.passwordVersion)::bigint, \(transaction.now),
        \(expires)::timestamptz
      FROM oauth_clients WHERE id = \(client.id) AND is_published
      RETURNING id
      """)
    guard let row = rows.first else {
      throw OAuthError(.invalidClient, "The client is not known any more.")
    }
    return try row.decode(at: 0)
  }
}
