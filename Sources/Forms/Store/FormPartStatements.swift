import JobQueue
import Postgres
import Primitives

/// Writes the fields and actions of a form, each kind with two statements.
enum FormPartStatements {
  static func write(
    _ changes: FieldChanges, of form: Int64, in transaction: Transaction
  ) async throws {
    guard !changes.isEmpty else { return }
    let rows = changes.fields.enumerated().map { FieldRow($1, position: $0) }
    try await transaction.pipeline([
      "DELETE FROM form_fields WHERE form_id = \(form) AND id = ANY (\(changes.removed))",
      """
      INSERT INTO form_fields
        (id, form_id, position, alias, label, type, mapped_object, mapped_field, settings)
      SELECT id, \(form), position, alias, label, type, mapped_object, mapped_field, settings
      FROM jsonb_to_recordset(\(try JSON(rows))) AS f (id bigint, position integer, alias text,
        label text, type text, mapped_object text, mapped_field text, settings jsonb)
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, alias = excluded.alias,
        label = excluded.label, type = excluded.type, mapped_object = excluded.mapped_object,
        mapped_field = excluded.mapped_field, settings = excluded.settings
      """,
    ])
  }

  static func write(
    _ changes: ActionChanges, of form: Int64, in transaction: Transaction
  ) async throws {
    guard !changes.isEmpty else { return }
    let rows = changes.actions.enumerated().map { ActionRow($1, position: $0) }
    try await transaction.pipeline([
      "DELETE FROM form_actions WHERE form_id = \(form) AND id = ANY (\(changes.removed))",
      """
      INSERT INTO form_actions (id, form_id, position, name, description, type, "order", properties)
      SELECT id, \(form), position, name, description, type, "order", properties
      FROM jsonb_to_recordset(\(try JSON(rows))) AS a (id bigint, position integer, name text,
        description text, type text, "order" integer, properties jsonb)
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name,
        description = excluded.description, "order" = excluded."order",
        properties = excluded.properties
      """,
    ])
  }

  private struct FieldRow: Encodable {
    var id: Int64
    var position: Int
    var alias: String
    var label: String
    var type: String
    var mapped_object: String?
    var mapped_field: String?
    var settings: FormFieldSettings

    init(_ field: FormField, position: Int) {
      id = field.id
      self.position = position
      alias = field.alias
      label = field.label
      type = field.type.rawValue
      mapped_object = field.mapping?.object.rawValue
      mapped_field = field.mapping?.field
      settings = field.settings
    }
  }

  private struct ActionRow: Encodable {
    var id: Int64
    var position: Int
    var name: String
    var description: String?
    var type: String
    var order: Int
    var properties: JSONValue

    init(_ action: FormAction, position: Int) {
      id = action.id
      self.position = position
      name = action.name
      description = action.description
      type = action.type
      order = action.order
      properties = action.properties
    }
  }
}
