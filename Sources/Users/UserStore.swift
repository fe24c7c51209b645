package import Foundation
package import Postgres
import Primitives

/// Users in the database.
package struct UserStore: Sendable {
  let pool: PostgresPool
  private let hasher: PasswordHasher

  package init(pool: PostgresPool, hasher: PasswordHasher) {
    self.pool = pool
    self.hasher = hasher
  }

  /// Adds a user.
  ///
  /// - Parameters:
  ///   - user: The members of the new user.
  ///   - password: The password, 1 to 1,024 bytes; only its hash is kept.
  ///   - now: The instant of creation.
  /// - Returns: The user as it is stored.
  /// - Throws: ``UserError`` for a name or address that is taken or malformed.
  @discardableResult
  package func add(_ user: NewUser, password: String, now: Date) async throws -> User {
    let username = user.username.trimmingBlanks()
    guard (1...191).contains(username.unicodeScalars.count), !username.contains("\0") else {
      throw UserError.invalidUsername
    }
    let email = user.email?.trimmingBlanks()
    let hash = try await hash(password)
    do {
      let rows = try await pool.query(
        """
        INSERT INTO users (username, email, first_name, last_name, role, password_hash, date_added)
        VALUES (\(username), nullif(\(email), ''), \(user.firstName), \(user.lastName),
          \(user.role.rawValue), \(hash), \(now))
        RETURNING \(sql: Self.columns)
        """)
      guard let row = rows.first else { throw UserError.notFound }
      return try Self.user(row)
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      throw error.constraint == "users_email" ? UserError.emailTaken : UserError.usernameTaken
    }
  }

  /// All users by name.
  package func list() async throws -> [User] {
    try await pool.query("SELECT \(sql: Self.columns) FROM users ORDER BY lower(username)")
      .map(Self.user)
  }

  /// The user who logs in with this name: the user name, or else the address, in any case.
  package func find(_ name: String) async throws -> User? {
    try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM users
      WHERE lower(username) = lower(\(name)) OR lower(email) = lower(\(name))
      ORDER BY lower(username) = lower(\(name)) DESC LIMIT 1
      """
    ).first.map(Self.user)
  }

  /// The user with an id.
  package func user(_ id: Int64) async throws -> User? {
    try await pool.query("SELECT \(sql: Self.columns) FROM users WHERE id = \(id)")
      .first.map(Self.user)
  }

  /// Changes a user's password; every process refuses the old one within a second.
  ///
  /// - Parameters:
  ///   - password: The password, 1 to 1,024 bytes; only its hash is kept.
  /// - Throws: ``UserError/notFound``, ``UserError/invalidPassword``.
  package func setPassword(_ password: String, of name: String, now: Date) async throws {
    let hash = try await hash(password)
    guard let user = try await find(name) else { throw UserError.notFound }
    try await pool.query(
      "UPDATE users SET password_hash = \(hash), date_modified = \(now) WHERE id = \(user.id)")
  }

  /// Lets a user log in, or no longer; every process heeds it within a second.
  ///
  /// - Returns: The user as it is stored.
  /// - Throws: ``UserError/notFound``.
  @discardableResult
  package func setPublished(_ isPublished: Bool, of name: String, now: Date) async throws -> User {
    guard let user = try await find(name) else { throw UserError.notFound }
    let rows = try await pool.query(
      """
      UPDATE users SET is_published = \(isPublished), date_modified = \(now)
      WHERE id = \(user.id) RETURNING \(sql: Self.columns)
      """)
    guard let row = rows.first else { throw UserError.notFound }
    return try Self.user(row)
  }

  /// Removes a user. What the user owned loses its owner, by triggers of the modules that have owners.
  ///
  /// - Throws: ``UserError/notFound``.
  package func remove(_ name: String) async throws {
    guard let user = try await find(name) else { throw UserError.notFound }
    try await pool.query("DELETE FROM users WHERE id = \(user.id)")
  }

  /// A number that changes with every change of a user.
  func version() async throws -> Int64 {
    try await pool.query("SELECT version FROM users_version").first?.decode(at: 0) ?? 0
  }

  /// The user who logs in with this name, with the password's hash, and the version at that moment.
  func credentials(_ name: String) async throws -> (version: Int64, user: User?, hash: String?) {
    let rows = try await pool.query(
      """
      SELECT v.version, found.* FROM users_version v LEFT JOIN LATERAL (
        SELECT password_hash, \(sql: Self.columns) FROM users
        WHERE lower(username) = lower(\(name)) OR lower(email) = lower(\(name))
        ORDER BY lower(username) = lower(\(name)) DESC LIMIT 1) found ON true
      """)
    guard let row = rows.first else { return (0, nil, nil) }
    let hash: String? = try row.decode("password_hash")
    return (try row.decode("version"), hash == nil ? nil : try Self.user(row), hash)
  }

  private func hash(_ password: String) async throws -> String {
    guard (1...1024).contains(password.utf8.count) else { throw UserError.invalidPassword }
    return try await hasher.hash(password)
  }

  private static let columns: SQL =
    "id, username, email, first_name, last_name, role, is_published, date_added, date_modified"

  private static func user(_ row: PostgresRow) throws -> User {
    User(
      id: try row.decode("id"), username: try row.decode("username"),
      email: try row.decode("email"), firstName: try row.decode("first_name"),
      lastName: try row.decode("last_name"),
      role: UserRole(rawValue: try row.decode("role")) ?? .user,
      isPublished: try row.decode("is_published"), dateAdded: try row.decode("date_added"),
      dateModified: try row.decode("date_modified"))
  }
}
