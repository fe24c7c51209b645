import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// Reads and writes point groups (api.md 8.10).
package struct PointGroupStore: RecordStore {
  let jobs: JobClient

  /// Creates a store.
  ///
  /// - Parameter jobs: The job client, with its database, which also enqueues the removal of deleted groups'
  ///   scores.
  package init(jobs: JobClient) { self.jobs = jobs }

  var pool: PostgresPool { jobs.postgres }

  /// Returns the group with an id, or `nil`.
  package func find(_ id: Int64) async throws -> PointGroup? {
    try await pool.withConnection { try await Self.group(id, on: $0) }
  }

  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (records: [PointGroup], total: Int) {
    try await pool.page(
      PointGroup.columns, from: "point_groups", where: condition, order: order, start: start,
      limit: limit
    ) { rows, _ in try rows.map(PointGroup.init) }
  }

  /// Creates a group.
  ///
  /// - Throws: `InvalidInput`; `PostgresError`.
  package func create(
    _ input: PointGroupInput, by author: Author, now: Date
  ) async throws -> PointGroup {
    let name = try RecordText.name(input.name, "name")
    let description = try RecordText.optional(input.description, "description", html: true)
    return try await jobs.transaction(at: now) { transaction in
      let rows = try await transaction.query(
        """
        INSERT INTO point_groups (name, description, is_published, date_added, created_by,
          created_by_user)
        VALUES (\(name), \(description)::text, \(input.isPublished ?? true), \(now),
          \(author.id)::bigint, \(author.name)::text)
        RETURNING \(sql: PointGroup.columns)
        """)
      let group = try PointGroup(rows[0])
      try await audit("create", group.id, by: author, in: transaction)
      return group
    }
  }

  /// Changes a group.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults (`PUT`).
  /// - Returns: The changed group; `nil` if there is none.
  /// - Throws: `InvalidInput`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: PointGroupInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> PointGroup? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let before = try await Self.group(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      var after = before
      if replacing || input.name != nil { after.name = try RecordText.name(input.name, "name") }
      if replacing || input.description != nil {
        after.description = try RecordText.optional(input.description, "description", html: true)
      }
      after.isPublished = input.isPublished ?? (replacing || before.isPublished)
      guard after != before else { return before }
      let rows = try await transaction.query(
        """
        UPDATE point_groups SET name = \(after.name), description = \(after.description)::text,
          is_published = \(after.isPublished), date_modified = \(now),
          modified_by = \(author.id)::bigint, modified_by_user = \(author.name)::text
        WHERE id = \(id) RETURNING \(sql: PointGroup.columns)
        """)
      try await audit(
        "update", id,
        details: .object(AuditLog.differences(from: before.members, to: after.members)),
        by: author, in: transaction)
      return try rows.first.map(PointGroup.init)
    }
  }

  /// Deletes a group. Its scores no longer count at once; the rows are removed in the background (PTS-07). Rules
  /// about the group lose it and are unpublished, since they would otherwise change, or depend on, the points of
  /// contacts.
  ///
  /// - Returns: The deleted group; `nil` if there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> PointGroup? {
    try await jobs.transaction(at: now) { transaction -> PointGroup? in
      let connection = transaction.connection
      guard let group = try await Self.group(id, locking: "FOR UPDATE", on: connection) else {
        return nil
      }
      try await transaction.pipeline([
        "UPDATE point_actions SET group_id = NULL, is_published = false WHERE group_id = \(id)",
        "UPDATE point_triggers SET group_id = NULL, is_published = false WHERE group_id = \(id)",
        "DELETE FROM point_groups WHERE id = \(id)",
      ])
      try transaction.outbox.add(
        RemoveGroupScores(group: id), EnqueueOptions(object: JobSubject(type: "group", id: id)))
      try await audit(
        "delete", id, details: .object(["name": .string(group.name)]), by: author, in: transaction)
      return group
    }
  }

  /// Returns the scores of a contact, by the names of the groups.
  package func scores(of contact: Int64) async throws -> [GroupScore] {
    try await scores("s.contact_id = \(contact)")
  }

  /// Returns the score of a contact in one group; `nil` if it has none.
  package func score(of contact: Int64, in group: Int64) async throws -> GroupScore? {
    try await scores("s.contact_id = \(contact) AND s.group_id = \(group)").first
  }

  private func scores(_ condition: SQL) async throws -> [GroupScore] {
    let rows = try await pool.query(
      """
      SELECT s.score, g.* FROM group_scores s
      JOIN (SELECT \(sql: PointGroup.columns) FROM point_groups) AS g ON g.id = s.group_id
      WHERE \(sql: condition) ORDER BY g.name, g.id
      """)
    return try rows.map { row in
      GroupScore(group: try PointGroup(row), score: try row.decode("score"))
    }
  }

  static func group(
    _ id: Int64, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> PointGroup? {
    try await connection.query(
      "SELECT \(sql: PointGroup.columns) FROM point_groups WHERE id = \(id) \(sql: lock)"
    ).first.map(PointGroup.init)
  }

  /// Returns the names of all published groups, by id.
  static func names(on connection: PostgresConnection) async throws -> [Int64: String] {
    let rows = try await connection.query(
      "SELECT id, name FROM point_groups WHERE is_published")
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try $0.decode("id"), try $0.decode("name")) })
  }

  /// Returns groups by id.
  static func groups(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: PointGroup] {
    guard !ids.isEmpty else { return [:] }
    let groups = try await connection.query(
      "SELECT \(sql: PointGroup.columns) FROM point_groups WHERE id = ANY (\(ids))"
    ).map(PointGroup.init)
    return Dictionary(groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Checks that a group exists, and keeps it from being deleted until the transaction ends.
  ///
  /// - Throws: `InvalidInput` if there is none.
  static func require(_ id: Int64, on connection: PostgresConnection) async throws {
    guard try await group(id, locking: "FOR KEY SHARE", on: connection) != nil else {
      throw InvalidInput("group", "there is no point group \(id)")
    }
  }

  private func audit(
    _ action: String, _ id: Int64, details: JSONValue = .object([:]), by author: Author,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "group", id, bundle: "point", details: details)], by: author, in: transaction)
  }
}

extension PointGroup {
  fileprivate var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("isPublished", .boolean(isPublished)),
    ]
  }
}
