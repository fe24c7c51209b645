import CSV

/// Encodes COPY's CSV output as RFC 4180: line ends become CR LF, and texts that a spreadsheet
/// would run as formulas get a leading `'` (EXP-11, EXP-12).
///
/// What a text has in common with the marks of this and of imports is told apart from them, so that an import gives
/// it back (EXP-10): texts that begin with apostrophes before a sign of a formula get one more, and the text `NULL`
/// gets quotes.
struct CSVRowEncoder: RowEncoder {
  private(set) var rows: Int64 = 0
  private(set) var neutralised: Int64 = 0
  let input = CopyForm.csv

  private let names: [String]
  /// Whether the values of each column are texts.
  private let guarded: [Bool]
  private let neutralises: Bool
  private let byteOrderMark: Bool
  private let dialect: CSVDialect

  /// - Parameters:
  ///   - columns: The columns of the rows.
  ///   - neutralises: Whether formulas are neutralised.
  ///   - byteOrderMark: Whether the file begins with a byte-order mark.
  ///   - dialect: The delimiter, of COPY's output as well.
  init(
    _ columns: ExportColumns, neutralises: Bool, byteOrderMark: Bool,
    dialect: CSVDialect = .standard
  ) {
    names = columns.names
    // Numbers and dates never begin a formula; a negative number must stay a number.
    guarded = columns.all.map { $0.kind == .text || $0.kind == .list }
    self.neutralises = neutralises
    self.byteOrderMark = byteOrderMark
    self.dialect = dialect
  }

  mutating func begin(into output: inout [UInt8]) {
    var writer = CSVWriter(dialect: dialect, lineEnd: .crlf)
    if byteOrderMark { writer.writeByteOrderMark() }
    writer.write(names)
    output.append(contentsOf: writer.take())
  }

  mutating func encode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) throws {
    // An apostrophe, a carriage return or the quotes of a word are added to existing bytes; only a row of one
    // missing value grows from one byte to four.
    let capacity = (guarded.count == 1 ? 4 : 2) * input.count
    let piece = try guarded.withUnsafeBufferPointer { guarded in
      try [UInt8](unsafeUninitializedCapacity: capacity) { target, size in
        guard let start = target.baseAddress, input.baseAddress != nil else { return }
        var walk = Walk(
          input.bindMemory(to: UInt8.self), guarded, start, neutralises: neutralises,
          delimiter: dialect.delimiter)
        try walk.run()
        size = walk.output - start
        rows += walk.rows
        neutralised += walk.neutralised
      }
    }
    output += piece
  }

  /// One pass over a buffer: unchanged bytes are copied in the longest possible runs.
  private struct Walk {
    let input: UnsafeBufferPointer<UInt8>
    let guarded: UnsafeBufferPointer<Bool>
    let neutralises: Bool
    let delimiter: UInt8
    /// The position of the next output byte.
    var output: UnsafeMutablePointer<UInt8>
    var rows: Int64 = 0
    var neutralised: Int64 = 0
    private var position = 0
    /// The beginning of the bytes not copied yet.
    private var pending = 0

    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")
    private static let lineFeed = UInt8(ascii: "\n")

    init(
      _ input: UnsafeBufferPointer<UInt8>, _ guarded: UnsafeBufferPointer<Bool>,
      _ output: UnsafeMutablePointer<UInt8>, neutralises: Bool, delimiter: UInt8
    ) {
      self.neutralises = neutralises
      self.delimiter = delimiter
      self.input = input
      self.guarded = guarded
      self.output = output
    }

    mutating func run() throws {
      var column = 0
      while position < input.count {
        guard column < guarded.count else { throw MalformedCopy() }
        let start = position
        try skipField(guarded[column])
        if input[position] == delimiter {
          column += 1
        } else {
          guard column == guarded.count - 1 else { throw MalformedCopy() }
          copy()
          // A row of one missing value would be a blank line, which most readers skip.
          if column == 0, position == start {
            put(Self.quote)
            put(Self.quote)
          }
          put(0x0D)
          put(0x0A)
          pending = position + 1
          column = 0
          rows += 1
        }
        position += 1
      }
      guard column == 0 else { throw MalformedCopy() }
    }

    /// Advances to the delimiter or line end after a field.
    private mutating func skipField(_ isGuarded: Bool) throws {
      let isQuoted = input[position] == Self.quote
      if isQuoted { try advance() }
      if isGuarded { guardText(isQuoted: isQuoted) }
      if isQuoted { return try skipQuoted() }
      let start = position
      while input[position] != delimiter, input[position] != Self.lineFeed { try advance() }
      if isGuarded, position - start == 4, isNull(at: start) { putNullInQuotes(from: start) }
    }

    /// Puts an apostrophe before a formula, and before apostrophes that an import would take for one.
    private mutating func guardText(isQuoted: Bool) {
      var sign = position
      while sign < input.count, input[sign] == Self.apostrophe { sign += 1 }
      guard sign < input.count, Formula.begins(with: input[sign]),
        isQuoted || input[sign] != delimiter
      else { return }
      let isFormula = sign == position
      guard neutralises || !isFormula else { return }
      copy()
      put(Self.apostrophe)
      if isFormula { neutralised += 1 }
    }

    private func isNull(at start: Int) -> Bool {
      input[start] == UInt8(ascii: "N") && input[start + 1] == UInt8(ascii: "U")
        && input[start + 2] == UInt8(ascii: "L") && input[start + 3] == UInt8(ascii: "L")
    }

    /// Puts quotes around the text `NULL`, which would clear a value otherwise (IMP-43).
    private mutating func putNullInQuotes(from start: Int) {
      let end = position
      position = start
      copy()
      put(Self.quote)
      position = end
      copy()
      put(Self.quote)
    }

    /// Advances past the quote that ends a field; a doubled quote does not end it.
    private mutating func skipQuoted() throws {
      while true {
        while input[position] != Self.quote { try advance() }
        try advance()
        guard input[position] == Self.quote else { break }
        try advance()
      }
      guard input[position] == delimiter || input[position] == Self.lineFeed else {
        throw MalformedCopy()
      }
    }

    @inline(__always)
    private mutating func advance() throws {
      position += 1
      guard position < input.count else { throw MalformedCopy() }
    }

    /// Copies the bytes before the position that were not copied yet.
    @inline(__always)
    private mutating func copy() {
      guard let base = input.baseAddress else { return }
      output.update(from: base + pending, count: position - pending)
      output += position - pending
      pending = position
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
      output.pointee = byte
      output += 1
    }
  }
}

/// The detection of texts that a spreadsheet takes for a formula (EXP-12).
enum Formula {
  /// Returns whether a text that begins with this byte may be run.
  static func begins(with byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
      true
    default: false
    }
  }
}
