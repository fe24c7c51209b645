package import Primitives

extension Field {
  /// A value of a request as a value of this field, in the form in which PostgreSQL takes it.
  ///
  /// Several values of a multiselect come as an array or joined by `|`; numbers and booleans also as text.
  ///
  /// - Returns: `nil` for what holds no value: null, blank text, an empty array.
  /// - Throws: Why it is no value of the field.
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

  /// The part of a stored value that survives the next save of its record: choices no longer offered are
  /// dropped (CON-26).
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
  /// The text of a choice in the form in which PostgreSQL takes it.
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
