import Foundation
package import Postgres

extension FieldValue {
  /// Returns the value of a field in a row; `nil` if the column is null.
  package static func read(_ field: Field, _ row: PostgresRow, at index: Int) throws -> FieldValue?
  {
    switch field.type {
    case .number: try row.decode(at: index, as: Double?.self).map(FieldValue.number)
    case .boolean: try row.decode(at: index, as: Bool?.self).map(FieldValue.boolean)
    case .multiselect:
      try row.decode(at: index, as: [String]?.self).map(FieldValue.options)
    case .datetime: try row.decode(at: index, as: Date?.self).map(FieldValue.instant)
    case .date: try row.decode(at: index, as: String?.self).map(FieldValue.date)
    case .time: try row.decode(at: index, as: String?.self).map(FieldValue.time)
    default: try row.decode(at: index, as: String?.self).map(FieldValue.text)
    }
  }
}
