import CSV
import Testing

@Suite struct ParserTests {
  @Test func aQuotedValueHoldsDelimitersQuotesAndLineEnds() throws {
    let reading = try Reading("a,\"b, \"\"c\"\"\r\nd\",e\n1,2,3\n")
    #expect(reading.values == [["a", "b, \"c\"\r\nd", "e"], ["1", "2", "3"]])
    // The second record starts after two line ends, one of them inside quotes.
    #expect(reading.records.map(\.line) == [1, 3])
    #expect(reading.rows == [1, 2])
    #expect(reading.flags == [[], []])
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func everyKindOfLineEndEndsARecord(_ end: String) throws {
    let reading = try Reading("a,b\(end)c,d\(end)\(end)e,f\(end)")
    #expect(reading.values == [["a", "b"], ["c", "d"], [""], ["e", "f"]])
    #expect(reading.records.map(\.isBlank) == [false, false, true, false])
    #expect(reading.records.map(\.line) == [1, 2, 3, 4])
  }

  @Test func aFinalLineEndMakesNoRowAndMayBeMissing() throws {
    #expect(try Reading("a\nb\n").values == [["a"], ["b"]])
    #expect(try Reading("a\nb").values == [["a"], ["b"]])
    #expect(try Reading("a\nb\n\n").values == [["a"], ["b"], [""]])
    #expect(try Reading("").values == [])
    #expect(try Reading("a,").values == [["a", ""]])
  }

  @Test func emptyQuotesAreAValueAndNoBlankLine() throws {
    let reading = try Reading("\"\"\n,\n  \n")
    #expect(reading.values == [[""], ["", ""], ["  "]])
    #expect(reading.records.map(\.isBlank) == [false, false, false])
    var parser = CSVParser(Array("\"\"\n,\n \t \n0\n\n".utf8), dialect: .standard)
    var empty: [Bool] = []
    while parser.next() { empty.append(parser.isEmpty) }
    #expect(empty == [true, true, true, false, true])
  }

  @Test func aQuoteInsideAnUnquotedValueIsLiteral() throws {
    let reading = try Reading("5\" pipe,6\"\",x\"y\"\n7,8,9\n")
    #expect(reading.values == [["5\" pipe", "6\"\"", "x\"y\""], ["7", "8", "9"]])
    #expect(reading.flags == [[], []])
  }

  @Test func textAfterAClosingQuoteBelongsToTheValue() throws {
    let reading = try Reading("\"a\"b\"c\",d\n\"e\" ,f\n")
    #expect(reading.values == [["ab\"c\"", "d"], ["e ", "f"]])
    #expect(reading.flags == [.strayText, []])
  }

  @Test func spacesBeforeAQuoteAreNoText() throws {
    #expect(try Reading("a, \"b, c\",\t\"d\"\n").values == [["a", "b, c", "d"]])
    // A tab that is the delimiter is not trimmed as a space.
    let tabs = try CSVDialect(delimiter: "\t")
    #expect(try Reading("a\t \"b\tc\"\t\t\n", tabs).values == [["a", "b\tc", "", ""]])
  }

  @Test func theEscapeTakesItsMeaningFromQuoteAndEscapeOnly() throws {
    let dialect = try CSVDialect(delimiter: ",", escape: "\\")
    let reading = try Reading(#""a\"b\\","c\d",e\,"\\\"""# + "\n", dialect)
    #expect(reading.values == [[#"a"b\"#, #"c\d"#, #"e\"#, #"\""#]])
    // Without an escape a backslash is an ordinary character.
    #expect(try Reading(#""C:\",x"#).values == [[#"C:\"#, "x"]])
  }

  @Test func invalidBytesAndNulAreTheFaultOfTheirRecordOnly() throws {
    var bytes = Array("é,1\nb,2\nc,3\nd,4\n".utf8)
    bytes[5] = 0xE9
    bytes[9] = 0
    let reading = try Reading(chunks: [bytes])
    #expect(reading.flags == [[], .invalidEncoding, .nul, []])
    #expect(reading.records[1].values[0] == [0xE9])
  }

  @Test func valuesBeyondTheMaximumAreCountedAndDropped() {
    var parser = CSVParser(Array("a,b,c,d\ne\n".utf8), dialect: .standard, maximumFields: 2)
    #expect(parser.next() == true)
    #expect(parser.fieldCount == 4)
    #expect(parser.flags == .tooManyFields)
    #expect(parser.values == ["a", "b"])
    #expect(parser.field(3) == "")
    #expect(parser.next() == true)
    #expect(parser.flags == [])
    #expect(parser.values == ["e"])
    // A missing value counts as empty.
    #expect(parser.field(1) == "")
    #expect(parser.next() == false)
  }

  @Test(
    "Surplus values count only if they are not blank",
    arguments: [
      ("a,b,", true), ("a,b,,,", true), ("a,b, \u{A0},\" \"", true), ("a,b,\"\"", true),
      ("a,b,,c", false),
      (",,c", false), ("a,b,\"x\"\"y\"", false),
    ])
  func surplusValues(text: String, isFine: Bool) {
    var parser = CSVParser(Array(text.utf8), dialect: .standard, maximumFields: 2)
    #expect(parser.next() == true)
    #expect(parser.flags.isEmpty == isFine)
    #expect(!parser.isEmpty)
  }

  @Test func trimmingTakesBlanksFromBothEnds() {
    var parser = CSVParser(Array(" a b \t,\" c\n\",   \n".utf8), dialect: .standard)
    #expect(parser.next() == true)
    #expect((0..<3).map { parser.trimmedField($0) } == ["a b", "c", ""])
    #expect(parser.field(1) == " c\n")
    var blanks = CSVParser(
      Array("\u{A0}a\u{3000}b\u{200B},\u{FEFF}\n\u{A0},\u{200E}".utf8), dialect: .standard)
    #expect(blanks.next() == true)
    #expect((0..<2).map { blanks.trimmedField($0) } == ["a\u{3000}b", ""])
    #expect(blanks.next() == true && blanks.isEmpty)
  }

  @Test func theRawRecordIsAsItStandsInTheFile() {
    var parser = CSVParser(
      Array("a, \"b\"\"\r\n\" \r\nc".utf8), dialect: .standard, firstRow: 7, firstLine: 9)
    #expect(parser.next() == true)
    #expect(String(decoding: parser.rawRecord, as: UTF8.self) == "a, \"b\"\"\r\n\" ")
    #expect((parser.row, parser.line) == (7, 9))
    #expect(parser.next() == true)
    #expect(String(decoding: parser.rawRecord, as: UTF8.self) == "c")
    #expect((parser.row, parser.line) == (8, 11))
  }

  @Test func bytesThatEndInsideQuotesAreReadToTheirEnd() {
    var parser = CSVParser(Array("a,\"b\nc".utf8), dialect: .standard)
    #expect(parser.next() == true)
    #expect(parser.values == ["a", "b\nc"])
    #expect(parser.flags == .unclosedQuote)
    #expect(parser.next() == false)
  }
}
