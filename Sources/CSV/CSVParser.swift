import Primitives

/// Reads the records of one part, in order, by the rules of ``CSVSplitter``.
///
/// ```swift
/// var parser = CSVParser(part, dialect: .standard)
/// while parser.next() {
///   parser.withTrimmedField(0) { bytes in … }
/// }
/// ```
///
/// A value is a slice of the part's bytes, or of a scratch buffer if quotes had to be removed from
/// its middle; it is valid until the next call of ``next()``. Once its buffers have grown, the
/// parser allocates nothing per record.
package struct CSVParser: Sendable {
  /// The dialect of the part.
  package let dialect: CSVDialect
  /// The maximum number of values kept per record; more are counted and dropped.
  package let maximumFields: Int

  /// The number of the record, counted from the part's first row.
  package private(set) var row: Int
  /// The physical line on which the record starts.
  package private(set) var line: Int
  /// The number of values in the record, including dropped ones. A blank line has one, empty.
  package internal(set) var fieldCount = 0
  /// The peculiarities of the record.
  package internal(set) var flags: CSVRecordFlags = []
  /// The range of the record in ``bytes``, without its line end.
  package private(set) var byteRange = 0..<0

  /// The bytes being read.
  package let bytes: [UInt8]

  /// The line of the unclosed quote; nil if the record has none.
  var openQuoteLine: Int? {
    flags.contains(.unclosedQuote) ? openLine : nil
  }

  /// The number of quoted values in the record.
  var quotedFieldCount = 0
  @usableFromInline var fields: [FieldSlice]
  @usableFromInline var scratch: [UInt8] = []
  var position = 0
  /// The number of lines ended since the start of the record.
  var lineEnds = 0
  /// The line on which the current value opened its quote.
  var openLine = 0
  private var nextLine: Int
  private let hasFaultyText: Bool
  private let hasNul: Bool

  /// Creates a parser at the first record of a part.
  package init(_ part: CSVPart, dialect: CSVDialect, maximumFields: Int = CSVLimits.maximumColumns)
  {
    self.init(
      part.bytes, dialect: dialect, firstRow: part.firstRow, firstLine: part.firstLine,
      maximumFields: maximumFields)
  }

  /// Creates a parser at the first of some records in UTF-8.
  package init(
    _ bytes: [UInt8], dialect: CSVDialect, firstRow: Int = 1, firstLine: Int = 1,
    maximumFields: Int = CSVLimits.maximumColumns
  ) {
    self.bytes = bytes
    self.dialect = dialect
    self.maximumFields = max(1, maximumFields)
    row = firstRow - 1
    line = firstLine
    nextLine = firstLine
    fields = Array(repeating: FieldSlice(start: 0, end: 0), count: self.maximumFields)
    // Records end at ASCII characters, so if the whole is valid each record is. Single records are
    // only checked if something is wrong.
    (hasFaultyText, hasNul) = bytes.withUnsafeBytes {
      (UTF8Validation.firstFault(in: $0) != nil, $0.contains(Byte.nul))
    }
  }

  /// Reads the next record; returns false if there is none.
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

/// The range of a value's bytes: in the part, or with both ends complemented (so negative) in the
/// scratch buffer.
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

  /// Whether the value is empty or only blanks, given the bytes of the part and the scratch buffer.
  func isBlank(_ bytes: UnsafeRawBufferPointer, _ scratch: [UInt8]) -> Bool {
    if start == end { return true }
    func isBlank(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
      UnsafeRawBufferPointer(rebasing: bytes[range]).bindMemory(to: UInt8.self).trimmed().isEmpty
    }
    if start >= 0 { return isBlank(bytes, start..<end) }
    return scratch.withUnsafeBytes { isBlank($0, ~start..<(~end)) }
  }
}
