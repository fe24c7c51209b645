import CSV
import TestSupport
import Testing

@Suite struct WriterTests {
  func written(_ records: [[String]], by writer: CSVWriter = CSVWriter()) -> String {
    var writer = writer
    for record in records { writer.write(record) }
    return String(decoding: writer.take(), as: UTF8.self)
  }

  @Test func onlyWhatNeedsQuotesGetsThem() {
    let record = ["plain", "a,b", "say \"hi\"", "two\nlines", " led by a space", "", "back\\slash"]
    #expect(
      written([record])
        == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" led by a space\",,back\\slash\n")
  }

  @Test func everyValueGetsQuotesWhenAsked() {
    #expect(written([["a", ""], ["b"]], by: CSVWriter(quoting: .always)) == "\"a\",\"\"\n\"b\"\n")
  }

  @Test func aRecordOfOneEmptyValueIsNoBlankLine() {
    #expect(written([[""], ["", ""], ["x"]]) == "\"\"\n,\nx\n")
  }

  @Test func theLineEndIsChosen() {
    #expect(written([["a"], ["b"]], by: CSVWriter(lineEnd: .crlf)) == "a\r\nb\r\n")
  }

  @Test func formulasAreDisarmedWhenAsked() {
    let records = [["=1+1", "+49", "-5", "@x", "\tx", "\rx", "a=b", ""]]
    #expect(
      written(records, by: CSVWriter(neutralisesFormulas: true))
        == "'=1+1,'+49,'-5,'@x,\"'\tx\",\"'\rx\",a=b,\n")
    #expect(written(records).hasPrefix("=1+1,+49"))
  }

  @Test func aFileForExcelBeginsWithTheMark() {
    var writer = CSVWriter()
    writer.writeByteOrderMark()
    writer.write(["é"])
    #expect(writer.count == 6)
    #expect(writer.take() == [0xEF, 0xBB, 0xBF, 0xC3, 0xA9, 0x0A])
    #expect(writer.count == 0)
  }

  static let nasty = [
    "", " ", "a", "\"", "\"\"", ",", ";", "\\", "\\\"", "\n", "\r", "\r\n", "\t", "é", "王", "🙂",
    "'", "=", "x y", "\u{FEFF}", "long enough for more than one word",
  ]

  @Test(arguments: 0..<40)
  func whatIsWrittenIsReadBack(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let dialect = try CSVDialect(
      delimiter: [",", ";", "\t", "|"].randomElement(using: &generator) ?? ",",
      quote: ["\"", "'"].randomElement(using: &generator) ?? "\"",
      escape: round % 2 == 0 ? nil : "\\")
    let records = (0..<40).map { _ in
      (0..<Int.random(in: 1...8, using: &generator)).map { _ in
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          Self.nasty.randomElement(using: &generator) ?? ""
        }.joined()
      }
    }
    for quoting in [CSVWriter.Quoting.minimal, .always] {
      for lineEnd in [CSVWriter.LineEnd.lf, .crlf] {
        let text = written(
          records, by: CSVWriter(dialect: dialect, quoting: quoting, lineEnd: lineEnd))
        let chunks = Array(text.utf8).randomChunks(longest: 20, using: &generator)
        let reading = try Reading(chunks: chunks, dialect, limits: CSVLimits(partBytes: 100))
        #expect(reading.values == records, "seed \(seed) dialect \(dialect) text \(text)")
        #expect(reading.flags.allSatisfy { $0.isEmpty }, "seed \(seed)")
      }
    }
  }
}
