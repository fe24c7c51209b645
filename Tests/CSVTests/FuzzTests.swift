import CSV
import TestSupport
import Testing

/// Whatever the input, nothing traps, everything terminates, and no row is lost.
@Suite struct FuzzTests {
  static let pieces: [[UInt8]] =
    [
      "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", "\\", "\\\"", " ", "'", "a", "email",
      "1,5", "é", "\u{FEFF}", "sep=;\n", "x@example.com",
    ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0x80], [0xFF, 0xFE], [0x61, 0x00], [0xD8]]

  @Test(arguments: 0..<50)
  func anyBytesAreTakenOrRefused(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...120, using: &generator) {
        if round % 2 == 0 {
          bytes += Self.pieces.randomElement(using: &generator) ?? []
        } else {
          bytes.append(UInt8.random(in: 0...255, using: &generator))
        }
      }
      var sniffer = Sniffer()
      sniffer.encoding =
        [
          .detect, .utf16, .exactly(.utf8), .exactly(.utf16le), .exactly(.utf16be),
          .exactly(.windows1252), .exactly(.latin1),
        ].randomElement(using: &generator) ?? .detect
      sniffer.hasHeader = [nil, true, false].randomElement(using: &generator) ?? nil
      let limits = CSVLimits(
        partBytes: Int.random(in: 1...50, using: &generator),
        partRecords: Int.random(in: 1...9, using: &generator),
        recordBytes: Int.random(in: 16...100, using: &generator),
        columns: Int.random(in: 1...20, using: &generator))
      try check(bytes, sniffer, limits, "seed \(seed) bytes \(bytes)", &generator)
    }
  }

  private func check(
    _ bytes: [UInt8], _ sniffer: Sniffer, _ limits: CSVLimits, _ comment: Comment,
    _ generator: inout SeededGenerator
  ) throws {
    var intake = CSVIntake(sniffer, limits: limits)
    var parts: [CSVPart] = []
    do throws(CSVError) {
      for chunk in bytes.randomChunks(longest: 40, using: &generator) {
        parts += try intake.feed(chunk)
      }
      parts += try intake.finish()
    } catch {
      #expect(!error.description.isEmpty)
      #expect((error.line ?? 1) >= 1, comment)
    }
    guard let dialect = intake.format?.dialect else { return }
    var row = 0
    var line = 0
    for part in parts {
      #expect(part.firstRow == row + 1, comment)
      var parser = CSVParser(part, dialect: dialect, maximumFields: limits.columns)
      var count = 0
      while parser.next() {
        count += 1
        row += 1
        #expect(parser.row == row, comment)
        #expect(parser.line > line, comment)
        line = parser.line
        #expect(!parser.flags.contains(.unclosedQuote), comment)
        #expect(parser.rawRecord.count <= limits.recordBytes, comment)
        for index in 0..<parser.fieldCount { _ = parser.trimmedField(index) }
      }
      #expect(count == part.recordCount, comment)
    }
  }

  /// A file that exceeds a limit does so however it is chunked.
  @Test(arguments: 0..<20)
  func limitsDoNotDependOnChunks(round: Int) {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("aaaaaaaaaa,\"\r\n".utf8)
    for _ in 0..<100 {
      let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      let limits = CSVLimits(
        partBytes: 40, recordBytes: Int.random(in: 16...60, using: &generator))
      func outcome(_ chunks: [[UInt8]]) -> Result<[CSVPart], CSVError> {
        Result { () throws(CSVError) in
          try Reading(chunks: chunks, hasHeader: round % 2 == 0, limits: limits).parts
        }
      }
      let whole = outcome([bytes])
      let pieces = outcome(bytes.randomChunks(longest: 13, using: &generator))
      let single = outcome(bytes.map { [$0] })
      #expect(whole == pieces && whole == single, "seed \(seed) bytes \(bytes)")
    }
  }
}
