import Contacts
package import Fields
import Foundation
package import JobQueue
package import Postgres
import Primitives

/// Reads and writes forms (api.md 8.13).
package struct FormStore: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  private let cache = FormCache()
  var pool: PostgresPool { jobs.postgres }

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - jobs: The job client, with its database, which also removes the submissions of deleted forms.
  ///   - fields: The definitions of the fields that forms fill in.
  package init(jobs: JobClient, fields: FieldStore) {
    self.jobs = jobs
    self.fields = fields
  }

  /// Returns the form with an id, or `nil`.
  package func form(_ id: Int64) async throws -> Form? {
    try await pool.withConnection { try await Self.form(id, on: $0) }
  }

  /// Returns a form as this process knows it, perhaps as it was before a change; `nil` if there is none.
  package func known(_ id: Int64) async throws -> Form? {
    if let form = cache[id] { return form }
    guard let form = try await form(id) else { return nil }
    cache.note(form)
    return form
  }

  /// Returns whether a form and the definitions of fields are as this process knows them. What is not is read again when
  /// it is asked for next.
  func isCurrent(_ form: Form, _ known: FieldSet) async throws -> Bool {
    let rows = try await pool.query(
      "SELECT \(sql: FieldStore.version), (SELECT version FROM forms WHERE id = \(form.id))")
    let fieldsVersion: Int64 = try rows[0].decode(at: 0)
    let version: Int64? = try rows[0].decode(at: 1)
    if version != form.version { cache.forget(form.id) }
    if fieldsVersion != known.version { _ = try await fields.current() }
    return version == form.version && fieldsVersion == known.version
  }

  /// Returns the forms with these ids, by id.
  package func forms(_ ids: [Int64]) async throws -> [Int64: Form] {
    guard !ids.isEmpty else { return [:] }
    let found = try await page(start: 0, limit: ids.count, where: "id = ANY (\(ids))").forms
    return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Returns the forms with these ids as a connection sees them, by id.
  static func forms(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: Form] {
    let rows = try await connection.query(
      "SELECT \(sql: columns) FROM forms WHERE id = ANY (\(ids)) ORDER BY id")
    return Dictionary(
      try await forms(rows, on: connection).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Returns a page of forms and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of forms to skip.
  ///   - limit: The maximum number of forms to return.
  ///   - condition: A condition on the table `forms`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (forms: [Form], total: Int) {
    try await pool.page(
      Self.columns, from: "forms", where: condition, order: order, start: start, limit: limit,
      Self.forms)
  }

  static let columns: SQL =
    "id, version, \(sql: FormValues.columns), \(sql: RecordDates.columns(of: "forms"))"

  /// Returns a form, and locks it where asked to.
  static func form(
    _ id: Int64, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> Form? {
    let rows = try await connection.query(
      "SELECT \(sql: columns) FROM forms WHERE id = \(id) \(sql: lock)")
    return try await forms(rows, on: connection).first
  }

  private static func forms(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Form] {
    guard !rows.isEmpty else { return [] }
    let ids = try rows.map { try $0.decode("id", as: Int64.self) }
    let values = try rows.map(FormValues.init)
    let parts = try await connection.pipeline([
      """
      SELECT form_id, \(sql: FormField.columns) FROM form_fields
      WHERE form_id = ANY (\(ids)) ORDER BY form_id, position, id
      """,
      """
      SELECT form_id, \(sql: FormAction.columns) FROM form_actions
      WHERE form_id = ANY (\(ids)) ORDER BY form_id, position, id
      """,
    ])
    var fields: [Int64: [FormField]] = [:]
    for row in parts[0] {
      fields[try row.decode("form_id"), default: []].append(try FormField(row))
    }
    var actions: [Int64: [FormAction]] = [:]
    for row in parts[1] {
      actions[try row.decode("form_id"), default: []].append(try FormAction(row))
    }
    let categories = try await CategoryStore.categories(
      Set(values.compactMap(\.category)).sorted(), on: connection)
    return try zip(rows, values).map { row, values in
      let id: Int64 = try row.decode("id")
      return Form(
        id: id, version: try row.decode("version"), values: values, fields: fields[id] ?? [],
        actions: actions[id] ?? [],
        category: values.category.flatMap { categories[$0] }, dates: try RecordDates(row))
    }
  }
}

extension FormField {
  static let columns: SQL = "id, alias, label, type, mapped_object, mapped_field, settings"

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    alias = try row.decode("alias")
    label = try row.decode("label")
    type = FormFieldType(rawValue: try row.decode("type"))
    let object: String? = try row.decode("mapped_object")
    let field: String? = try row.decode("mapped_field")
    if let object = object.flatMap(FieldObject.init(rawValue:)), let field {
      mapping = FormMapping(object, field)
    }
    let json: JSON = try row.decode("settings")
    settings = try json.decode()
  }
}

extension FormAction {
  static let columns: SQL = #"id, name, description, type, "order", properties"#

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    name = try row.decode("name")
    description = try row.decode("description")
    type = try row.decode("type")
    order = try row.decode("order")
    let json: JSON = try row.decode("properties")
    properties = try json.decode()
  }
}
