package import Foundation
import JobQueue
import Postgres
package import Users

extension FieldStore {
  /// Creates a custom field and its column without blocking readers and writers of contacts
  /// (contacts.md 2 (c)).
  ///
  /// The column is nullable and has no default, so adding it changes only the catalog. The field
  /// and its column appear together. Indexes follow without blocking writers; a unique identifier
  /// becomes one when they are complete.
  ///
  /// - Parameters:
  ///   - new: The definition.
  ///   - author: The author of the creation.
  ///   - now: The instant of creation.
  /// - Returns: The stored field.
  /// - Throws: ``FieldError``.
  package func create(_ new: NewField, by author: Author, now: Date) async throws -> Field {
    try check(new, now: now)
    let id = try await changingColumns(at: now) { transaction in
      try await self.insert(new, by: author, in: transaction)
    }
    if new.isUniqueIdentifier { try await makeUnique(id, by: author, now: now) }
    if new.isIndex { try await addSearchIndex(id) }
    guard let field = try await current().field(id: id) else { throw FieldError.notFound }
    return field
  }

  /// Refuses an invalid definition.
  func check(_ new: NewField, now: Date) throws(FieldError) {
    var problems = new.problems()
    if problems.isEmpty { problems = defaultProblems(new, now) }
    guard problems.isEmpty else { throw .invalid(problems) }
  }

  /// Runs changes of columns in a transaction that waits only a short time for its locks.
  func changingColumns<R: Sendable>(
    at now: Date, _ body: @escaping @Sendable (Transaction) async throws -> R
  ) async throws -> R {
    try await Self.withShortWaits { wait in
      try await self.transactions.transaction(at: now) { transaction in
        try await self.beginChange(of: wait, on: transaction.connection)
        return try await body(transaction)
      }
    }
  }

  /// Retries a transaction that waits only a short time for its locks, in milliseconds.
  ///
  /// A transaction that waits for the exclusive lock of a table blocks all others behind it. So the
  /// wait is cut short and repeated; it grows from time to time, since under a steady load of long
  /// transactions a short wait alone would never succeed.
  static func withShortWaits<R: Sendable>(
    _ transaction: @Sendable (_ wait: Int) async throws -> R
  ) async throws -> R {
    for wait in [50, 100, 200, 400, 800, 1600, 3200, 6400] {
      do {
        return try await transaction(wait)
      } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
        try await Task.sleep(for: .milliseconds(Int.random(in: wait / 4...wait / 2)))
      }
    }
    throw FieldError.busy
  }

  /// Begins a transaction that changes columns: limits the wait for locks, and excludes other
  /// changes of definitions.
  func beginChange(of wait: Int, on connection: PostgresConnection) async throws {
    try await connection.query("SELECT set_config('lock_timeout', \("\(wait)ms"), true)")
    _ = try await locked(on: connection)
  }

  func insert(
    _ new: NewField, by author: Author, in transaction: Transaction
  ) async throws -> Int64 {
    let fields = try await current(on: transaction.connection)
    let wanted = FieldAlias.derived(from: new.alias ?? new.label)
    let free = FieldAlias.unique(wanted) { fields[$0] != nil || FieldAlias.isReserved($0) }
    guard let alias = free else {
      throw FieldError.invalid(["alias": ["\(wanted): this name and those like it are taken"]])
    }
    let last = fields.all.filter { $0.object == new.object }.map(\.position).max() ?? 0
    let limit =
      new.type.hasLengthLimit
      ? (new.type.hasOwnLengthLimit ? new.characterLimit ?? 64 : 255) : nil
    let rows = try await transaction.query(
      """
      INSERT INTO fields (object, alias, label, type, column_type, "group", position,
        default_value, is_required, is_visible, is_short_visible, is_listable,
        is_publicly_updatable, char_length_limit, properties, is_published, date_added,
        created_by, created_by_user)
      VALUES (\(new.object.rawValue), \(alias), \(new.label.trimmingBlanks()),
        \(new.type.rawValue), \(new.type.columnType), \(new.group.rawValue),
        \(new.position ?? last + 1), nullif(\(new.defaultValue), ''), \(new.isRequired),
        \(new.isVisible), \(new.isShortVisible), \(new.isListable && new.type != .time),
        \(new.isPubliclyUpdatable), \(limit), 
        \(try JSON(FieldOption.stored(new.properties, for: new.type))), \(new.isPublished),
        \(transaction.now), \(author.id), \(author.name))
      RETURNING id
      """)
    guard let id: Int64 = try rows.first?.decode(at: 0) else { throw FieldError.notFound }
    try await transaction.query(
      """
      ALTER TABLE \(identifier: new.object.table)
        ADD COLUMN \(identifier: alias) \(sql: SQL(unsafeText: new.type.columnType))
      """)
    try await AuditLog.write(
      [
        .init(
          "create", "field", id, bundle: "lead",
          details: .object(["label": .string(new.label), "alias": .string(alias)]))
      ], by: author, in: transaction)
    return id
  }

  private func defaultProblems(_ new: NewField, _ now: Date) -> [String: [String]] {
    guard let text = new.defaultValue, !text.isEmpty else { return [:] }
    let field = Field(
      id: 0, object: new.object, alias: "", type: new.type, group: new.group,
      characterLimit: new.type.hasOwnLengthLimit ? new.characterLimit ?? 64 : 255,
      properties: new.properties, dateAdded: now)
    do {
      _ = try FieldParser(field: field, policy: .strict).parse(text)
      return [:]
    } catch {
      return ["defaultValue": ["\(error)"]]
    }
  }
}
