import Primitives

/// The format of a file.
package struct CSVFormat: Sendable, Hashable, Codable {
  /// The encoding of its bytes.
  package let encoding: TextEncoding
  /// Its delimiter, quote and escape.
  package let dialect: CSVDialect
  /// Whether its first record names the columns.
  package let hasHeader: Bool

  /// Creates a known format.
  package init(encoding: TextEncoding, dialect: CSVDialect, hasHeader: Bool) {
    self.encoding = encoding
    self.dialect = dialect
    self.hasHeader = hasHeader
  }
}

/// Detects the format of a file from its beginning; properties given by the caller are not
/// guessed.
package struct Sniffer: Sendable, Hashable {
  /// The rule for escaping quotes inside quotes.
  package enum Escape: Sendable, Hashable {
    /// A backslash if the sample only makes sense with it; else none.
    case detect
    case none
    case exactly(UInt8)
  }

  /// The size of the sample: the first MiB.
  package static let sampleBytes = 1 << 20

  /// The encoding given by the request; UTF-8 by default (IMP-02).
  package var encoding: RequestedEncoding = .exactly(.utf8)
  /// The delimiter; nil to detect comma, semicolon, tab or `|`.
  package var delimiter: UInt8?
  /// The quote; nil for `"`, or `'` if most values are quoted with it.
  package var quote: UInt8?
  package var escape: Escape = .detect
  /// Whether the first record is a header; nil to detect it.
  package var hasHeader: Bool?
  /// The physical line on which the table begins; what comes before it is passed over. Nil to look for it.
  package var firstLine: Int?
  /// The maximum number of columns.
  package var maximumColumns = CSVLimits.maximumColumns

  /// Creates a sniffer that detects everything but the encoding.
  package init() {}

  /// Inspects the first bytes of a file, at most ``sampleBytes``, as they were sent; `isWhole` says
  /// that they are the whole file.
  ///
  /// - Returns: The format, the names of the columns, and where the table begins.
  /// - Throws: ``CSVError``: an empty file, a binary one, the wrong encoding, no header, too many
  ///   columns, too few lines, conflicting special characters.
  package func sniff(
    _ sample: UnsafeRawBufferPointer, isWhole: Bool
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader, start: TableStart) {
    let detected = try EncodingDetection.detect(
      in: sample, isWhole: isWhole, requested: encoding)
    var transcoder = Transcoder(from: detected.encoding)
    var text: [UInt8] = []
    transcoder.transcode(sample, into: &text)
    if isWhole { transcoder.finish(into: &text) }
    if text.withUnsafeBytes({ BinaryKind.isBinary($0) }) { throw .binary(.unknown) }
    guard hasText(text) else { throw isWhole ? .empty : .noHeader }
    if let kind = BinaryKind.document(text) { throw .binary(kind) }

    let start = try start(of: text)
    var known = self
    known.delimiter = delimiter ?? start.delimiter
    text.removeFirst(start.bytes)
    guard hasText(text) else { throw .noHeader }
    let dialect = try DialectGuess(known, text: text, isWhole: isWhole).best()
    let records = try records(text, dialect, line: start.line, isWhole: isWhole)
    guard let first = records.first else { throw .noHeader }
    let isHeader =
      hasHeader ?? HeaderGuess.isHeader(first, before: records.dropFirst())
    var header =
      isHeader
      ? CSVHeader(names: first)
      : CSVHeader(unnamedColumns: records.map(\.count).max() ?? first.count)
    header.emptyColumns = CSVHeader.emptyColumns(
      of: header.names.count, in: isHeader ? records.dropFirst() : records[...])
    let format = CSVFormat(encoding: detected.encoding, dialect: dialect, hasHeader: isHeader)
    return (format, header, start)
  }

  /// Returns where the table begins: on the line that is given, or below the lines of a title.
  private func start(of text: [UInt8]) throws(CSVError) -> TableStart {
    if let firstLine { return try TableStart(text, firstLine: firstLine) }
    let start = try TableStart(text, firstLine: 1)
    guard hasHeader != false,
      let lines = TitleLines.count(in: text[start.bytes...], delimiter ?? start.delimiter)
    else { return start }
    var below = try TableStart(text, firstLine: start.line + lines)
    below.isBelowTitle = true
    return below
  }

  /// Calls ``sniff(_:isWhole:)-(UnsafeRawBufferPointer,_)`` with an array.
  package func sniff(
    _ sample: [UInt8], isWhole: Bool
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader, start: TableStart) {
    try sample.withBytes { bytes throws(CSVError) in try sniff(bytes, isWhole: isWhole) }
  }

  /// Whether there is more than blanks; a delimiter is more.
  private func hasText(_ text: [UInt8]) -> Bool {
    !text.withUnsafeBufferPointer { $0.trimmed().isEmpty }
      || delimiter.map { text.contains($0) } ?? false
  }

  /// Returns the values of the first records that are not empty.
  private func records(
    _ text: [UInt8], _ dialect: CSVDialect, line: Int, isWhole: Bool
  ) throws(CSVError) -> [[String]] {
    var parser = CSVParser(
      text, dialect: dialect, firstLine: line, maximumFields: maximumColumns)
    var records: [[String]] = []
    while records.count < 100, parser.next() {
      if parser.isEmpty { continue }
      if records.isEmpty {
        if parser.flags.contains(.tooManyFields) {
          throw .tooManyColumns(line: parser.line, limit: maximumColumns)
        }
        if !isWhole, parser.byteRange.upperBound == text.count {
          // The columns of a file must be known before its rows are read.
          throw .recordTooLong(
            line: parser.line, limit: Self.sampleBytes, openQuoteLine: parser.openQuoteLine)
        }
      }
      records.append(parser.values)
    }
    return records
  }
}
