/// How a file is to be read.
public struct CSVFormat: Sendable, Hashable, Codable {
  /// The encoding of its bytes.
  public let encoding: TextEncoding
  /// Its delimiter, quote and escape.
  public let dialect: CSVDialect
  /// Whether its first record names the columns.
  public let hasHeader: Bool

  /// A format that is known.
  public init(encoding: TextEncoding, dialect: CSVDialect, hasHeader: Bool) {
    self.encoding = encoding
    self.dialect = dialect
    self.hasHeader = hasHeader
  }
}

/// Tells from the beginning of a file how it is to be read; whatever the caller gives is not
/// guessed.
public struct Sniffer: Sendable, Hashable {
  /// Whether a character inside quotes takes the meaning from a quote after it.
  public enum Escape: Sendable, Hashable {
    /// A backslash, if the sample makes sense only so; else none.
    case detect
    /// None.
    case none
    /// This one.
    case exactly(UInt8)
  }

  /// How much of a file it wants to see: the first MiB.
  public static let sampleBytes = 1 << 20

  /// The encoding that the request names; UTF-8 when it names none (IMP-02).
  public var encoding: RequestedEncoding = .exactly(.utf8)
  /// The delimiter; nil: one of comma, semicolon, tab and `|`.
  public var delimiter: UInt8?
  /// The quote; nil: `"`, or `'` if most values stand in it.
  public var quote: UInt8?
  /// The escape.
  public var escape: Escape = .detect
  /// Whether the first record is a header; nil: if it looks like one.
  public var hasHeader: Bool?
  /// More columns than this are refused.
  public var maximumColumns = 500

  /// A sniffer that guesses all but the encoding.
  public init() {}

  /// Looks at the first bytes of a file, at most ``sampleBytes``, as they were sent; `isWhole` says
  /// that there are no more.
  ///
  /// - Returns: the format and the names of the columns.
  /// - Throws: ``CSVError``: an empty file, a binary one, the wrong encoding, no header, too many
  ///   columns, marks that cannot go together.
  public func sniff(
    _ sample: UnsafeRawBufferPointer, isWhole: Bool
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader) {
    let detected = try EncodingDetection.detect(
      in: sample, isWhole: isWhole, requested: encoding)
    var transcoder = Transcoder(from: detected.encoding)
    var text: [UInt8] = []
    transcoder.transcode(sample, into: &text)
    if isWhole { transcoder.finish(into: &text) }
    if text.withUnsafeBytes({ BinaryKind.isBinary($0) }) { throw .binary(.unknown) }
    guard text.contains(where: { !Byte.isSpace($0) || $0 == delimiter }) else { throw .empty }

    let dialect = try DialectGuess(self, text: text, isWhole: isWhole).best()
    let records = Self.records(text, dialect, isWhole: isWhole, maximumColumns: maximumColumns)
    guard let first = records.first else { throw .empty }
    guard first.values.count <= maximumColumns else {
      throw .tooManyColumns(line: first.line, limit: maximumColumns)
    }
    let isHeader =
      hasHeader
      ?? HeaderGuess.isHeader(first.values, before: records.dropFirst().map(\.values))
    let header =
      isHeader ? CSVHeader(names: first.values) : CSVHeader(unnamedColumns: first.values.count)
    guard header.isUsable else { throw .noHeader }
    let format = CSVFormat(
      encoding: detected.encoding, dialect: dialect, hasHeader: isHeader)
    return (format, header)
  }

  /// ``sniff(_:isWhole:)-(UnsafeRawBufferPointer,_)`` for an array.
  public func sniff(
    _ sample: [UInt8], isWhole: Bool
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader) {
    try sample.withBytes { bytes throws(CSVError) in try sniff(bytes, isWhole: isWhole) }
  }

  /// The first records that are no blank lines.
  private static func records(
    _ text: [UInt8], _ dialect: CSVDialect, isWhole: Bool, maximumColumns: Int
  ) -> [(line: Int, values: [String])] {
    var parser = CSVParser(text, dialect: dialect, maximumFields: maximumColumns + 1)
    var records: [(line: Int, values: [String])] = []
    while records.count < 100, parser.next() {
      if parser.flags.contains(.blankLine) { continue }
      records.append((parser.line, parser.values))
    }
    return records
  }
}
