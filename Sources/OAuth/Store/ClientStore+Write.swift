package import Foundation
import JobQueue
import Postgres
import Primitives
package import Users

extension ClientStore {
  /// Creates a client.
  ///
  /// - Returns: The client with its secret, which is kept nowhere.
  /// - Throws: ``UserError``: for a value that breaks a rule, and for a role with more rights than the author's.
  package func create(
    _ input: ClientInput, by actor: UserActor, now: Date
  ) async throws -> OAuthClient {
    let isConfidential = input.isConfidential ?? true
    let values = try ClientValues(input, before: nil, isConfidential: isConfidential)
    let secret = isConfidential ? SecretToken.make() : nil
    // Letters and digits alone: the number ends at the first underscore.
    let randomID = Hex.encode(SecretToken.digest(SecretToken.make()))
    return try await transactions.transaction(at: now) { transaction in
      try await check(values.role, by: actor, in: transaction)
      let rows = try await transaction.query(
        """
        INSERT INTO oauth_clients (random_id, secret_digest, \(sql: ClientValues.columns),
          date_added, created_by, created_by_user)
        VALUES (\(randomID), \(secret.map(SecretToken.digest))::bytea, \(sql: values.sql), \(now),
          \(actor.author.id)::bigint, \(actor.author.name)::text)
        RETURNING id
        """)
      guard let row = rows.first else { throw UserError.notFound }
      let id: Int64 = try row.decode(at: 0)
      try await Self.audit(
        "create", id, AuditLog.differences(values.members.map { ($0.name, .null, $0.value) }),
        by: actor, in: transaction)
      guard var client = try await Self.client(id, on: transaction.connection) else {
        throw UserError.notFound
      }
      client.secret = secret
      return client
    }
  }

  /// Changes a client; every process heeds it within a second. Its id, and whether it has a secret, stay.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults.
  /// - Returns: The client as it is stored; nil for an unknown id.
  /// - Throws: ``UserError``, as ``create(_:by:now:)``.
  package func update(
    _ id: Int64, _ input: ClientInput, replacing: Bool = false, by actor: UserActor, now: Date
  ) async throws -> OAuthClient? {
    try await transactions.transaction(at: now) { transaction in
      guard let client = try await Self.locked(id, in: transaction) else { return nil }
      let before = ClientValues(client)
      let after = try ClientValues(
        input, before: replacing ? nil : before, isConfidential: client.isConfidential)
      guard after != before else { return client }
      try await check(before.role, by: actor, in: transaction)
      if after.role != before.role { try await check(after.role, by: actor, in: transaction) }
      try await transaction.query(
        """
        UPDATE oauth_clients SET (\(sql: ClientValues.columns)) = ROW(\(sql: after.sql)),
          date_modified = \(now), modified_by = \(actor.author.id)::bigint,
          modified_by_user = \(actor.author.name)::text
        WHERE id = \(id)
        """)
      try await Self.audit(
        "update", id, AuditLog.differences(from: before.members, to: after.members), by: actor,
        in: transaction)
      return try await Self.client(id, on: transaction.connection)
    }
  }

  /// Deletes a client with all that was granted to it; every process refuses its tokens within a second.
  ///
  /// - Returns: The client as it was; nil for an unknown id.
  /// - Throws: ``UserError/exceedsOwnRights`` where its role has more rights than the author.
  package func delete(_ id: Int64, by actor: UserActor, now: Date) async throws -> OAuthClient? {
    try await transactions.transaction(at: now) { transaction in
      guard let client = try await Self.locked(id, in: transaction) else { return nil }
      try await check(client.role, by: actor, in: transaction)
      try await transaction.query("DELETE FROM oauth_clients WHERE id = \(id)")
      try await Self.audit(
        "delete", id, ["name": .string(client.name)], by: actor, in: transaction)
      return client
    }
  }

  /// Gives a client another secret; the old one is refused at once, tokens that it has go on.
  ///
  /// - Returns: The client with its secret, which is kept nowhere; nil for an unknown id.
  /// - Throws: ``UserError``: for a client without a secret, and for one whose role has more rights than the author.
  package func renewSecret(
    _ id: Int64, by actor: UserActor, now: Date
  ) async throws -> OAuthClient? {
    let secret = SecretToken.make()
    return try await transactions.transaction(at: now) { transaction in
      guard var client = try await Self.locked(id, in: transaction) else { return nil }
      try await check(client.role, by: actor, in: transaction)
      guard client.isConfidential else {
        throw UserError.invalid(member: "isConfidential", rule: "a public client has no secret")
      }
      try await transaction.query(
        """
        UPDATE oauth_clients SET secret_digest = \(SecretToken.digest(secret)),
          date_modified = \(now), modified_by = \(actor.author.id)::bigint,
          modified_by_user = \(actor.author.name)::text
        WHERE id = \(id)
        """)
      try await Self.audit("renew_secret", id, [:], by: actor, in: transaction)
      client = try await Self.client(id, on: transaction.connection) ?? client
      client.secret = secret
      return client
    }
  }

  private static func locked(
    _ id: Int64, in transaction: Transaction
  ) async throws -> OAuthClient? {
    try await transaction.query("SELECT FROM oauth_clients WHERE id = \(id) FOR UPDATE")
    return try await client(id, on: transaction.connection)
  }

  /// Nobody gives an application, or changes one with, rights that he does not have himself.
  func check(
    _ role: Int64?, by actor: UserActor, in transaction: Transaction
  ) async throws {
    guard let role else { return }
    guard let found = try await RoleStore(transactions: transactions).find(role) else {
      throw UserError.unknownRole(role)
    }
    guard actor.rights.covers(found.permissions) else { throw UserError.exceedsOwnRights }
    // It must not go before the commit.
    try await transaction.query("SELECT FROM roles WHERE id = \(role) FOR SHARE")
  }

  static func audit(
    _ action: String, _ id: Int64, _ details: [String: JSONValue], by actor: UserActor,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "client", id, bundle: "api", details: .object(details))], by: actor.author,
      in: transaction)
  }
}
