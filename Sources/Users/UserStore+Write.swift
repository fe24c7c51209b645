package import Foundation
package import JobQueue
import Postgres
import Primitives

extension UserStore {
  /// Adds a user.
  ///
  /// - Parameters:
  ///   - user: The members of the new user.
  ///   - password: The password, 1 to 1,024 bytes; only its hash is kept.
  ///   - actor: Who adds the user.
  ///   - now: The instant of creation.
  ///   - follow: What is written in the same transaction; an error of it undoes all.
  /// - Returns: The user as it is stored.
  /// - Throws: ``UserError``; what `follow` throws.
  @discardableResult
  package func add(
    _ user: NewUser, password: String, by actor: UserActor = .commandLine, now: Date,
    follow: @Sendable (User, Transaction) async throws -> Void = { _, _ in }
  ) async throws -> User {
    let username = user.username.trimmingBlanks()
    guard (1...191).contains(username.unicodeScalars.count), !username.contains("\0") else {
      throw UserError.invalidUsername
    }
    let values = try UserValues(user.input, before: nil)
    let hash = try await hash(password)
    return try await changing(now: now) { transaction in
      let role = try await role(values.role, in: transaction)
      guard actor.rights.covers(role.permissions) else { throw UserError.exceedsOwnRights }
      try await checkFree(username: username, email: values.email, of: 0, in: transaction)
      let rows = try await transaction.query(
        """
        INSERT INTO users (username, password_hash, \(sql: UserValues.columns), date_added,
          created_by, created_by_user)
        VALUES (\(username), \(hash), \(sql: values.sql), \(now), \(actor.author.id)::bigint,
          \(actor.author.name)::text)
        RETURNING id
        """)
      guard let row = rows.first else { throw UserError.notFound }
      let id: Int64 = try row.decode(at: 0)
      try await audit("create", id, ["username": .string(username)], by: actor, in: transaction)
      let added = try await found(id, in: transaction)
      try await follow(added, transaction)
      return added
    }
  }

