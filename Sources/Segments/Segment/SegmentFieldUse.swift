package import Fields
import Postgres
import Primitives

extension FieldUse {
  /// Segments whose filters read the field.
  package static let segments = FieldUse("segments") { field, connection in
    let filter = JSONValue.array([
      .object(["field": .string(field.alias), "object": .string(field.object.rawValue)])
    ])
    return try await SegmentStore.names(containing: try JSON(filter), on: connection)
  }
}
