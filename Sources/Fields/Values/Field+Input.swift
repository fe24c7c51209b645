package import Primitives

extension Field {
  /// Returns a value of a request as a value of this field, in PostgreSQL's canonical form.
  ///
  /// Several values of a multiselect may be an array or joined by `|`; numbers and booleans may
  /// also be texts.
  ///
  /// - Returns: The value; `nil` for null, blank text or an empty array.
  /// - Throws: The reason why it is not a value of the field.
  package func canonical(
    _ input: JSONValue, lists: ValueLists = ValueLists()
  ) throws(FieldProblem) -> String? {
    switch input {
    case .null: return nil
    case .array(let elements) where type == .multiselect:
      let texts = elements.compactMap(\.text)
      guard texts.count == elements.count else { throw .notAnOption }
      return try canonical(texts.joined(separator: "|"), policy: .strict, lists: lists)
    case .array(let elements) where elements.isEmpty: return nil
    case .array, .object: throw .notText
    case .string, .integer, .number, .boolean:
      return try canonical(input.text ?? "", policy: .strict, lists: lists)
    }
  }

  /// Returns the part of a stored value that remains at the next save of its record: values no
  /// longer offered as choices are dropped (CON-26).
  package func surviving(_ value: FieldValue?) -> FieldValue? {
    switch (type, value) {
    case (.select, .text(let text)?):
      return options.contains { $0.value == text } ? value : nil
    case (.multiselect, .options(let chosen)?):
      let offered = Set(options.map(\.value))
      let left = chosen.filter(offered.contains)
      return left.isEmpty ? nil : .options(left)
    default: return value
    }
  }
}

extension FieldValue {
  /// The text of a choice in PostgreSQL's canonical form.
  package var canonicalChoice: String {
    guard case .options(let values) = self else { return text }
    var output: [UInt8] = [0x7B]
    for (index, value) in values.enumerated() {
      if index > 0 { output.append(0x2C) }
      TextArray.append(value.utf8, to: &output)
    }
    output.append(0x7D)
    return String(decoding: output, as: UTF8.self)
  }
}
