import Fields
package import Foundation
import Postgres
import Primitives
package import Users

extension StageStore {
  /// Creates a stage. Weights are unique; a missing weight is the next free number (api.md 8.11).
  ///
  /// - Throws: ``InvalidInput``, ``UnknownCategory``; `PostgresError`.
  package func create(_ input: StageInput, by author: Author, now: Date) async throws -> StageRecord
  {
    let name = try RecordText.name(input.name, "name")
    let description = try RecordText.optional(input.description, "description", html: true)
    return try await transactions.transaction(at: now) { transaction in
      try await Self.lockWeights(on: transaction.connection)
      let weight = try await Self.weight(input.weight, of: nil, on: transaction.connection)
      if let category = input.category ?? nil {
        try await CategoryStore.require([category], on: transaction.connection)
      }
      let rows = try await transaction.query(
        """
        INSERT INTO stages (name, weight, description, category_id, publish_up, publish_down,
          is_published, date_added, created_by, created_by_user)
        VALUES (\(name), \(weight)::integer, \(description)::text, \(input.category ?? nil)::bigint,
          \(input.publishUp ?? nil)::timestamptz, \(input.publishDown ?? nil)::timestamptz,
          \(input.isPublished ?? true), \(now), \(author.id)::bigint, \(author.name)::text)
        RETURNING id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      try await AuditLog.write([.init("create", "stage", id)], by: author, in: transaction)
      guard let stage = try await Self.record(id, on: transaction.connection) else {
        throw InvalidInput("id", "there is no stage \(id)")
      }
      return stage
    }
  }

  /// Changes a stage.
  ///
  /// - Parameter replacing: Whether members not given are reset to their defaults (`PUT`), except
  ///   the weight, whose default would be a new one.
  /// - Returns: The updated stage; `nil` if it does not exist.
  /// - Throws: ``InvalidInput``, ``UnknownCategory``; `PostgresError`.
  package func update(
    _ id: Int64, _ input: StageInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> StageRecord? {
    try await transactions.transaction(at: now) { transaction in
      try await Self.lockWeights(on: transaction.connection)
      guard
        let before = try await Self.record(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      var after = before.stage
      if replacing || input.name != nil {
        after.name = try RecordText.name(input.name, "name")
      }
      if replacing || input.description != nil {
        after.description = try RecordText.optional(input.description, "description", html: true)
      }
      if let weight = input.weight, weight != after.weight {
        after.weight = try await Self.weight(weight, of: id, on: transaction.connection)
      }
      let category = input.category ?? (replacing ? nil : before.category?.id)
      if let category { try await CategoryStore.require([category], on: transaction.connection) }
      let up = input.publishUp ?? (replacing ? nil : before.publishUp)
      let down = input.publishDown ?? (replacing ? nil : before.publishDown)
      let isPublished = input.isPublished ?? (replacing || before.isPublished)
      let rows = try await transaction.query(
        """
        UPDATE stages SET name = \(after.name), weight = \(after.weight)::integer,
          description = \(after.description)::text, category_id = \(category)::bigint,
          publish_up = \(up)::timestamptz, publish_down = \(down)::timestamptz,
          is_published = \(isPublished), date_modified = \(now),
          modified_by = \(author.id)::bigint, modified_by_user = \(author.name)::text
        WHERE id = \(id) AND (name, weight, description, category_id, publish_up, publish_down,
          is_published) IS DISTINCT FROM (\(after.name), \(after.weight)::integer,
          \(after.description)::text, \(category)::bigint, \(up)::timestamptz,
          \(down)::timestamptz, \(isPublished))
        """)
      guard rows.affected > 0, let stage = try await Self.record(id, on: transaction.connection)
      else {
        return before
      }
      try await AuditLog.write(
        [.init("update", "stage", id, details: .object(stage.differences(from: before)))],
        by: author, in: transaction)
      return stage
    }
  }

  /// Deletes a stage. Its contacts are then in none; log entries stay.
  ///
  /// - Returns: The deleted stage; `nil` if it did not exist.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> StageRecord? {
    try await transactions.transaction(at: now) { transaction in
      try await NamesInUse.change(on: transaction.connection)
      // Contacts before the records they refer to, as in every change of a contact's stage.
      let before = try await Self.lockContacts(of: id, on: transaction.connection)
      guard let stage = try await Self.record(id, locking: "FOR UPDATE", on: transaction.connection)
      else {
        return nil
      }
      let contacts = Set(before).union(
        try await Self.lockContacts(of: id, on: transaction.connection)
      ).sorted()
      try await transaction.query(
        """
        UPDATE contacts SET stage_id = NULL WHERE id = ANY (\(contacts)) AND stage_id = \(id)
        """)
      try await ContactChanges.mark(contacts, [.column("stage_id")], in: transaction)
      try await transaction.query("DELETE FROM stages WHERE id = \(id)")
      try await AuditLog.write(
        [.init("delete", "stage", id, details: .object(["name": .string(stage.stage.name)]))],
        by: author, in: transaction)
      return stage
    }
  }

  private static func lockContacts(
    of stage: Int64, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      "SELECT id FROM contacts WHERE stage_id = \(stage) ORDER BY id FOR NO KEY UPDATE"
    ).map { try $0.decode(at: 0) }
  }

  /// Serializes the choice of weights.
  private static func lockWeights(on connection: PostgresConnection) async throws {
    try await connection.lock(.stages)
  }

  /// Returns the requested weight, or the next free one.
  private static func weight(
    _ wanted: Int?, of id: Int64?, on connection: PostgresConnection
  ) async throws -> Int {
    guard let wanted else {
      let next: Int64? = try await connection.query(
        "SELECT coalesce(max(weight), 0)::bigint + 1 FROM stages"
      ).first?.decode(at: 0)
      return try checked(Int(next ?? 1))
    }
    let others = try await connection.query(
      """
      SELECT name FROM stages WHERE weight = \(try checked(wanted))::integer
        AND id IS DISTINCT FROM \(id)::bigint
      """)
    if let name: String = try others.first?.decode(at: 0) {
      throw InvalidInput("weight", "\(wanted) is the weight of the stage \(name)")
    }
    return wanted
  }

  private static func checked(_ weight: Int) throws(InvalidInput) -> Int {
    guard Int32(exactly: weight) != nil, weight >= 0 else {
      throw InvalidInput("weight", "\(weight) is no number from 0 to \(Int32.max)")
    }
    return weight
  }
}

extension StageRecord {
  /// Returns the old and new value of each member that differs.
  fileprivate func differences(from old: StageRecord) -> [String: JSONValue] {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    func date(_ date: Date?) -> JSONValue { date.map { .string(DateText.plain($0)) } ?? .null }
    return AuditLog.differences([
      ("name", text(old.stage.name), text(stage.name)),
      ("weight", .integer(Int64(old.stage.weight)), .integer(Int64(stage.weight))),
      ("description", text(old.stage.description), text(stage.description)),
      (
        "category", old.category.map { .integer($0.id) } ?? .null,
        category.map { .integer($0.id) } ?? .null
      ),
      ("publishUp", date(old.publishUp), date(publishUp)),
      ("publishDown", date(old.publishDown), date(publishDown)),
      ("isPublished", .boolean(old.isPublished), .boolean(isPublished)),
    ])
  }
}
