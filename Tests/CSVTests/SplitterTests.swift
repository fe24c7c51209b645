import CSV
import Testing

@Suite struct SplitterTests {
  @Test func theHeaderIsNoRowAndRowsCountFromOne() throws {
    let reading = try Reading("name,\"e\nmail\"\nA,a@x.org\nB,b@x.org\n", hasHeader: true)
    let header = try #require(reading.header)
    #expect(CSVHeader(header, dialect: .standard).names == ["name", "e\nmail"])
    #expect(header.firstLine == 1)
    #expect(reading.values == [["A", "a@x.org"], ["B", "b@x.org"]])
    #expect(reading.rows == [1, 2])
    #expect(reading.records.map(\.line) == [3, 4])
  }

  @Test func aHeaderAloneHasNoPart() throws {
    for text in ["name", "name\n", "name\r\n", "\n\nname\r"] {
      let reading = try Reading(text, hasHeader: true)
      #expect(reading.header != nil)
      #expect(reading.parts == [])
    }
  }

  @Test func blankLinesBeforeTheHeaderAreSkippedButCountAsLines() throws {
    let reading = try Reading("\r\n\nname\nA\n", hasHeader: true)
    #expect(reading.header?.firstLine == 3)
    #expect(reading.records.map(\.line) == [4])
  }

  @Test(arguments: ["", "\n", "\r\n\r\n"])
  func aFileWithoutAHeaderIsRefused(_ text: String) {
    #expect(throws: CSVError.noHeader) { try Reading(text, hasHeader: true) }
  }

  @Test func partsEndWithTheFirstRecordThatReachesTheTarget() throws {
    let reading = try Reading(
      "name\naaaa\r\n\"b\nb\"\r\n\r\ncc\r\ndd", hasHeader: true, limits: CSVLimits(partBytes: 10))
    #expect(
      reading.parts.map { String(decoding: $0.bytes, as: UTF8.self) } == [
        "aaaa\r\n\"b\nb\"\r\n", "\r\ncc\r\ndd",
      ])
    #expect(reading.parts.map(\.firstRow) == [1, 3])
    #expect(reading.parts.map(\.firstLine) == [2, 5])
    #expect(reading.parts.map(\.recordCount) == [2, 3])
  }

  @Test func partsAreBoundedInRecordsToo() throws {
    let reading = try Reading(
      String(repeating: "\n", count: 1000), limits: CSVLimits(partRecords: 300))
    #expect(reading.parts.map(\.recordCount) == [300, 300, 300, 100])
    #expect(reading.flags.allSatisfy { $0 == .blankLine })
  }

  @Test func aPartIsTheSameWhereverAChunkEndsInsideALineEnd() throws {
    let bytes = Array("h\r\na\r\nb\r\n".utf8)
    let limits = CSVLimits(partBytes: 1)
    let whole = try Reading(chunks: [bytes], hasHeader: true, limits: limits)
    #expect(whole.parts.map { Array($0.bytes) } == [Array("a\r\n".utf8), Array("b\r\n".utf8)])
    for cut in 0...bytes.count {
      let reading = try Reading(
        chunks: [Array(bytes[..<cut]), [], Array(bytes[cut...])], hasHeader: true, limits: limits)
      #expect(reading.parts == whole.parts)
      #expect(reading.header == whole.header)
    }
  }

  @Test func aQuoteThatIsNeverClosedIsRefusedWithItsLine() {
    #expect(throws: CSVError.unbalancedQuote(line: 3)) {
      try Reading("h\na\n\"b\nc\nd\n", hasHeader: true)
    }
    // A doubled quote in between is not the one that opened.
    #expect(throws: CSVError.unbalancedQuote(line: 2)) {
      try Reading("h\nx,\"b\n\"\"c\"\"\nd\n", hasHeader: true)
    }
    #expect(throws: CSVError.unbalancedQuote(line: 3)) {
      try Reading("h\n\"a\nb\",\"\nc", hasHeader: true, limits: CSVLimits(partBytes: 1))
    }
  }

  @Test func aRecordOverTheLimitIsRefusedWithItsLine() throws {
    let limits = CSVLimits(partBytes: 64, recordBytes: 100)
    let long = String(repeating: "x", count: 100)
    for end in ["\n", "\r\n", "\r", ""] {
      let reading = try Reading("h\na\n\(long)\(end)", hasHeader: true, limits: limits)
      #expect(reading.values == [["a"], [long]])
      let error = CSVError.recordTooLong(line: 3, limit: 100, openQuoteLine: nil)
      #expect(throws: error) {
        try Reading("h\na\n\(long)x\(end)b\n", hasHeader: true, limits: limits)
      }
    }
  }

  @Test func whereAQuoteSwallowedTheFileTheErrorNamesItsLine() {
    let rest = String(repeating: "b\n", count: 100)
    let error = CSVError.recordTooLong(line: 2, limit: 100, openQuoteLine: 3)
    #expect(throws: error) {
      try Reading("h\n\"a\n\",\"\(rest)", hasHeader: true, limits: CSVLimits(recordBytes: 100))
    }
    #expect(error.line == 3)
  }

  @Test func tooManyColumnsInTheHeaderAreRefusedButOnlyFlaggedInARow() throws {
    let wide = Array(repeating: "c", count: 1001).joined(separator: ",")
    #expect(throws: CSVError.tooManyColumns(line: 1, limit: 1000)) {
      try Reading("\(wide)\na\n", hasHeader: true)
    }
    let reading = try Reading("a\n\(wide)\nb\n", hasHeader: true)
    #expect(reading.flags == [.tooManyFields, []])
  }

  @Test func afterAnErrorEveryCallThrowsItAgain() {
    var splitter = CSVSplitter(dialect: .standard, limits: CSVLimits(recordBytes: 16))
    let error = CSVError.recordTooLong(line: 1, limit: 16, openQuoteLine: nil)
    #expect(throws: error) { try splitter.feed([UInt8](repeating: 0x61, count: 17)) }
    #expect(throws: error) { try splitter.feed([0x0A]) }
    #expect(throws: error) { try splitter.finish() }
  }

  @Test func linesCountFromWhereTheTableBegins() throws {
    var splitter = CSVSplitter(dialect: .standard, hasHeader: true, firstLine: 3)
    _ = try splitter.feed(Array("\r\n, ,\u{A0}\r\nname\r\nA\r\n".utf8))
    let part = try #require(try splitter.finish())
    #expect(splitter.header?.firstLine == 5)
    #expect((part.firstRow, part.firstLine, part.recordCount) == (1, 6, 1))
  }
}
