import Foundation
import JobQueue
import Postgres
import Primitives
import Users

extension GrantStore {
  /// What a token of a client is (RFC 7662).
  ///
  /// - Returns: nil for a token that is unknown, expired, used, revoked, or another client's.
  /// - Throws: `PostgresError`.
  package func describe(
    _ token: String, of client: OAuthClient
  ) async throws -> TokenDescription? {
    guard token.utf8.count <= SecretToken.maximumBytes else { return nil }
    let digest = SecretToken.digest(token)
    let now = transactions.clock.now
    let rows = try await transactions.postgres.query(
      """
      SELECT t.is_refresh, t.date_added, t.expires_at, u.id AS user_id, u.username
      FROM (
        SELECT false AS is_refresh, grant_id, date_added, expires_at FROM oauth_access_tokens
        WHERE digest = \(digest) AND revoked_at IS NULL
        UNION ALL
        SELECT true, grant_id, date_added, expires_at FROM oauth_refresh_tokens
        WHERE digest = \(digest) AND used_at IS NULL
      ) t JOIN oauth_grants g ON g.id = t.grant_id LEFT JOIN users u ON u.id = g.user_id
      WHERE g.client_id = \(client.id) AND g.revoked_at IS NULL
        AND t.expires_at > \(now)::timestamptz
        AND (u.id IS NULL OR u.is_published AND u.password_version = g.password_version)
      """)
    guard let row = rows.first else { return nil }
    var description = TokenDescription(
      isRefresh: try row.decode("is_refresh"), added: try row.decode("date_added"),
      expires: try row.decode("expires_at"))
    if let id: Int64 = try row.decode("user_id") {
      description.user = (id, try row.decode("username"))
    }
    return description
  }

  /// Revokes a token of a client (RFC 7009): an access token alone, a refresh token with its whole grant. What is not the
  /// client's stays.
  ///
  /// - Throws: `PostgresError`.
  package func revoke(_ token: String, by client: OAuthClient) async throws {
    guard token.utf8.count <= SecretToken.maximumBytes else { return }
    let digest = SecretToken.digest(token)
    try await transactions.transaction { transaction in
      let access = try await transaction.query(
        """
        UPDATE oauth_access_tokens t SET revoked_at = \(transaction.now) FROM oauth_grants g
        WHERE t.digest = \(digest) AND t.revoked_at IS NULL AND g.id = t.grant_id
          AND g.client_id = \(client.id)
        RETURNING t.grant_id
        """)
      let refresh = try await transaction.query(
        """
        SELECT r.grant_id FROM oauth_refresh_tokens r JOIN oauth_grants g ON g.id = r.grant_id
        WHERE r.digest = \(digest) AND g.client_id = \(client.id) AND g.revoked_at IS NULL
        """)
      if let row = refresh.first { try await Self.revoke(try row.decode(at: 0), in: transaction) }
      guard !access.isEmpty || !refresh.isEmpty else { return }
      try await ClientStore.audit(
        "revoke", client.id, ["token": .string(access.isEmpty ? "refresh" : "access")],
        by: UserActor(Author(id: nil, name: client.name), rights: .init()), in: transaction)
    }
  }
}
