import Primitives

/// Writes records according to RFC 4180, so that ``CSVParser`` reads back the same values.
///
/// It buffers bytes; call ``take()`` whenever there are enough of them.
package struct CSVWriter: Sendable {
  /// The rule for quoting values.
  package enum Quoting: String, Sendable, Hashable, Codable {
    /// Only values that need it: with a delimiter, quote or line end, with a space at either end,
    /// and an empty value that is alone in its record (it would be a blank line).
    case minimal
    case always
  }

  /// The end of a record.
  package enum LineEnd: String, Sendable, Hashable, Codable {
    case lf
    /// CR LF, according to RFC 4180.
    case crlf
  }

  /// The delimiter, the quote, and the escape, which is doubled inside quotes.
  package let dialect: CSVDialect
  /// The rule for quoting values.
  package let quoting: Quoting
  /// The end of a record.
  package let lineEnd: LineEnd
  /// Whether a value that a spreadsheet would run as a formula, because it begins with `=`, `+`,
  /// `-`, `@`, tab or CR, is prefixed by `'` (EXP-12). Such a value does not read back unchanged.
  package let neutralisesFormulas: Bool

  private static let apostrophe = UInt8(ascii: "'")

  private var output: [UInt8] = []
  private var valuesInRecord = 0
  /// Whether the record has only one empty value without quotes.
  private var isOnlyEmpty = false

  /// Creates a writer with an empty buffer.
  package init(
    dialect: CSVDialect = .standard, quoting: Quoting = .minimal, lineEnd: LineEnd = .lf,
    neutralisesFormulas: Bool = false
  ) {
    self.dialect = dialect
    self.quoting = quoting
    self.lineEnd = lineEnd
    self.neutralisesFormulas = neutralisesFormulas
  }

  /// The number of buffered bytes.
  package var count: Int { output.count }

  /// Writes the byte-order mark by which Excel recognizes UTF-8; only at the start of a file.
  package mutating func writeByteOrderMark() {
    output.append(contentsOf: TextEncoding.utf8.byteOrderMark)
  }

  /// Writes a whole record.
  package mutating func write(_ values: some Sequence<String>) {
    for value in values { write(value: value) }
    endRecord()
  }

  /// Writes one value of the current record.
  ///
  /// - Parameter inQuotes: Whether it gets quotes although it does not need them.
  package mutating func write(value: String, inQuotes: Bool = false) {
    var value = value
    value.withUTF8 { write(value: UnsafeRawBufferPointer($0), inQuotes: inQuotes) }
  }

  /// Writes one value from arbitrary bytes.
  package mutating func write(value: UnsafeRawBufferPointer, inQuotes: Bool = false) {
    if valuesInRecord > 0 { output.append(dialect.delimiter) }
    valuesInRecord += 1
    let neutralised = neutralisesFormulas && Self.isFormula(value)
    let quoted =
      quoting == .always || inQuotes || needsQuotes(value)
      || (neutralised && dialect.quote == Self.apostrophe)
    isOnlyEmpty = valuesInRecord == 1 && value.isEmpty && !quoted
    guard quoted else {
      if neutralised { output.append(Self.apostrophe) }
      output.append(contentsOf: value)
      return
    }
    output.append(dialect.quote)
    // If `'` is the quote it has to be doubled like any other.
    if neutralised {
      if dialect.quote == Self.apostrophe { output.append(Self.apostrophe) }
      output.append(Self.apostrophe)
    }
    appendQuoted(value)
    output.append(dialect.quote)
  }

  /// Ends the current record.
  package mutating func endRecord() {
    if isOnlyEmpty, valuesInRecord == 1 {
      output.append(dialect.quote)
      output.append(dialect.quote)
    }
    if lineEnd == .crlf { output.append(Byte.carriageReturn) }
    output.append(Byte.lineFeed)
    (valuesInRecord, isOnlyEmpty) = (0, false)
  }

  /// Returns the bytes written since the last call.
  package mutating func take() -> [UInt8] {
    defer { output = [] }
    return output
  }

  /// Appends text inside quotes, doubling every quote and escape.
  private mutating func appendQuoted(_ text: UnsafeRawBufferPointer) {
    var start = 0
    for i in text.indices where text[i] == dialect.quote || text[i] == dialect.escape {
      output.append(contentsOf: text[start...i])
      start = i
    }
    output.append(contentsOf: text[start...])
  }

  private func needsQuotes(_ value: UnsafeRawBufferPointer) -> Bool {
    guard let base = value.baseAddress, let first = value.first, let last = value.last else {
      return false
    }
    if first.isBlank || last.isBlank { return true }
    var i = 0
    while value.count - i >= 8 {
      let word = Word.load(base, i)
      let hits =
        Word.equal(word, Word.pattern(dialect.delimiter))
        | Word.equal(word, Word.pattern(dialect.quote))
        | Word.equal(word, Word.pattern(Byte.lineFeed))
        | Word.equal(word, Word.pattern(Byte.carriageReturn))
      if hits != 0 { return true }
      i += 8
    }
    return value[i...].contains {
      $0 == dialect.delimiter || $0 == dialect.quote || $0 == Byte.lineFeed
        || $0 == Byte.carriageReturn
    }
  }

  private static func isFormula(_ value: UnsafeRawBufferPointer) -> Bool {
    switch value.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), Byte.tab,
      Byte.carriageReturn:
      true
    default: false
    }
  }
}
