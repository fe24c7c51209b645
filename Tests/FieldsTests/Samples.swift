import Fields
import Foundation
import Primitives

/// Returns a field of a type, like a definition in the database.
func makeField(
  _ type: FieldType, alias: String = "sample", limit: Int? = nil, properties: JSONValue = .null,
  columnType: String? = nil
) -> Field {
  Field(
    id: 1, alias: alias, type: type, columnType: columnType, characterLimit: limit,
    properties: properties, dateAdded: testNow)
}

/// Returns properties with these options.
func options(_ values: String...) -> JSONValue {
  .object([
    "list": .array(
      values.map { .object(["label": .string($0.uppercased()), "value": .string($0)]) })
  ])
}

extension FieldParser {
  /// Returns the canonical text of a value; `nil` if there is none.
  func canonical(_ text: String) throws -> String? {
    var output: [UInt8] = []
    var copy = text
    let hasValue = try copy.withUTF8 { try parse($0, into: &output) }
    return hasValue ? String(decoding: output, as: UTF8.self) : nil
  }
}

/// Returns the canonical text of a value of a type.
func canonical(
  _ text: String, _ field: Field, _ policy: ParsingPolicy = .cleaning,
  timeZone: TimeZone = .gmt
) throws -> String? {
  try FieldParser(field: field, policy: policy, timeZone: timeZone).canonical(text)
}
