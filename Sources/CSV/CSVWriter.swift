/// Writes records as RFC 4180 has them, so that ``CSVParser`` reads back the same values.
///
/// It gathers bytes; take them with ``take()`` whenever there are enough of them.
public struct CSVWriter: Sendable {
  /// Which values are put in quotes.
  public enum Quoting: String, Sendable, Hashable, Codable {
    /// Those that need it: with a delimiter, quote or line end, with a space at either end, and
    /// the only value of a record if it is empty (it would be a blank line).
    case minimal
    /// All.
    case always
  }

  /// What ends a record.
  public enum LineEnd: String, Sendable, Hashable, Codable {
    /// LF.
    case lf
    /// CR LF, as RFC 4180 has it.
    case crlf
  }

  /// Delimiter and quote; inside quotes its escape, if it has one, is written twice.
  public let dialect: CSVDialect
  /// Which values are put in quotes.
  public let quoting: Quoting
  /// What ends a record.
  public let lineEnd: LineEnd
  /// Whether a value that a spreadsheet would run as a formula, because it begins with `=`, `+`,
  /// `-`, `@`, tab or CR, gets a `'` before it (EXP-12). Such a value does not read back as it was.
  public let neutralisesFormulas: Bool

  private var output: [UInt8] = []
  private var valuesInRecord = 0
  /// Where the record begins if its only value so far is an empty one.
  private var isOnlyEmpty = false

  /// A writer of nothing yet.
  public init(
    dialect: CSVDialect = .standard, quoting: Quoting = .minimal, lineEnd: LineEnd = .lf,
    neutralisesFormulas: Bool = false
  ) {
    self.dialect = dialect
    self.quoting = quoting
    self.lineEnd = lineEnd
    self.neutralisesFormulas = neutralisesFormulas
  }

  /// How many bytes wait to be taken.
  public var count: Int { output.count }

  /// Writes the mark by which Excel knows UTF-8; only at the start of a file.
  public mutating func writeByteOrderMark() {
    output.append(contentsOf: TextEncoding.utf8.byteOrderMark)
  }

  /// Writes a whole record.
  public mutating func write(_ values: some Sequence<String>) {
    for value in values { write(value: value) }
    endRecord()
  }

  /// Writes one value of the record that is being written.
  public mutating func write(value: String) {
    var value = value
    value.withUTF8 { write(value: UnsafeRawBufferPointer($0)) }
  }

  /// Writes one value from its bytes, which may be any.
  public mutating func write(value: UnsafeRawBufferPointer) {
    if valuesInRecord > 0 { output.append(dialect.delimiter) }
    valuesInRecord += 1
    let neutralised = neutralisesFormulas && Self.isFormula(value)
    let quoted = quoting == .always || needsQuotes(value)
    isOnlyEmpty = valuesInRecord == 1 && value.isEmpty && !quoted
    guard quoted else {
      if neutralised { output.append(UInt8(ascii: "'")) }
      output.append(contentsOf: value)
      return
    }
    output.append(dialect.quote)
    if neutralised { append(inQuotes: UInt8(ascii: "'")) }
    for byte in value { append(inQuotes: byte) }
    output.append(dialect.quote)
  }

  /// Ends the record that is being written.
  public mutating func endRecord() {
    if isOnlyEmpty, valuesInRecord == 1 {
      output.append(dialect.quote)
      output.append(dialect.quote)
    }
    if lineEnd == .crlf { output.append(Byte.carriageReturn) }
    output.append(Byte.lineFeed)
    (valuesInRecord, isOnlyEmpty) = (0, false)
  }

  /// Hands over what was written since the last time.
  public mutating func take() -> [UInt8] {
    defer { output = [] }
    return output
  }

  private mutating func append(inQuotes byte: UInt8) {
    if byte == dialect.quote || byte == dialect.escape { output.append(byte) }
    output.append(byte)
  }

  private func needsQuotes(_ value: UnsafeRawBufferPointer) -> Bool {
    guard let first = value.first, let last = value.last else { return false }
    if Byte.isSpace(first) || Byte.isSpace(last) { return true }
    return value.contains {
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
