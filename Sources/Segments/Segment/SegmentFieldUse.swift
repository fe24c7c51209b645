package import Fields
import Postgres
package import Primitives

extension FieldUse {
  /// Segments whose filters read the field.
  package static let segments = FieldUse("segments") { field, connection in
    let filter = JSONValue.array([
      .object(["field": .string(field.alias), "object": .string(field.object.rawValue)])
    ])
    return try await connection.query(
      "SELECT name FROM segments WHERE filters @> \(try JSON(filter)) ORDER BY lower(name), id"
    ).map { try $0.decode(at: 0) }
  }
}
