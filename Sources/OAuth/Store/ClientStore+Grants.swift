package import Foundation
import JobQueue
import Postgres
import Primitives
package import Users

/// What a client was granted and has not lost: an approval by a user, or its own tokens.
package struct ClientGrant: Sendable, Identifiable {
  package var id: Int64
  /// The user for whom it acts; nil where it acts for itself.
  package var user: (id: Int64, username: String)?
  /// When it was granted, and when it ends if no token is renewed.
  package var (added, expires): (Date, Date)
  /// The access tokens that are good now.
  package var tokens: Int
  /// When the newest of them was made; nil for none.
  package var lastIssued: Date?
}

extension ClientStore {
  /// A page of the grants of a client that are good now, the newest first, and the total number.
  package func grants(
    of client: Int64, start: Int, limit: Int, now: Date
  ) async throws -> (grants: [ClientGrant], total: Int) {
    try await transactions.postgres.page(
      """
      g.id, g.date_added, g.expires_at, u.id AS user_id, u.username, t.tokens, t.last_issued
      """,
      from: """
        oauth_grants g LEFT JOIN users u ON u.id = g.user_id CROSS JOIN LATERAL (
          SELECT count(*) AS tokens, max(date_added) AS last_issued FROM oauth_access_tokens
          WHERE grant_id = g.id AND revoked_at IS NULL AND expires_at > \(now)::timestamptz
        ) AS t
        """,
      where: """
        g.client_id = \(client) AND g.revoked_at IS NULL AND g.expires_at > \(now)::timestamptz
          AND (u.id IS NULL OR u.is_published AND u.password_version = g.password_version)
        """, order: "ORDER BY g.id DESC", start: start, limit: limit
    ) { rows, _ in try rows.map(Self.grant) }
  }

  private static func grant(_ row: PostgresRow) throws -> ClientGrant {
    var grant = ClientGrant(
      id: try row.decode("id"), added: try row.decode("date_added"),
      expires: try row.decode("expires_at"), tokens: try row.decode("tokens"),
      lastIssued: try row.decode("last_issued"))
    if let id: Int64 = try row.decode("user_id") { grant.user = (id, try row.decode("username")) }
    return grant
  }

  /// Revokes grants of a client with all their tokens; every process refuses them within a second.
  ///
  /// - Parameter grant: The one to revoke; nil for all.
  /// - Returns: The number revoked; nil for an unknown client.
  /// - Throws: ``UserError/exceedsOwnRights`` where the client's role has more rights than the author.
  package func revokeGrants(
    of client: Int64, _ grant: Int64? = nil, by actor: UserActor, now: Date
  ) async throws -> Int? {
    try await transactions.transaction(at: now) { transaction in
      guard let found = try await Self.client(client, on: transaction.connection) else {
        return nil
      }
      try await check(found.role, by: actor, in: transaction)
      let revoked = try await transaction.query(
        """
        UPDATE oauth_grants SET revoked_at = \(now)
        WHERE client_id = \(client) AND id = coalesce(\(grant)::bigint, id) AND revoked_at IS NULL
          AND expires_at > \(now)::timestamptz
        RETURNING id
        """
      ).count
      if revoked > 0 {
        try await Self.audit(
          "revoke", client, ["grants": .integer(Int64(revoked))], by: actor, in: transaction)
      }
      return revoked
    }
  }
}
