import CSV

/// Rows as RFC 4180 has them, of what COPY writes as CSV: line ends become CR LF, and texts that a
/// spreadsheet would run as formulas get a `'` before them (EXP-11, EXP-12).
struct CSVRowEncoder: RowEncoder {
  private(set) var rows: Int64 = 0
  private(set) var neutralised: Int64 = 0
  let input = CopyForm.csv

  private let names: [String]
  /// For each column whether its values are looked at.
  private let guarded: [Bool]
  private let byteOrderMark: Bool

  /// - Parameters:
  ///   - columns: The columns of the rows.
  ///   - neutralises: Whether formulas are made harmless.
  ///   - byteOrderMark: Whether the file begins with a byte-order mark.
  init(_ columns: ExportColumns, neutralises: Bool, byteOrderMark: Bool) {
    names = columns.names
    // Of numbers and dates none begins a formula; a negative number is to stay one.
    guarded = columns.all.map { neutralises && ($0.kind == .text || $0.kind == .list) }
    self.byteOrderMark = byteOrderMark
  }

  mutating func begin(into output: inout [UInt8]) {
    var writer = CSVWriter(lineEnd: .crlf)
    if byteOrderMark { writer.writeByteOrderMark() }
    writer.write(names)
    output.append(contentsOf: writer.take())
  }

  mutating func encode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) throws {
    try guarded.withUnsafeBufferPointer { guarded in
      var pass = Pass(input, guarded)
      defer {
        rows += pass.rows
        neutralised += pass.neutralised
      }
      try pass.run(into: &output)
    }
  }

  /// One walk over a piece: bytes are copied in the longest runs that stay as they are.
  private struct Pass {
    let input: UnsafeRawBufferPointer
    let guarded: UnsafeBufferPointer<Bool>
    var rows: Int64 = 0
    var neutralised: Int64 = 0
    /// Where what was not copied yet begins.
    private var pending = 0
    private var position = 0

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")

    init(_ input: UnsafeRawBufferPointer, _ guarded: UnsafeBufferPointer<Bool>) {
      self.input = input
      self.guarded = guarded
    }

    mutating func run(into output: inout [UInt8]) throws {
      output.reserveCapacity(output.count + input.count + input.count / 64 + 64)
      var column = 0
      while position < input.count {
        guard column < guarded.count else { throw MalformedCopy() }
        let isFirst = column == 0
        let start = position
        try skipField(guarded[column], into: &output)
        guard position < input.count else { throw MalformedCopy() }
        if input[position] == Self.comma {
          column += 1
        } else {
          guard column == guarded.count - 1 else { throw MalformedCopy() }
          copy(into: &output)
          // A row of one missing value would be a blank line, which is no row to most readers.
          if isFirst, position == start {
            output.append(Self.quote)
            output.append(Self.quote)
          }
          output.append(0x0D)
          output.append(0x0A)
          pending = position + 1
          column = 0
          rows += 1
        }
        position += 1
      }
      guard column == 0 else { throw MalformedCopy() }
    }

    /// Goes to the delimiter or line end behind a field.
    private mutating func skipField(_ isGuarded: Bool, into output: inout [UInt8]) throws {
      if input[position] == Self.quote {
        position += 1
        if isGuarded { neutralise(into: &output) }
        try skipQuoted()
      } else {
        if isGuarded { neutralise(into: &output) }
        while position < input.count, input[position] != Self.comma,
          input[position] != Self.lineFeed
        { position += 1 }
      }
    }

    /// Goes behind the quote that ends a field; one that stands twice does not.
    private mutating func skipQuoted() throws {
      while true {
        while position < input.count, input[position] != Self.quote { position += 1 }
        position += 1
        guard position < input.count else { throw MalformedCopy() }
        guard input[position] == Self.quote else { return }
        position += 1
      }
    }

    private mutating func neutralise(into output: inout [UInt8]) {
      guard position < input.count, Formula.begins(with: input[position]) else { return }
      copy(into: &output)
      output.append(UInt8(ascii: "'"))
      neutralised += 1
    }

    /// Copies what stands before the position and was not copied yet.
    private mutating func copy(into output: inout [UInt8]) {
      if pending < position {
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[pending..<position]))
      }
      pending = position
    }
  }
}

/// What a spreadsheet takes for a formula (EXP-12).
enum Formula {
  /// Whether a text that begins with this byte may be run.
  static func begins(with byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
      true
    default: false
    }
  }
}
