extension Field {
  /// A text as a value of this field, in the form in which PostgreSQL takes it for the field's column.
  ///
  /// - Returns: `nil` for a text that holds no value.
  /// - Throws: Why the text is no value of the field.
  package func canonical(
    _ text: String, policy: ParsingPolicy, lists: ValueLists = ValueLists()
  ) throws(FieldProblem) -> String? {
    let parser = FieldParser(field: self, policy: policy, lists: lists)
    var output: [UInt8] = []
    var copy = text
    // withUTF8 rethrows without the type of the error.
    let result = copy.withUTF8 { bytes in
      Result { () throws(FieldProblem) in try parser.parse(bytes, into: &output) }
    }
    return try result.get() ? String(decoding: output, as: UTF8.self) : nil
  }
}
