import Contacts
import Fields
package import Foundation
import JobQueue
import Postgres
import Primitives
package import Users

extension FormStore {
  /// Creates a form. Its alias is that of the input, or follows from the name, with a number if it is taken.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(_ input: FormInput, by author: Author, now: Date) async throws -> Form {
    var attempt = 1
    while true {
      do {
        return try await jobs.transaction(at: now) { transaction in
          try await insert(input, by: author, in: transaction)
        }
      } catch let error as PostgresError
        where error.sqlState == .uniqueViolation && attempt < 5
      {
        // Another form took the alias at this moment.
        attempt += 1
      }
    }
  }

  private func insert(
    _ input: FormInput, by author: Author, in transaction: Transaction
  ) async throws -> Form {
    let connection = transaction.connection
    var values = try await input.applied(to: nil, replacing: false, on: connection)
    values.alias = try await Self.unused(values.alias, on: connection)
    let known = try await self.fields.current(on: connection)
    let fields = try FieldChanges(
      input.fields, before: [], replacing: true,
      ids: try await Self.fieldIDs(input, on: connection),
      known: known)
    let actions = try ActionChanges(
      input.actions, before: [], replacing: true,
      ids: try await Self.actionIDs(input, on: connection))
    try Self.check(values, fields.fields)
    let rows = try await transaction.query(
      """
      INSERT INTO forms (\(sql: FormValues.columns), date_added, created_by, created_by_user)
      VALUES (\(sql: try values.sql), \(transaction.now), \(author.id)::bigint,
        \(author.name)::text)
      RETURNING id
      """)
    let id: Int64 = try rows[0].decode(at: 0)
    try await FormPartStatements.write(fields, of: id, in: transaction)
    try await FormPartStatements.write(actions, of: id, in: transaction)
    try await AuditLog.write([.init("create", "form", id)], by: author, in: transaction)
    return try await read(id, on: connection)
  }

  /// Changes a form.
  ///
  /// - Parameter replacing: Whether values that are not given, fields and actions included, are set to their defaults
  ///   (`PUT`).
  /// - Returns: The changed form; `nil` if there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: FormInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Form? {
    try await jobs.transaction(at: now) { transaction in
      let connection = transaction.connection
      guard let form = try await Self.form(id, locking: "FOR NO KEY UPDATE", on: connection) else {
        return nil
      }
      let after = try await input.applied(
        to: form.values, replacing: replacing, on: connection)
      let known = try await self.fields.current(on: connection)
      let fields = try FieldChanges(
        input.fields, before: form.fields, replacing: replacing,
        ids: try await Self.fieldIDs(input, beside: form.fields, on: connection),
        known: known)
      let actions = try ActionChanges(
        input.actions, before: form.actions, replacing: replacing,
        ids: try await Self.actionIDs(input, beside: form.actions, on: connection))
      return try await write(form, after, fields, actions, by: author, in: transaction)
    }
  }

  /// Removes fields of a form. Stored results keep their values.
  ///
  /// - Returns: The changed form; `nil` if there is none.
  /// - Throws: `PostgresError`.
  package func deleteFields(
    _ gone: [Int64], of id: Int64, by author: Author, now: Date
  ) async throws -> Form? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let form = try await Self.form(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      return try await write(
        form, form.values, FieldChanges(removing: Set(gone), from: form.fields),
        ActionChanges(removing: [], from: form.actions), by: author, in: transaction)
    }
  }

  /// Removes actions of a form.
  ///
  /// - Returns: The changed form; `nil` if there is none.
  /// - Throws: `PostgresError`.
  package func deleteActions(
    _ gone: [Int64], of id: Int64, by author: Author, now: Date
  ) async throws -> Form? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let form = try await Self.form(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      return try await write(
        form, form.values, FieldChanges(removing: [], from: form.fields),
        ActionChanges(removing: Set(gone), from: form.actions), by: author, in: transaction)
    }
  }

  private func write(
    _ form: Form, _ after: FormValues, _ fields: FieldChanges, _ actions: ActionChanges,
    by author: Author, in transaction: Transaction
  ) async throws -> Form {
    guard after != form.values || !fields.isEmpty || !actions.isEmpty else { return form }
    try Self.check(after, fields.fields)
    try await transaction.query(
      """
      UPDATE forms SET (\(sql: FormValues.columns)) = ROW(\(sql: try after.sql)),
        version = version + 1, date_modified = \(transaction.now), modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      WHERE id = \(form.id)
      """)
    try await FormPartStatements.write(fields, of: form.id, in: transaction)
    try await FormPartStatements.write(actions, of: form.id, in: transaction)
    let changed = try await read(form.id, on: transaction.connection)
    var members = zip(form.values.members, after.members).map {
      (name: $0.name, before: $0.value, after: $1.value)
    }
    members.append(
      (
        "fields", .array(form.fields.map { .string($0.alias) }),
        .array(changed.fields.map { .string($0.alias) })
      ))
    members.append(
      (
        "actions", .array(form.actions.map { .string($0.type) }),
        .array(changed.actions.map { .string($0.type) })
      ))
    try await AuditLog.write(
      [.init("update", "form", form.id, details: .object(AuditLog.differences(members)))],
      by: author, in: transaction)
    return changed
  }

  /// Deletes a form. Its submissions are gone at once for everybody who asks, and removed by a job.
  ///
  /// - Returns: The deleted form; `nil` if there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Form? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let form = try await Self.form(id, locking: "FOR UPDATE", on: transaction.connection)
      else { return nil }
      try await transaction.query("DELETE FROM forms WHERE id = \(id)")
      try transaction.outbox.add(
        RemoveSubmissions(form: id), EnqueueOptions(object: JobSubject(type: "form", id: id)))
      let name = JSONValue.object(["name": .string(form.values.name)])
      try await AuditLog.write(
        [.init("delete", "form", id, details: name)], by: author, in: transaction)
      return form
    }
  }

  /// Refuses a form that asks for confirmations and not for the address to which the mail goes.
  private static func check(
    _ values: FormValues, _ fields: [FormField]
  ) throws(InvalidInput) {
    guard values.settings.confirmation != nil else { return }
    let hasAddress = fields.contains {
      $0.type == .email && $0.settings.isRequired && $0.settings.parent == nil
        && $0.mapping == FormMapping(.contact, "email")
    }
    guard hasAddress else {
      throw InvalidInput(
        "doubleOptIn",
        "needs a required field of type email that fills in the field email of contacts and depends on no other"
      )
    }
  }

  private func read(_ id: Int64, on connection: PostgresConnection) async throws -> Form {
    guard let form = try await Self.form(id, on: connection) else {
      throw InvalidInput("id", "there is no form \(id)")
    }
    return form
  }

  /// Returns an alias that no form has.
  private static func unused(
    _ alias: String, on connection: PostgresConnection
  ) async throws -> String {
    // All that could be made of it begin alike.
    let beginning = String(alias.prefix(10))
    let taken: [String] = try await connection.query(
      "SELECT alias FROM forms WHERE starts_with(alias, \(beginning)) OR starts_with(alias, 'f_')"
    ).map { try $0.decode(at: 0) }
    let set = Set(taken)
    guard let unused = FieldAlias.unique(alias, isTaken: { set.contains($0) }) else {
      throw InvalidInput("alias", "\(InvalidInput.shown(alias)) and all like it are taken")
    }
    return unused
  }

  /// Returns unused ids of fields or actions.
  ///
  /// - Throws: `InvalidInput` where they are more than a form may have.
  private static func ids(
    _ count: Int, _ member: String, limit: Int, on connection: PostgresConnection
  ) async throws -> [Int64] {
    guard count > 0 else { return [] }
    guard count <= limit else { throw InvalidInput(member, "more than \(limit) \(member)") }
    return try await connection.query(
      """
      SELECT nextval(pg_get_serial_sequence(\("form_\(member)"), 'id'))
      FROM generate_series(1, \(count))
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns unused ids for the fields of an input that a form does not have.
  private static func fieldIDs(
    _ input: FormInput, beside fields: [FormField] = [], on connection: PostgresConnection
  ) async throws -> [Int64] {
    let known = Set(fields.map(\.id))
    let new = (input.fields ?? []).filter { $0.id.map { !known.contains($0) } ?? true }
    return try await ids(new.count, "fields", limit: FormLimits.fields, on: connection)
  }

  /// Returns unused ids for the actions of an input that a form does not have.
  private static func actionIDs(
    _ input: FormInput, beside actions: [FormAction] = [], on connection: PostgresConnection
  ) async throws -> [Int64] {
    let known = Set(actions.map(\.id))
    let new = (input.actions ?? []).filter { $0.id.map { !known.contains($0) } ?? true }
    return try await ids(new.count, "actions", limit: FormLimits.actions, on: connection)
  }
}

/// Removes the submissions of a deleted form.
struct RemoveSubmissions: DurableJob {
  static let name = "forms.remove"
  static let queue = FormJobs.queue

  var form: Int64
}
