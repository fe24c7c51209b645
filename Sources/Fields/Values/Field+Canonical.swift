extension Field {
  /// Returns a text as a value of this field, in PostgreSQL's canonical form for the field's
  /// column.
  ///
  /// - Returns: The value; `nil` for a text without a value.
  /// - Throws: The reason why the text is not a value of the field.
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
