package import Foundation
package import Postgres
import Primitives
package import Query
package import Users

/// The input for writing a tag; `nil` leaves a member unchanged.
package struct TagInput: Sendable {
  /// The name, 1 to 191 characters.
  package var tag: String?
  /// The description; an empty text removes it.
  package var description: String?

  /// Creates an empty input.
  package init() {}
}

extension TagStore {
  /// Returns the tag with an id; `nil` if it does not exist.
  package func tag(_ id: Int64) async throws -> Tag? {
    try await pool.query("SELECT id, tag, description FROM tags WHERE id = \(id)")
      .first.map(Self.tag)
  }

  /// Returns a page of tags and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  ///   - condition: A condition on the table `tags`.
  ///   - order: The `ORDER BY` clause.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (tags: [Tag], total: Int) {
    try await pool.page(
      "id, tag, description", from: "tags", where: condition, order: order, start: start,
      limit: limit
    ) { rows, _ in try rows.map(Self.tag) }
  }

  /// Creates a tag, or returns the one with exactly this name (api.md 8.6).
  ///
  /// - Throws: ``InvalidInput``; `PostgresError`.
  package func create(
    _ input: TagInput, by author: Author, now: Date
  ) async throws -> (tag: Tag, isNew: Bool) {
    let name = try RecordText.name(input.tag, "tag")
    let description = try RecordText.optional(input.description, "description", html: true)
    return try await transactions.transaction(at: now) { transaction in
      let rows = try await transaction.query(
        """
        INSERT INTO tags (tag, description, date_added) VALUES (\(name), \(description)::text, \(now))
        ON CONFLICT (tag) DO NOTHING RETURNING id, tag, description
        """)
      if let tag = try rows.first.map(Self.tag) {
        try await AuditLog.write([.init("create", "tag", tag.id)], by: author, in: transaction)
        return (tag, true)
      }
      let known = try await transaction.query(
        "SELECT id, tag, description FROM tags WHERE tag = \(name)"
      ).first.map(Self.tag)
      guard let known else {
        throw InvalidInput("tag", "\(InvalidInput.shown(name)) is being deleted")
      }
      return (known, false)
    }
  }

  /// Changes a tag; its contacts show the new name.
  ///
  /// - Parameter replacing: Whether members not given are reset to their defaults (`PUT`).
  /// - Returns: The updated tag; `nil` if it does not exist.
  /// - Throws: ``InvalidInput``, also for a name that another tag has; `PostgresError`.
  package func update(
    _ id: Int64, _ input: TagInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Tag? {
    do {
      return try await transactions.transaction(at: now) { transaction in
        let rows = try await transaction.query(
          "SELECT id, tag, description FROM tags WHERE id = \(id) FOR NO KEY UPDATE")
        guard let before = try rows.first.map(Self.tag) else { return nil }
        var after = before
        if replacing || input.tag != nil { after.tag = try RecordText.name(input.tag, "tag") }
        if replacing || input.description != nil {
          after.description = try RecordText.optional(
            input.description, "description", html: true)
        }
        guard after != before else { return before }
        try await transaction.query(
          """
          UPDATE tags SET tag = \(after.tag), description = \(after.description)::text
          WHERE id = \(id)
          """)
        let names = JSONValue.array([.string(before.tag), .string(after.tag)])
        try await AuditLog.write(
          [.init("update", "tag", id, details: .object(["tag": names]))], by: author,
          in: transaction)
        return after
      }
    } catch let error as PostgresError {
      guard error.sqlState == .uniqueViolation else { throw error }
      throw InvalidInput("tag", "\(InvalidInput.shown(input.tag ?? "")) is the name of another tag")
    }
  }

  /// Deletes a tag and removes it from all contacts (CON-44).
  ///
  /// The contacts are not locked: nothing else of them changes, and there may be a million.
  ///
  /// - Returns: The deleted tag; `nil` if it did not exist.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Tag? {
    try await transactions.transaction(at: now) { transaction in
      try await NamesInUse.change(on: transaction.connection)
      // Transactions that add it to a contact hold a share lock on its row, and are waited for
      // here.
      let rows = try await transaction.query(
        "DELETE FROM tags WHERE id = \(id) RETURNING id, tag, description")
      guard let tag = try rows.first.map(Self.tag) else { return nil }
      let gone = try await transaction.query(
        "DELETE FROM contact_tags WHERE tag_id = \(id) RETURNING contact_id")
      let contacts: [Int64] = try gone.map { try $0.decode(at: 0) }
      try await ContactChanges.mark(contacts.sorted(), [.tags], in: transaction)
      try await AuditLog.write(
        [.init("delete", "tag", id, details: .object(["name": .string(tag.tag)]))], by: author,
        in: transaction)
      return tag
    }
  }

  private static func tag(_ row: PostgresRow) throws -> Tag {
    Tag(
      id: try row.decode("id"), tag: try row.decode("tag"),
      description: try row.decode("description"))
  }
}

extension ListQuery {
  /// The list of tags: its conditions refer to the table `tags` by that name.
  package static let tags = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "tags"),
      QueryColumn("tag", .text, of: "tags", otherNames: ["name"]),
      QueryColumn("description", .text, of: "tags"),
      QueryColumn("date_added", .instant, of: "tags"),
    ],
    mainColumns: ["tag", "description"],
    commands: ["name": find(QueryColumn("tag", .text, of: "tags"))],
    columnCommands: .beginning)
}
