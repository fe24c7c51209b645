import CSV
import TestSupport

extension Array<UInt8> {
  /// Splits the array into pieces of random length, some of them empty.
  func randomChunks(longest: Int, using generator: inout SeededGenerator) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var i = 0
    while i < count {
      let end = Swift.min(count, i + Int.random(in: 0...longest, using: &generator))
      chunks.append(Array(self[i..<end]))
      i = end
    }
    return chunks
  }
}

/// The result of reading a file with the splitter and the parser.
struct Reading {
  var header: CSVPart?
  var parts: [CSVPart] = []
  var records: [ReferenceReader.Record] = []
  var flags: [CSVRecordFlags] = []
  var rows: [Int] = []

  init(
    chunks: [[UInt8]], _ dialect: CSVDialect = .standard, hasHeader: Bool = false,
    limits: CSVLimits = CSVLimits()
  ) throws(CSVError) {
    var splitter = CSVSplitter(dialect: dialect, hasHeader: hasHeader, limits: limits)
    for chunk in chunks { parts += try splitter.feed(chunk) }
    if let last = try splitter.finish() { parts.append(last) }
    header = splitter.header
    for part in parts {
      var parser = CSVParser(part, dialect: dialect)
      while parser.next() {
        records.append(
          ReferenceReader.Record(
            line: parser.line,
            values: (0..<min(parser.fieldCount, 1000)).map { parser.withField($0) { Array($0) } },
            isBlank: parser.flags.contains(.blankLine)))
        flags.append(parser.flags)
        rows.append(parser.row)
      }
    }
  }

  init(
    _ text: String, _ dialect: CSVDialect = .standard, hasHeader: Bool = false,
    limits: CSVLimits = CSVLimits()
  ) throws(CSVError) {
    try self.init(chunks: [Array(text.utf8)], dialect, hasHeader: hasHeader, limits: limits)
  }

  var values: [[String]] {
    records.map { $0.values.map { String(decoding: $0, as: UTF8.self) } }
  }
}

extension CSVParser {
  /// Returns the value as text without spaces at either end.
  func trimmedField(_ index: Int) -> String {
    withTrimmedField(index) { String(decoding: $0, as: UTF8.self) }
  }
}
