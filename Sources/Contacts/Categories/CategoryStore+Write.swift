import Fields
package import Foundation
import Postgres
import Primitives
package import Users

extension CategoryStore {
  /// Creates a category. Titles need not be unique; the alias is made unique with a counter.
  ///
  /// - Throws: ``InvalidInput``; `PostgresError`.
  package func create(
    _ input: CategoryInput, by author: Author, now: Date
  ) async throws -> Category {
    let title = try RecordText.name(input.title, "title")
    let bundle = try Self.bundle(input.bundle)
    let description = try RecordText.optional(input.description, "description", html: true)
    let color = try RecordText.color(input.color)
    let wanted = FieldAlias.derived(from: try Self.alias(input) ?? title)
    return try await transactions.transaction(at: now) { transaction in
      let alias = try await Self.freeAlias(
        wanted, in: bundle, except: nil, on: transaction.connection)
      let rows = try await transaction.query(
        """
        INSERT INTO categories (title, alias, description, color, bundle, is_published, date_added,
          created_by, created_by_user)
        VALUES (\(title), \(alias), \(description)::text, \(color)::text, \(bundle),
          \(input.isPublished ?? true), \(now), \(author.id)::bigint, \(author.name)::text)
        RETURNING \(sql: Self.columns)
        """)
      let category = try Self.category(rows[0])
      try await AuditLog.write(
        [.init("create", "category", category.id)], by: author, in: transaction)
      return category
    }
  }

  /// Changes a category.
  ///
  /// - Parameter replacing: Whether members not given are reset to their defaults (`PUT`).
  /// - Returns: The updated category; `nil` if it does not exist.
  /// - Throws: ``InvalidInput``; `PostgresError`.
  package func update(
    _ id: Int64, _ input: CategoryInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Category? {
    try await transactions.transaction(at: now) { transaction in
      guard
        let before = try await Self.category(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      var after = before
      if replacing || input.title != nil {
        after.title = try RecordText.name(input.title, "title")
      }
      if replacing || input.bundle != nil { after.bundle = try Self.bundle(input.bundle) }
      if replacing || input.description != nil {
        after.description = try RecordText.optional(input.description, "description", html: true)
      }
      if replacing || input.color != nil { after.color = try RecordText.color(input.color) }
      if let isPublished = input.isPublished ?? (replacing ? true : nil) {
        after.isPublished = isPublished
      }
      if let alias = try Self.alias(input) { after.alias = FieldAlias.derived(from: alias) }
      guard after != before else { return before }
      if (after.alias, after.bundle) != (before.alias, before.bundle) {
        after.alias = try await Self.freeAlias(
          after.alias, in: after.bundle, except: id, on: transaction.connection)
      }
      let rows = try await transaction.query(
        """
        UPDATE categories SET title = \(after.title), alias = \(after.alias),
          description = \(after.description)::text, color = \(after.color)::text,
          bundle = \(after.bundle), is_published = \(after.isPublished), date_modified = \(now),
          modified_by = \(author.id)::bigint, modified_by_user = \(author.name)::text
        WHERE id = \(id) RETURNING \(sql: Self.columns)
        """)
      try await AuditLog.write(
        [.init("update", "category", id, details: .object(after.differences(from: before)))],
        by: author, in: transaction)
      return try rows.first.map { try Self.category($0) }
    }
  }

  /// Deletes a category. Records in it lose their category, subscribers their subscription.
  ///
  /// - Returns: The deleted category; `nil` if it did not exist.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Category? {
    try await transactions.transaction(at: now) { transaction in
      guard
        let category = try await Self.category(
          id, locking: "FOR UPDATE", on: transaction.connection)
      else { return nil }
      for table in tables {
        try await transaction.query(
          "UPDATE \(identifier: table) SET category_id = NULL WHERE category_id = \(id)")
      }
      let rows = try await transaction.query(
        """
        WITH gone AS (
          DELETE FROM contact_categories WHERE category_id = \(id)
          RETURNING contact_id, manually_removed
        )
        SELECT contact_id FROM gone WHERE NOT manually_removed ORDER BY contact_id
        """)
      try await ContactChanges.mark(
        try rows.map { try $0.decode(at: 0) }, [.categories], in: transaction)
      try await transaction.query("DELETE FROM categories WHERE id = \(id)")
      try await AuditLog.write(
        [.init("delete", "category", id, details: .object(["name": .string(category.title)]))],
        by: author, in: transaction)
      return category
    }
  }

  /// Returns an alias that no other category of the bundle has. Concurrent creators wait until the
  /// transaction ends.
  private static func freeAlias(
    _ alias: String, in bundle: String, except id: Int64?, on connection: PostgresConnection
  ) async throws -> String {
    try await connection.lock(.categories)
    let rows = try await connection.query(
      """
      SELECT alias FROM categories
      WHERE bundle = \(bundle) AND id IS DISTINCT FROM \(id)::bigint
      """)
    let taken = Set(try rows.map { try $0.decode(at: 0, as: String.self) })
    guard let free = FieldAlias.unique(alias, isTaken: { taken.contains($0) }) else {
      throw InvalidInput("alias", "\(alias): this name and those like it are taken")
    }
    return free
  }

  private static func alias(_ input: CategoryInput) throws(InvalidInput) -> String? {
    try RecordText.optional(input.alias, "alias", limit: 191)
  }

  private static func bundle(_ text: String?) throws(InvalidInput) -> String {
    let bundle = try RecordText.name(text, "bundle")
    guard bundle.count <= 50 else {
      throw InvalidInput(
        "bundle", "\(InvalidInput.shown(bundle)) is longer than 50 characters")
    }
    return bundle
  }
}

extension Category {
  /// Returns the old and new value of each member that differs.
  fileprivate func differences(from old: Category) -> [String: JSONValue] {
    AuditLog.differences([
      ("title", .string(old.title), .string(title)), ("alias", .string(old.alias), .string(alias)),
      (
        "description", old.description.map(JSONValue.string) ?? .null,
        description.map(JSONValue.string) ?? .null
      ),
      ("color", old.color.map(JSONValue.string) ?? .null, color.map(JSONValue.string) ?? .null),
      ("bundle", .string(old.bundle), .string(bundle)),
      ("isPublished", .boolean(old.isPublished), .boolean(isPublished)),
    ])
  }
}
