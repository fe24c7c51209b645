import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// Looks tokens up: what each stands for at this moment.
package struct BearerStore: Sendable {
  private let transactions: TransactionRunner
  private let users: UserStore

  /// The tokens of a database.
  package init(transactions: TransactionRunner, users: UserStore) {
    self.transactions = transactions
    self.users = users
  }

  /// The present instant, by which tokens expire.
  var now: Date { transactions.clock.now }

  /// A number that changes with every change of a user, a role or a client, and with every token that ends before its
  /// time.
  func version() async throws -> Int64 {
    try await transactions.postgres.query(
      "SELECT u.version + o.version FROM users_version u, oauth_version o"
    ).first?.decode(at: 0) ?? 0
  }

  /// Whom a token stands for, and the version at that moment; nil for one that is unknown, expired or revoked, whose
  /// user may not log in or has another password by now, or whose client is not published.
  func bearer(
    _ token: String, _ digest: [UInt8]
  ) async throws -> (version: Int64, bearer: TokenBearer)? {
    // Read before the token, so that a change in between counts as later.
    let version = try await version()
    let bearer =
      token.hasPrefix(APIToken.beginning)
      ? try await bearer(ofToken: digest) : try await bearer(ofGrant: digest)
    return bearer.map { (version, $0) }
  }

  private func bearer(ofGrant digest: [UInt8]) async throws -> TokenBearer? {
    let rows = try await transactions.postgres.query(
      """
      SELECT t.expires_at, g.user_id, k.id, k.name, k.role_id,
        'client:' || k.id || ':' || coalesce(g.user_id::text, '') AS token_name
      FROM oauth_access_tokens t JOIN oauth_grants g ON g.id = t.grant_id
        JOIN oauth_clients k ON k.id = g.client_id
      WHERE t.digest = \(digest) AND t.revoked_at IS NULL AND t.expires_at > \(now)::timestamptz
        AND g.revoked_at IS NULL AND k.is_published
        AND (g.user_id IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = g.user_id
          AND u.is_published AND u.password_version = g.password_version))
      """)
    guard let row = rows.first else { return nil }
    let expires: Date = try row.decode("expires_at")
    if let id: Int64 = try row.decode("user_id") {
      guard let user = try await user(id) else { return nil }
      return TokenBearer(
        actor: .user(user), name: try row.decode("token_name"), rights: user.rights,
        expires: expires)
    }
    guard let id: Int64 = try row.decode("role_id"),
      let role = try await RoleStore(transactions: transactions).find(id)
    else { return nil }
    return TokenBearer(
      actor: .client(id: try row.decode("id"), name: try row.decode("name"), role: role),
      name: try row.decode("token_name"), rights: role.rights, expires: expires)
  }

  private func bearer(ofToken digest: [UInt8]) async throws -> TokenBearer? {
    let now = now
    let rows = try await transactions.postgres.query(
      """
      SELECT id, user_id, scope, networks, expires_at, last_used FROM api_tokens
      WHERE digest = \(digest) AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > \(now)::timestamptz)
      """)
    guard let row = rows.first, let user = try await user(try row.decode("user_id")) else {
      return nil
    }
    let id: Int64 = try row.decode("id")
    let lastUsed: Date? = try row.decode("last_used")
    if lastUsed.map({ now.timeIntervalSince($0) >= 60 }) ?? true {
      try await noteUse(of: id, at: now)
    }
    let networks: [String] = try row.decode("networks")
    let scope = try TokenScope(try row.decode("scope"))
    return TokenBearer(
      actor: .user(user), name: "\(id)", rights: scope.narrowed(user.rights),
      networks: networks.compactMap { IPNetwork($0) }, expires: try row.decode("expires_at"))
  }

  /// A user who may log in and let programs act for him.
  private func user(_ id: Int64) async throws -> User? {
    guard let user = try await users.user(id), user.isPublished,
      user.rights.access(.tokens, .full) == .all
    else { return nil }
    return user
  }

  /// Keeps when a token was used, at most once a minute over all processes.
  private func noteUse(of token: Int64, at now: Date) async throws {
    do {
      try await write(token, usedAt: now)
    } catch let error as PostgresError where error.code == .server {
      // A server that cannot write, such as one whose disk is full, keeps nobody from reading.
    }
  }

  private func write(_ token: Int64, usedAt now: Date) async throws {
    try await transactions.postgres.query(
      """
      UPDATE api_tokens SET last_used = \(now)::timestamptz WHERE id = \(token)
        AND (last_used IS NULL OR last_used <= \(now.addingTimeInterval(-60))::timestamptz)
      """)
  }
}
