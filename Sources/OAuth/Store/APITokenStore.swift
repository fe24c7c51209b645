import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// Tokens of users in the database, as digests.
package struct APITokenStore: Sendable {
  /// The maximum number of tokens that a user may have, those apart that are revoked or expired.
  package static let maximumTokens = 200
  private static let maximumNetworks = 50

  private let transactions: TransactionRunner

  /// The tokens of a database.
  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// A page of tokens, newest first, and the total number; those of one user, or of all.
  package func page(
    of user: Int64?, start: Int, limit: Int
  ) async throws -> (records: [APIToken], total: Int) {
    try await transactions.postgres.page(
      Self.columns, from: Self.source,
      where: "(\(user)::bigint IS NULL OR api_tokens.user_id = \(user)::bigint)",
      order: "ORDER BY api_tokens.id DESC", start: start, limit: limit
    ) { rows, _ in try rows.map { try Self.token($0) } }
  }

  /// The token with an id.
  package func find(_ id: Int64) async throws -> APIToken? {
    try await transactions.postgres.query(
      "SELECT \(sql: Self.columns) FROM \(sql: Self.source) WHERE api_tokens.id = \(id)"
    ).first.map { try Self.token($0) }
  }

  /// Makes a token of a user.
  ///
  /// - Parameters:
  ///   - input: What it is for and what it may do.
  ///   - user: The user for whom it acts, who must have the permission `api:access:full`.
  ///   - actor: Who makes it.
  /// - Returns: The token with its secret, which is kept nowhere.
  /// - Throws: ``UserError``.
  package func create(
    _ input: APITokenInput, of user: User, by actor: UserActor
  ) async throws -> APIToken {
    let name = input.name.trimmingBlanks()
    guard (1...191).contains(name.unicodeScalars.count), !name.contains("\0") else {
      throw UserError.invalid(
        member: "name", rule: "\"\(name.prefix(60))\" must have 1 to 191 characters")
    }
    let scope = try TokenScope(input.scope)
    let networks = try Self.networks(input.networks)
    guard user.rights.access(.tokens, .full) == .all else {
      throw UserError.invalid(
        member: "user", rule: "\(user.username) has not the permission api:access:full")
    }
    let secret = APIToken.beginning + SecretToken.make()
    return try await transactions.transaction { transaction in
      if let expires = input.expires, expires <= transaction.now {
        throw UserError.invalid(member: "expires", rule: "is past already")
      }
      // Holds the user, so that two requests do not both find room.
      let owner = try await transaction.query(
        "SELECT FROM users WHERE id = \(user.id) FOR NO KEY UPDATE")
      guard !owner.isEmpty else { throw UserError.notFound }
      try await Self.checkRoom(user, in: transaction)
      let rows = try await transaction.query(
        """
        INSERT INTO api_tokens (user_id, name, prefix, digest, scope, networks, date_added,
          expires_at)
        VALUES (\(user.id), \(name), \(String(secret.prefix(10))), \(SecretToken.digest(secret)),
          \(scope.words)::text[], \(networks.map(\.description))::text[], \(transaction.now),
          \(input.expires)::timestamptz)
        RETURNING id
        """)
      guard let id: Int64 = try rows.first?.decode(at: 0) else { throw UserError.notFound }
      try await Self.audit("create", id, of: user.id, name, by: actor, in: transaction)
      guard var token = try await Self.token(id, in: transaction) else { throw UserError.notFound }
      token.secret = secret
      return token
    }
  }

  /// Refuses a token from now on, in every process within a second.
  ///
  /// - Returns: The token; nil for an unknown id.
  /// - Throws: `PostgresError`.
  package func revoke(_ id: Int64, by actor: UserActor) async throws -> APIToken? {
    try await transactions.transaction { transaction in
      let rows = try await transaction.query(
        """
        UPDATE api_tokens SET revoked_at = \(transaction.now) WHERE id = \(id)
          AND revoked_at IS NULL RETURNING user_id
        """)
      guard let token = try await Self.token(id, in: transaction) else { return nil }
      if !rows.isEmpty {
        try await Self.audit(
          "revoke", id, of: token.user.id, token.name, by: actor, in: transaction)
      }
      return token
    }
  }

  private static func checkRoom(_ user: User, in transaction: Transaction) async throws {
    let count: Int =
      try await transaction.query(
        """
        SELECT count(*) FROM api_tokens WHERE user_id = \(user.id) AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > \(transaction.now))
        """
      ).first?.decode(at: 0) ?? 0
    guard count < maximumTokens else {
      throw UserError.invalid(
        member: "user", rule: "\(user.username) has \(maximumTokens) tokens, the most there may be")
    }
  }

  private static func networks(_ given: [String]) throws(UserError) -> [IPNetwork] {
    guard given.count <= maximumNetworks else {
      throw .invalid(
        member: "networks", rule: "has \(given.count) networks, at most \(maximumNetworks)")
    }
    var networks: [IPNetwork] = []
    for text in given {
      guard let network = IPNetwork(text.trimmingBlanks()) else {
        throw .invalid(
          member: "networks",
          rule: "\"\(text.prefix(60))\" is no address or network such as 192.0.2.0/24")
      }
      networks.append(network)
    }
    return networks
  }

  private static func audit(
    _ action: String, _ id: Int64, of user: Int64, _ name: String, by actor: UserActor,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [
        .init(
          action, "token", id, bundle: "api",
          details: .object(["user": .integer(user), "name": .string(name)]))
      ], by: actor.author, in: transaction)
  }

  private static func token(_ id: Int64, in transaction: Transaction) async throws -> APIToken? {
    try await transaction.query(
      "SELECT \(sql: columns) FROM \(sql: source) WHERE api_tokens.id = \(id)"
    ).first.map { try token($0) }
  }

  private static let source: SQL = "api_tokens JOIN users ON users.id = api_tokens.user_id"

  private static let columns: SQL = """
    api_tokens.id, api_tokens.user_id, users.username, api_tokens.name, api_tokens.prefix,
      api_tokens.scope, api_tokens.networks, api_tokens.date_added, api_tokens.expires_at,
      api_tokens.last_used, api_tokens.revoked_at
    """

  private static func token(_ row: PostgresRow) throws -> APIToken {
    let networks: [String] = try row.decode("networks")
    return APIToken(
      id: try row.decode("id"),
      user: (id: try row.decode("user_id"), name: try row.decode("username")),
      name: try row.decode("name"), prefix: try row.decode("prefix"),
      scope: try TokenScope(try row.decode("scope")),
      networks: networks.compactMap { IPNetwork($0) }, added: try row.decode("date_added"),
      expires: try row.decode("expires_at"), lastUsed: try row.decode("last_used"),
      revoked: try row.decode("revoked_at"))
  }
}
