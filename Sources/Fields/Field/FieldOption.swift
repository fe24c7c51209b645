package import Primitives

/// A choice of a select or multiselect field.
package struct FieldOption: Sendable, Equatable {
  /// The stored value.
  package var value: String
  /// The display text.
  package var label: String

  /// Creates an option; the default label is the value.
  package init(value: String, label: String? = nil) {
    self.value = value
    self.label = label ?? value
  }

  /// Returns the options in `list` of a field's properties.
  ///
  /// A list may be an array of objects with label and value, an array of strings, an object of
  /// value → label, or one string with `|` between the values (api.md 8.5). Entries without a value
  /// are skipped.
  package static func list(in properties: JSONValue) -> [FieldOption] {
    switch properties["list"] {
    case .array(let entries):
      entries.compactMap { entry in
        guard let value = (entry["value"] ?? entry).text, !value.isEmpty else { return nil }
        return FieldOption(value: value, label: entry["label"]?.text)
      }
    case .object(let entries):
      entries.sorted { $0.key < $1.key }
        .map { FieldOption(value: $0.key, label: $0.value.text) }
    case .string(let joined):
      joined.split(separator: "|").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        .map { FieldOption(value: $0) }
    default: []
    }
  }

  /// Returns properties in their stored form: choices sent as strings or as one text become objects
  /// with label and value; the suggestions of a lookup stay as sent (api.md 8.5).
  static func stored(_ properties: JSONValue, for type: FieldType) -> JSONValue {
    guard type == .select || type == .multiselect, case .object(var members) = properties,
      members["list"] != nil
    else { return properties }
    members["list"] = .array(
      list(in: properties).map {
        .object(["label": .string($0.label), "value": .string($0.value)])
      })
    return .object(members)
  }
}
