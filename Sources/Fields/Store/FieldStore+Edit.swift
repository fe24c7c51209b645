package import Foundation
import JobQueue
import Postgres
import Primitives
package import Users

extension FieldStore {
  /// Changes a field without blocking readers and writers of contacts. Type, object and alias stay
  /// (CON-22).
  ///
  /// Making a field a unique identifier or giving it an index takes as long as the index is built;
  /// nothing is blocked meanwhile.
  ///
  /// - Parameters:
  ///   - id: The field.
  ///   - edit: The changes.
  ///   - author: The author of the change.
  ///   - now: The instant of the change.
  /// - Returns: The updated field.
  /// - Throws: ``FieldError``, without any change.
  package func update(
    _ id: Int64, _ edit: FieldEdit, by author: Author, now: Date
  ) async throws -> Field {
    let (before, after) = try await transactions.transaction(at: now) { transaction in
      let fields = try await self.locked(on: transaction.connection)
      guard let field = fields.field(id: id) else { throw FieldError.notFound }
      let problems = edit.problems(field)
      guard problems.isEmpty else { throw FieldError.invalid(problems) }
      let edited = edit.applied(to: field)
      if edited.isUniqueIdentifier && !field.isUniqueIdentifier || edited.isIndex && !field.isIndex
      {
        try self.checkIndexes(of: field, fields)
      }
      if edited != field {
        try await Self.write(edited, by: author, in: transaction)
        try await AuditLog.write(
          [Self.entry("update", edited, changes: edited.differences(from: field))], by: author,
          in: transaction)
      }
      return (field, edited)
    }
    if after.isUniqueIdentifier != before.isUniqueIdentifier {
      if after.isUniqueIdentifier {
        try await makeUnique(id, by: author, now: now)
      } else {
        try await makeOrdinary(id)
      }
    }
    if after.isIndex != before.isIndex {
      if after.isIndex { try await addSearchIndex(id) } else { try await dropSearchIndex(id) }
    }
    guard let field = try await current().field(id: id) else { throw FieldError.notFound }
    return field
  }

  /// Deletes a custom field with the values of all contacts (CON-24).
  ///
  /// - Returns: The deleted field.
  /// - Throws: ``FieldError/isFixed``, ``FieldError/inUse(_:)`` (CON-23), ``FieldError/notFound``,
  ///   ``FieldError/busy``.
  @discardableResult
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Field {
    let uses = uses
    return try await changingColumns(at: now) { transaction in
      guard let field = try await self.current(on: transaction.connection).field(id: id) else {
        throw FieldError.notFound
      }
      guard !field.isFixed else { throw FieldError.isFixed }
      // Before uses are looked up: a transaction that saves a use either waits for this row, or its
      // use is seen.
      try await transaction.query("DELETE FROM fields WHERE id = \(id)")
      var found: [String: [String]] = [:]
      for use in uses {
        let names = try await use.names(field, transaction.connection)
        if !names.isEmpty { found[use.kind] = names }
      }
      guard found.isEmpty else { throw FieldError.inUse(found) }
      try await transaction.query(
        """
        ALTER TABLE \(identifier: field.object.table) DROP COLUMN \(identifier: field.column)
        """)
      try await AuditLog.write(
        [Self.entry("delete", field, changes: ["label": .string(field.label)])], by: author,
        in: transaction)
      return field
    }
  }

  /// Returns the definitions, and excludes other changes of them until the transaction ends.
  func locked(on connection: PostgresConnection) async throws -> FieldSet {
    try await connection.lock(.fields)
    return try await current(on: connection)
  }

  /// Writes all members except those that come with an index.
  private static func write(
    _ field: Field, by author: Author, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE fields SET label = \(field.label), "group" = \(field.group.rawValue),
        position = \(field.position)::integer, default_value = \(field.defaultValue)::text,
        is_required = \(field.isRequired), is_visible = \(field.isVisible),
        is_short_visible = \(field.isShortVisible), is_listable = \(field.isListable),
        is_publicly_updatable = \(field.isPubliclyUpdatable),
        char_length_limit = \(field.characterLimit)::integer,
        properties = \(try JSON(field.properties)), is_published = \(field.isPublished),
        date_modified = \(transaction.now), modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      WHERE id = \(field.id)
      """)
  }

  static func entry(
    _ action: String, _ field: Field, changes: [String: JSONValue] = [:]
  ) -> AuditLog.Entry {
    AuditLog.Entry(action, "field", field.id, bundle: "lead", details: .object(changes))
  }
}

extension Field {
  /// Returns the old and new value of each member that differs, by its name on the wire.
  func differences(from old: Field) -> [String: JSONValue] {
    let members: [(String, JSONValue, JSONValue)] = [
      ("label", .string(old.label), .string(label)),
      ("group", .string(old.group.rawValue), .string(group.rawValue)),
      ("order", .integer(Int64(old.position)), .integer(Int64(position))),
      (
        "defaultValue", old.defaultValue.map(JSONValue.string) ?? .null,
        defaultValue.map(JSONValue.string) ?? .null
      ),
      ("isRequired", .boolean(old.isRequired), .boolean(isRequired)),
      ("isVisible", .boolean(old.isVisible), .boolean(isVisible)),
      ("isShortVisible", .boolean(old.isShortVisible), .boolean(isShortVisible)),
      ("isListable", .boolean(old.isListable), .boolean(isListable)),
      ("isPubliclyUpdatable", .boolean(old.isPubliclyUpdatable), .boolean(isPubliclyUpdatable)),
      ("isUniqueIdentifier", .boolean(old.isUniqueIdentifier), .boolean(isUniqueIdentifier)),
      ("isIndex", .boolean(old.isIndex), .boolean(isIndex)),
      (
        "charLengthLimit", old.characterLimit.map { .integer(Int64($0)) } ?? .null,
        characterLimit.map { .integer(Int64($0)) } ?? .null
      ),
      ("properties", old.properties, properties),
      ("isPublished", .boolean(old.isPublished), .boolean(isPublished)),
    ]
    return members.reduce(into: [:]) { differences, member in
      if member.1 != member.2 { differences[member.0] = .array([member.1, member.2]) }
    }
  }
}
