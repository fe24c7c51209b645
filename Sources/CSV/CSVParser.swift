/// Reads the records of one part, in order, by the rules of ``CSVSplitter``.
///
/// ```swift
/// var parser = CSVParser(part, dialect: .standard)
/// while parser.next() {
///   parser.withTrimmedField(0) { bytes in … }
/// }
/// ```
///
/// A value is a slice of the part's bytes, or of a scratch buffer if quotes had to be taken out of
/// its middle; it is good until the next call of ``next()``. Once its buffers have grown, the
/// parser allocates nothing per record.
package struct CSVParser: Sendable {
  /// The dialect the part is read with.
  package let dialect: CSVDialect
  /// How many values of a record are kept; more are counted and dropped.
  package let maximumFields: Int

  /// Number of the record, counted on from the part's first row.
  package private(set) var row: Int
  /// Physical line on which the record starts.
  package private(set) var line: Int
  /// How many values the record has, those dropped included. A blank line has one, an empty one.
  package internal(set) var fieldCount = 0
  /// What is remarkable about the record.
  package internal(set) var flags: CSVRecordFlags = []
  /// Where the record is in ``bytes``, without its line end.
  package private(set) var byteRange = 0..<0

  /// The bytes being read.
  package let bytes: [UInt8]

  /// The line of the quote that no other closes; nil if the record has none.
  var openQuoteLine: Int? {
    flags.contains(.unclosedQuote) ? openLine : nil
  }

  /// How many of the record's values stand in quotes.
  var quotedFieldCount = 0
  @usableFromInline var fields: [FieldSlice]
  @usableFromInline var scratch: [UInt8] = []
  var position = 0
  /// Lines ended since the start of the record.
  var lineEnds = 0
  /// Line on which the value being read opened its quote.
  var openLine = 0
  private var nextLine: Int
  private let hasFaultyText: Bool
  private let hasNul: Bool

  /// A parser at the first record of a part.
  package init(_ part: CSVPart, dialect: CSVDialect, maximumFields: Int = 500) {
    self.init(
      part.bytes, dialect: dialect, firstRow: part.firstRow, firstLine: part.firstLine,
      maximumFields: maximumFields)
  }

  /// A parser at the first of some records in UTF-8.
  package init(
    _ bytes: [UInt8], dialect: CSVDialect, firstRow: Int = 1, firstLine: Int = 1,
    maximumFields: Int = 500
  ) {
    self.bytes = bytes
    self.dialect = dialect
    self.maximumFields = max(1, maximumFields)
    row = firstRow - 1
    line = firstLine
    nextLine = firstLine
    fields = Array(repeating: FieldSlice(start: 0, end: 0), count: self.maximumFields)
    // Records end at ASCII characters, so if the whole is valid each record is. Only where
    // something is wrong are the records looked at one by one.
    (hasFaultyText, hasNul) = bytes.withUnsafeBytes {
      (UTF8Validation.firstFault(in: $0) != nil, $0.contains(Byte.nul))
    }
  }

  /// Reads the next record; false when there is none.
  package mutating func next() -> Bool {
    guard position < bytes.count else { return false }
    let start = position
    row += 1
    line = nextLine
    lineEnds = 0
    flags = []
    scratch.removeAll(keepingCapacity: true)
    let end = readRecord()
    byteRange = start..<end
    nextLine = line + lineEnds
    if start == end { flags.insert(.blankLine) }
    if fieldCount > maximumFields { flags.insert(.tooManyFields) }
    if hasFaultyText || hasNul { checkText() }
    return true
  }

  private mutating func checkText() {
    let range = byteRange
    let (isFaulty, holdsNul) = bytes.withUnsafeBytes { all in
      let record = UnsafeRawBufferPointer(rebasing: all[range])
      return (UTF8Validation.firstFault(in: record) != nil, record.contains(Byte.nul))
    }
    if isFaulty { flags.insert(.invalidEncoding) }
    if holdsNul { flags.insert(.nul) }
  }
}

/// Where the bytes of a value are: in the part, or with both ends complemented (so negative) in
/// the scratch buffer.
@usableFromInline
struct FieldSlice: Sendable {
  @usableFromInline let start: Int
  @usableFromInline let end: Int

  @usableFromInline
  init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }

  static func scratch(_ start: Int, _ end: Int) -> FieldSlice {
    FieldSlice(start: ~start, end: ~end)
  }
}
