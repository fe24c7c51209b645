/// The format of a file.
package struct CSVFormat: Sendable, Hashable, Codable {
  /// The encoding of its bytes.
  package let encoding: TextEncoding
  /// Its delimiter, quote and escape.
  package let dialect: CSVDialect
  /// Whether its first record names the columns.
  package let hasHeader: Bool
  /// The number of records at the start that are neither header nor rows: 1 for a line `sep=;`,
  /// which tells spreadsheets the delimiter.
  package let skippedRecords: Int

  /// Creates a known format.
  package init(
    encoding: TextEncoding, dialect: CSVDialect, hasHeader: Bool, skippedRecords: Int = 0
  ) {
    self.encoding = encoding
    self.dialect = dialect
    self.hasHeader = hasHeader
    self.skippedRecords = skippedRecords
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
  /// The maximum number of columns.
  package var maximumColumns = 500

  /// Creates a sniffer that detects everything but the encoding.
  package init() {}

  /// Inspects the first bytes of a file, at most ``sampleBytes``, as they were sent; `isWhole` says
  /// that they are the whole file.
  ///
  /// - Returns: The format and the names of the columns.
  /// - Throws: ``CSVError``: an empty file, a binary one, the wrong encoding, no header, too many
  ///   columns, conflicting special characters.
  package func sniff(
    _ sample: UnsafeRawBufferPointer, isWhole: Bool
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader) {
    let detected = try EncodingDetection.detect(
      in: sample, isWhole: isWhole, requested: encoding)
    var transcoder = Transcoder(from: detected.encoding)
    var text: [UInt8] = []
    transcoder.transcode(sample, into: &text)
    if isWhole { transcoder.finish(into: &text) }
    if text.withUnsafeBytes({ BinaryKind.isBinary($0) }) { throw .binary(.unknown) }
    guard text.contains(where: { !Byte.isSpace($0) || $0 == delimiter }) else {
      throw isWhole ? .empty : .noHeader
    }

    var known = self
    let announced = Self.announcedDelimiter(text)
    known.delimiter = delimiter ?? announced
    let skipped = announced == nil ? 0 : 1
    let dialect = try DialectGuess(known, text: text, skipping: skipped, isWhole: isWhole).best()
    let records = try records(text, dialect, skipping: skipped, isWhole: isWhole)
    guard let first = records.first else { throw .noHeader }
    let isHeader =
      hasHeader ?? HeaderGuess.isHeader(first, before: records.dropFirst())
    let header =
      isHeader ? CSVHeader(names: first) : CSVHeader(unnamedColumns: first.count)
    guard header.isUsable else { throw .noHeader }
    let format = CSVFormat(
      encoding: detected.encoding, dialect: dialect, hasHeader: isHeader, skippedRecords: skipped)
    return (format, header)
  }

  /// Calls ``sniff(_:isWhole:)-(UnsafeRawBufferPointer,_)`` with an array.
  package func sniff(
    _ sample: [UInt8], isWhole: Bool
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader) {
    try sample.withBytes { bytes throws(CSVError) in try sniff(bytes, isWhole: isWhole) }
  }

  /// Returns the delimiter that the first line declares for spreadsheets: `sep=;`.
  private static func announcedDelimiter(_ text: [UInt8]) -> UInt8? {
    let mark = Array("sep=".utf8)
    let line = text.prefix { $0 != Byte.lineFeed && $0 != Byte.carriageReturn }
    guard line.count == mark.count + 1, line.starts(with: mark), line.count < text.count,
      let mark = line.last, mark == Byte.tab || ",;|:^~".utf8.contains(mark)
    else { return nil }
    return mark
  }

  /// Returns the values of the first records that are not blank lines.
  private func records(
    _ text: [UInt8], _ dialect: CSVDialect, skipping: Int, isWhole: Bool
  ) throws(CSVError) -> [[String]] {
    var parser = CSVParser(text, dialect: dialect, maximumFields: maximumColumns + 1)
    var records: [[String]] = []
    for _ in 0..<skipping { _ = parser.next() }
    while records.count < 100, parser.next() {
      if parser.flags.contains(.blankLine) { continue }
      if records.isEmpty {
        if parser.fieldCount > maximumColumns {
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
