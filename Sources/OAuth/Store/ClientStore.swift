import Foundation
package import JobQueue
package import Postgres
import Users

/// Clients in the database.
package struct ClientStore: Sendable {
  let transactions: TransactionRunner

  /// The clients of a database.
  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// A page of clients and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of clients to skip.
  ///   - limit: The maximum number of clients to return.
  ///   - condition: A condition on `oauth_clients`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY oauth_clients.id"
  ) async throws -> (records: [OAuthClient], total: Int) {
    try await transactions.postgres.page(
      Self.columns, from: Self.source, where: condition, order: order, start: start, limit: limit
    ) { rows, _ in try rows.map { try Self.client($0) } }
  }

  /// The client with an id.
  package func find(_ id: Int64) async throws -> OAuthClient? {
    try await transactions.postgres.withConnection { try await Self.client(id, on: $0) }
  }

  /// The client with a `client_id`: `NUMBER_RANDOM`; nil for any other text.
  package func find(publicID: String) async throws -> OAuthClient? {
    try await stored(publicID)?.client
  }

  /// The client with a `client_id` and a secret.
  ///
  /// - Parameter secret: The secret; nil for a client that has none.
  /// - Returns: nil where there is no such client, where it is not published, and for a wrong secret, a missing one, or
  ///   one that the client does not have.
  package func authenticate(publicID: String, secret: String?) async throws -> OAuthClient? {
    guard let stored = try await stored(publicID), stored.client.isPublished else { return nil }
    // An empty secret is what libraries send for a client without one.
    let given = secret.flatMap { $0.isEmpty ? nil : $0 }
    switch (stored.digest, given) {
    case (nil, nil): return stored.client
    case (let digest?, let given?) where given.utf8.count <= SecretToken.maximumBytes:
      return SecretToken.isEqual(SecretToken.digest(given), digest) ? stored.client : nil
    default: return nil
    }
  }

  private func stored(
    _ publicID: String
  ) async throws -> (client: OAuthClient, digest: [UInt8]?)? {
    let parts = publicID.split(separator: "_", maxSplits: 1)
    guard publicID.utf8.count <= 250, parts.count == 2, let id = Int64(parts[0]), id > 0 else {
      return nil
    }
    let rows = try await transactions.postgres.query(
      """
      SELECT \(sql: Self.columns), oauth_clients.secret_digest FROM \(sql: Self.source)
      WHERE oauth_clients.id = \(id)
      """)
    guard let row = rows.first else { return nil }
    let client = try Self.client(row)
    let isRight = SecretToken.isEqual(Array(parts[1].utf8), Array(client.randomID.utf8))
    return isRight ? (client, try row.decode("secret_digest")) : nil
  }

  static func client(
    _ id: Int64, on connection: PostgresConnection
  ) async throws -> OAuthClient? {
    try await connection.query(
      "SELECT \(sql: columns) FROM \(sql: source) WHERE oauth_clients.id = \(id)"
    ).first.map { try client($0) }
  }

  /// What ``columns`` are of, as it stands after `FROM`.
  static let source: SQL = "oauth_clients LEFT JOIN roles ON roles.id = oauth_clients.role_id"

  static let columns: SQL = """
    oauth_clients.id, oauth_clients.random_id, oauth_clients.name,
      oauth_clients.secret_digest IS NOT NULL AS is_confidential, oauth_clients.redirect_uris,
      oauth_clients.grants, oauth_clients.role_id, roles.name AS role_name,
      oauth_clients.is_published, oauth_clients.date_added, oauth_clients.date_modified,
      oauth_clients.created_by, oauth_clients.created_by_user, oauth_clients.modified_by,
      oauth_clients.modified_by_user
    """

  static func client(_ row: PostgresRow) throws -> OAuthClient {
    let addresses: [String] = try row.decode("redirect_uris")
    let grants: [String] = try row.decode("grants")
    return OAuthClient(
      id: try row.decode("id"), randomID: try row.decode("random_id"),
      name: try row.decode("name"), isConfidential: try row.decode("is_confidential"),
      redirectURIs: addresses.compactMap { RedirectURI($0) },
      grants: grants.compactMap(GrantType.init(rawValue:)), role: try row.decode("role_id"),
      roleName: try row.decode("role_name"), isPublished: try row.decode("is_published"),
      dates: try UserDates(row))
  }
}