  /// Changes a user; every process heeds it within a second.
  ///
  /// - Returns: The user as it is stored; nil for an unknown id.
  /// - Throws: ``UserError``, ``UserError/lastAdministrator`` among them.
  package func update(
    _ id: Int64, _ input: UserInput, by actor: UserActor, now: Date
  ) async throws -> User? {
    try await changing(now: now) { transaction in
      guard let user = try await Self.user(id, on: transaction.connection) else { return nil }
      guard actor.rights.covers(user.role.permissions) else { throw UserError.exceedsOwnRights }
      let before = UserValues(user)
      let after = try UserValues(input, before: before)
      guard after != before else { return user }
      if after.role != before.role {
        let role = try await role(after.role, in: transaction)
        guard actor.rights.covers(role.permissions) else { throw UserError.exceedsOwnRights }
      }
      if after.email != before.email {
        try await checkFree(username: nil, email: after.email, of: id, in: transaction)
      }
      try await transaction.query(
        """
        UPDATE users SET (\(sql: UserValues.columns)) = ROW(\(sql: after.sql)),
          date_modified = \(now), modified_by = \(actor.author.id)::bigint,
          modified_by_user = \(actor.author.name)::text
        WHERE id = \(id)
        """)
      try await audit(
        "update", id, AuditLog.differences(from: before.members, to: after.members), by: actor,
        in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Changes a user's password; every process refuses the old one within a second.
  ///
  /// - Parameters:
  ///   - password: The password, 1 to 1,024 bytes; only its hash is kept.
  ///   - name: The user name, or the address.
  ///   - session: The digest of the session in which it is changed, which goes on; all others end.
  /// - Throws: ``UserError/notFound``, ``UserError/invalidPassword``.
  package func setPassword(
    _ password: String, of name: String, by actor: UserActor = .commandLine,
    keeping session: [UInt8]? = nil, now: Date
  ) async throws {
    let hash = try await hash(password)
    try await changing(now: now) { transaction in
      let user = try await named(name, in: transaction)
      try await transaction.query(
        """
        UPDATE users SET password_hash = \(hash), date_modified = \(now),
          modified_by = \(actor.author.id)::bigint, modified_by_user = \(actor.author.name)::text
        WHERE id = \(user.id)
        """)
      try await SessionStore.keep(session, of: user.id, in: transaction)
      try await audit("password", user.id, by: actor, in: transaction)
    }
  }

  /// Lets a user log in, or no longer; every process heeds it within a second.
  ///
  /// - Returns: The user as it is stored.
  /// - Throws: ``UserError/notFound``, ``UserError/lastAdministrator``.
  @discardableResult
  package func setPublished(
    _ isPublished: Bool, of name: String, by actor: UserActor = .commandLine, now: Date
  ) async throws -> User {
    var input = UserInput()
    input.isPublished = isPublished
    return try await update(named: name, input, by: actor, now: now)
  }

  /// Gives a user another role; every process heeds it within a second.
  ///
  /// - Returns: The user as it is stored.
  /// - Throws: ``UserError/notFound``, ``UserError/unknownRole(_:)``, ``UserError/lastAdministrator``.
  @discardableResult
  package func setRole(
    _ role: Int64, of name: String, by actor: UserActor = .commandLine, now: Date
  ) async throws -> User {
    var input = UserInput()
    input.role = role
    return try await update(named: name, input, by: actor, now: now)
  }

  private func update(
    named name: String, _ input: UserInput, by actor: UserActor, now: Date
  ) async throws -> User {
    guard let user = try await find(name),
      let changed = try await update(user.id, input, by: actor, now: now)
    else { throw UserError.notFound }
    return changed
  }

  /// Removes a user. What the user owned loses its owner, by triggers of the modules that have owners.
  ///
  /// - Throws: ``UserError/notFound``, ``UserError/lastAdministrator``.
  package func remove(_ name: String, by actor: UserActor = .commandLine, now: Date) async throws {
    guard let user = try await find(name),
      try await delete(user.id, by: actor, now: now) != nil
    else { throw UserError.notFound }
  }

  /// Deletes a user, as ``remove(_:by:now:)``.
  ///
  /// - Returns: The user as it was; nil for an unknown id.
  /// - Throws: ``UserError/ownAccount``, ``UserError/lastAdministrator``, ``UserError/exceedsOwnRights``.
  package func delete(_ id: Int64, by actor: UserActor, now: Date) async throws -> User? {
    guard actor.author.id != id else { throw UserError.ownAccount }
    return try await changing(now: now) { transaction in
      guard let user = try await Self.user(id, on: transaction.connection) else { return nil }
      guard actor.rights.covers(user.role.permissions) else { throw UserError.exceedsOwnRights }
      try await transaction.query("DELETE FROM users WHERE id = \(id)")
      try await audit(
        "delete", id, ["username": .string(user.username)], by: actor, in: transaction)
      return user
    }
  }

  private func changing<R: Sendable>(
    now: Date, _ body: (Transaction) async throws -> R
  ) async throws -> R {
    do {
      return try await RoleStore.changing(transactions, now: now, body)
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      throw error.constraint == "users_email" ? UserError.emailTaken : UserError.usernameTaken
    }
  }

  /// Refuses what another one logs in with: a name that is somebody's address would be taken for it.
  private func checkFree(
    username: String?, email: String?, of id: Int64, in transaction: Transaction
  ) async throws {
    let rows = try await transaction.query(
      """
      SELECT coalesce(lower(username) = lower(\(username)::text)
          OR lower(email) = lower(\(username)::text), false) AS is_name
      FROM users WHERE id <> \(id) AND (
        lower(username) IN (lower(\(username)::text), lower(\(email)::text))
        OR lower(email) IN (lower(\(username)::text), lower(\(email)::text)))
      ORDER BY is_name DESC LIMIT 1
      """)
    guard let row = rows.first else { return }
    throw try row.decode("is_name") ? UserError.usernameTaken : UserError.emailTaken
  }

  private func role(_ id: Int64, in transaction: Transaction) async throws -> Role {
    guard let role = try await RoleStore.role(id, on: transaction.connection) else {
      throw UserError.unknownRole(id)
    }
    return role
  }

  private func named(_ name: String, in transaction: Transaction) async throws -> User {
    guard let user = try await Self.find(name, on: transaction.connection) else {
      throw UserError.notFound
    }
    return user
  }

  private func found(_ id: Int64, in transaction: Transaction) async throws -> User {
    guard let user = try await Self.user(id, on: transaction.connection) else {
      throw UserError.notFound
    }
    return user
  }

  private func audit(
    _ action: String, _ id: Int64, _ details: [String: JSONValue] = [:], by actor: UserActor,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "user", id, details: .object(details))], by: actor.author, in: transaction)
  }

  private func hash(_ password: String) async throws -> String {
    guard (1...1024).contains(password.utf8.count) else { throw UserError.invalidPassword }
    return try await hasher.hash(password)
  }
}
