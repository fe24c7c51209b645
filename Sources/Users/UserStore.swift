import Foundation
package import JobQueue
package import Postgres

/// Users in the database.
package struct UserStore: Sendable {
  let transactions: TransactionRunner
  let hasher: PasswordHasher

  var pool: PostgresPool { transactions.postgres }

  /// The users of a database.
  ///
  /// - Parameter clock: The source of the times of logins.
  package init(pool: PostgresPool, hasher: PasswordHasher, clock: WallClock = .system) {
    transactions = TransactionRunner(pool, clock: clock)
    self.hasher = hasher
  }

  /// All users by name.
  package func list() async throws -> [User] {
    try await pool.query(
      "SELECT \(sql: Self.columns) FROM \(sql: Self.source) ORDER BY lower(users.username)"
    ).map(Self.user)
  }

  /// A page of users and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of users to skip.
  ///   - limit: The maximum number of users to return.
  ///   - condition: A condition on `users`, `roles` and `user_activity`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY users.id"
  ) async throws -> (records: [User], total: Int) {
    try await pool.page(
      Self.columns, from: Self.source, where: condition, order: order, start: start, limit: limit
    ) { rows, _ in try rows.map(Self.user) }
  }

  /// The user who logs in with this name: the user name, or else the address, in any case.
  package func find(_ name: String) async throws -> User? {
    try await pool.withConnection { try await Self.find(name, on: $0) }
  }

  static func find(_ name: String, on connection: PostgresConnection) async throws -> User? {
    try await connection.query(
      """
      SELECT \(sql: columns) FROM \(sql: source)
      WHERE lower(users.username) = lower(\(name)) OR lower(users.email) = lower(\(name))
      ORDER BY lower(users.username) = lower(\(name)) DESC LIMIT 1
      """
    ).first.map(user)
  }

  /// The user with an id.
  package func user(_ id: Int64) async throws -> User? {
    try await pool.withConnection { try await Self.user(id, on: $0) }
  }

  /// The same, on a connection.
  package static func user(
    _ id: Int64, on connection: PostgresConnection
  ) async throws -> User? {
    try await connection.query(
      "SELECT \(sql: columns) FROM \(sql: source) WHERE users.id = \(id)"
    ).first.map(user)
  }

  /// The user whose address this is, in any case; of a transaction until its end.
  package static func owner(
    ofAddress email: String, on connection: PostgresConnection
  ) async throws -> User? {
    try await connection.query(
      """
      SELECT \(sql: columns) FROM \(sql: source) WHERE lower(users.email) = lower(\(email))
      FOR SHARE OF users
      """
    ).first.map(user)
  }

  /// A number that changes with every change of a user or a role.
  func version() async throws -> Int64 {
    try await pool.query("SELECT version FROM users_version").first?.decode(at: 0) ?? 0
  }

  /// The user who logs in with this name, with the password's hash, and the version at that moment.
  func credentials(_ name: String) async throws -> (version: Int64, user: User?, hash: String?) {
    let rows = try await pool.query(
      """
      SELECT v.version, found.* FROM users_version v LEFT JOIN LATERAL (
        SELECT password_hash, \(sql: Self.columns) FROM \(sql: Self.source)
        WHERE lower(users.username) = lower(\(name)) OR lower(users.email) = lower(\(name))
        ORDER BY lower(users.username) = lower(\(name)) DESC LIMIT 1) found ON true
      """)
    guard let row = rows.first else { return (0, nil, nil) }
    let hash: String? = try row.decode("password_hash")
    return (try row.decode("version"), hash == nil ? nil : try Self.user(row), hash)
  }

  /// Keeps the time at which a user was verified, by a password or by a provider. After half an hour without it is a login.
  ///
  /// - Throws: `PostgresError`.
  package func noteActivity(of user: Int64) async throws {
    let now = transactions.clock.now
    try await pool.query(
      """
      INSERT INTO user_activity AS known (user_id, last_login, last_active)
      SELECT id, \(now)::timestamptz, \(now)::timestamptz FROM users WHERE id = \(user)
      ON CONFLICT (user_id) DO UPDATE SET
        last_active = greatest(known.last_active, excluded.last_active),
        last_login = CASE WHEN excluded.last_active > known.last_active + interval '30 minutes'
          THEN excluded.last_login ELSE known.last_login END
      """)
  }

  /// What ``columns`` are of, as it stands after `FROM`.
  static let source: SQL = """
    users JOIN roles ON roles.id = users.role_id
      LEFT JOIN user_activity ON user_activity.user_id = users.id
      LEFT JOIN user_second_factors ON user_second_factors.user_id = users.id
        AND user_second_factors.enabled_at IS NOT NULL
    """

  static let columns: SQL = """
    users.id, users.username, users.email, users.first_name, users.last_name, users.position,
      users.signature, users.timezone, users.locale, users.is_published,
      users.password_version, users.date_added, users.date_modified, users.created_by, users.created_by_user, users.modified_by,
      users.modified_by_user, user_activity.last_login, user_activity.last_active,
      user_second_factors.user_id IS NOT NULL AS has_second_factor,
      \(sql: RoleStore.columns(prefix: "role_"))
    """

  static func user(_ row: PostgresRow) throws -> User {
    User(
      id: try row.decode("id"), username: try row.decode("username"),
      email: try row.decode("email"), firstName: try row.decode("first_name"),
      lastName: try row.decode("last_name"), position: try row.decode("position"),
      signature: try row.decode("signature"), timeZone: try row.decode("timezone"),
      locale: try row.decode("locale"), role: try RoleStore.role(row, prefix: "role_"),
      isPublished: try row.decode("is_published"),
      passwordVersion: try row.decode("password_version"),
      hasSecondFactor: try row.decode("has_second_factor"), dates: try UserDates(row),
      lastLogin: try row.decode("last_login"), lastActive: try row.decode("last_active"))
  }
}
