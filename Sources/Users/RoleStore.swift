package import Foundation
package import JobQueue
package import Postgres
import Primitives

/// Roles in the database.
///
/// Changes of users and roles follow one another: each holds the row of `users_version` from its beginning, so that what
/// it finds of the others, such as how many administrators there are, holds until its end.
package struct RoleStore: Sendable {
  let transactions: TransactionRunner

  /// The roles of a database.
  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// The role with an id.
  package func find(_ id: Int64) async throws -> Role? {
    try await transactions.postgres.withConnection { try await Self.role(id, on: $0) }
  }

  /// The role with a name, in any case, or else with an id; of several with a name the first.
  package func find(named name: String) async throws -> Role? {
    try await transactions.postgres.query(
      """
      SELECT \(sql: Self.columns()) FROM roles
      WHERE lower(name) = lower(\(name)) OR id = \(Int64(name))::bigint
      ORDER BY lower(name) = lower(\(name)) DESC, id LIMIT 1
      """
    ).first.map { try Self.role($0) }
  }

  /// A page of roles and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of roles to skip.
  ///   - limit: The maximum number of roles to return.
  ///   - condition: A condition on `roles`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY roles.id"
  ) async throws -> (records: [Role], total: Int) {
    try await transactions.postgres.page(
      Self.columns(), from: "roles", where: condition, order: order, start: start, limit: limit
    ) { rows, _ in try rows.map { try Self.role($0) } }
  }

  /// How many users each of these roles has.
  package func userCounts(of roles: [Int64]) async throws -> [Int64: Int] {
    let rows = try await transactions.postgres.query(
      "SELECT role_id, count(*) FROM users WHERE role_id = ANY (\(roles)) GROUP BY role_id")
    return try rows.reduce(into: [:]) { counts, row in
      counts[try row.decode(at: 0)] = try row.decode(at: 1)
    }
  }

  /// Creates a role.
  ///
  /// - Throws: ``UserError``; ``PermissionError`` for a grant that is none.
  package func create(_ input: RoleInput, by actor: UserActor, now: Date) async throws -> Role {
    let values = try RoleValues(input, before: nil)
    return try await Self.changing(transactions, now: now) { transaction in
      guard actor.rights.covers(values.permissions) else { throw UserError.exceedsOwnRights }
      let rows = try await transaction.query(
        """
        INSERT INTO roles (\(sql: RoleValues.columns), date_added, created_by, created_by_user)
        VALUES (\(sql: try values.sql), \(now), \(actor.author.id)::bigint,
          \(actor.author.name)::text)
        RETURNING \(sql: Self.columns())
        """)
      guard let row = rows.first else { throw UserError.notFound }
      let role = try Self.role(row)
      try await audit("create", role.id, by: actor, in: transaction)
      return role
    }
  }

  /// Changes a role; every process heeds it within a second.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults, but for `requiresTwoFactor`: who
  ///   does not know of it must not lift it.
  /// - Returns: The role as it is stored; nil for an unknown id.
  /// - Throws: ``UserError``, ``UserError/lastAdministrator`` among them; ``PermissionError``.
  package func update(
    _ id: Int64, _ input: RoleInput, replacing: Bool = false, by actor: UserActor, now: Date
  ) async throws -> Role? {
    try await update(id, by: actor, now: now) { before in
      guard replacing else { return try RoleValues(input, before: before) }
      var input = input
      input.requiresTwoFactor = input.requiresTwoFactor ?? before.requiresTwoFactor
      return try RoleValues(input, before: nil)
    }
  }

  /// Changes the grants of a role as they are at this moment, as ``update(_:_:replacing:by:now:)``.
  package func updateGrants(
    of id: Int64, by actor: UserActor, now: Date,
    _ change: ([String: [String]]) throws -> [String: [String]]
  ) async throws -> Role? {
    try await update(id, by: actor, now: now) { before in
      var input = RoleInput()
      input.grants = try change(before.permissions.grants)
      return try RoleValues(input, before: before)
    }
  }

  private func update(
    _ id: Int64, by actor: UserActor, now: Date, _ change: (RoleValues) throws -> RoleValues
  ) async throws -> Role? {
    try await Self.changing(transactions, now: now) { transaction in
      guard let role = try await Self.role(id, on: transaction.connection) else { return nil }
      let before = RoleValues(role)
      let after = try change(before)
      guard after != before else { return role }
      guard actor.rights.covers(before.permissions), actor.rights.covers(after.permissions) else {
        throw UserError.exceedsOwnRights
      }
      let rows = try await transaction.query(
        """
        UPDATE roles SET (\(sql: RoleValues.columns)) = ROW(\(sql: try after.sql)),
          date_modified = \(now), modified_by = \(actor.author.id)::bigint,
          modified_by_user = \(actor.author.name)::text
        WHERE id = \(id) RETURNING \(sql: Self.columns())
        """)
      try await audit(
        "update", id, AuditLog.differences(from: before.members, to: after.members), by: actor,
        in: transaction)
      return try rows.first.map { try Self.role($0) }
    }
  }

  /// Deletes a role that no user has.
  ///
  /// - Returns: The role as it was; nil for an unknown id.
  /// - Throws: ``UserError/roleInUse(name:users:)``, ``UserError/exceedsOwnRights``.
  package func delete(_ id: Int64, by actor: UserActor, now: Date) async throws -> Role? {
    try await Self.changing(transactions, now: now) { transaction in
      guard let role = try await Self.role(id, on: transaction.connection) else { return nil }
      guard actor.rights.covers(role.permissions) else { throw UserError.exceedsOwnRights }
      let count: Int =
        try await transaction.query("SELECT count(*) FROM users WHERE role_id = \(id)").first?
        .decode(at: 0) ?? 0
      guard count == 0 else { throw UserError.roleInUse(name: role.name, users: count) }
      try await transaction.query("DELETE FROM roles WHERE id = \(id)")
      try await audit("delete", id, ["name": .string(role.name)], by: actor, in: transaction)
      return role
    }
  }

  /// Runs a change of users or roles, after which an administrator must be left if there was one.
  static func changing<R: Sendable>(
    _ transactions: TransactionRunner, now: Date, _ body: (Transaction) async throws -> R
  ) async throws -> R {
    try await transactions.transaction(at: now) { transaction in
      try await transaction.query("SELECT FROM users_version FOR UPDATE")
      let before = try await hasAdministrator(in: transaction)
      let result = try await body(transaction)
      if before, try await !hasAdministrator(in: transaction) {
        throw UserError.lastAdministrator
      }
      return result
    }
  }

  private static func hasAdministrator(in transaction: Transaction) async throws -> Bool {
    try await !transaction.query(
      """
      SELECT FROM users JOIN roles ON roles.id = users.role_id
      WHERE users.is_published AND roles.is_published AND roles.is_admin LIMIT 1
      """
    ).isEmpty
  }

  private func audit(
    _ action: String, _ id: Int64, _ details: [String: JSONValue] = [:], by actor: UserActor,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "role", id, bundle: "user", details: .object(details))], by: actor.author,
      in: transaction)
  }

  static func role(_ id: Int64, on connection: PostgresConnection) async throws -> Role? {
    try await connection.query("SELECT \(sql: columns()) FROM roles WHERE id = \(id)")
      .first.map { try role($0) }
  }

  private static let names = [
    "id", "name", "description", "is_published", "is_admin", "permissions", "requires_two_factor",
    "date_added", "date_modified", "created_by", "created_by_user", "modified_by",
    "modified_by_user",
  ]

  /// The columns of a role, under names that begin with a prefix.
  static func columns(prefix: String = "") -> SQL {
    names.map { "roles.\(identifier: $0) AS \(identifier: prefix + $0)" as SQL }
      .joined(separator: ", ")
  }

  static func role(_ row: PostgresRow, prefix: String = "") throws -> Role {
    let permissions: JSON = try row.decode(prefix + "permissions")
    return Role(
      id: try row.decode(prefix + "id"), name: try row.decode(prefix + "name"),
      description: try row.decode(prefix + "description"),
      isPublished: try row.decode(prefix + "is_published"),
      permissions: PermissionSet(
        isAdministrator: try row.decode(prefix + "is_admin"), grants: try permissions.decode()),
      requiresTwoFactor: try row.decode(prefix + "requires_two_factor"),
      dates: try UserDates(row, prefix: prefix))
  }
}

extension UserDates {
  /// Reads the columns `date_added` to `modified_by_user`, under names that begin with a prefix.
  package init(_ row: PostgresRow, prefix: String = "") throws {
    added = try row.decode(prefix + "date_added")
    modified = try row.decode(prefix + "date_modified")
    createdBy = Author(
      id: try row.decode(prefix + "created_by"), name: try row.decode(prefix + "created_by_user"))
    modifiedBy = Author(
      id: try row.decode(prefix + "modified_by"), name: try row.decode(prefix + "modified_by_user"))
  }
}
