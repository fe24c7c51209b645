import CSV
import Foundation
import Testing

@Suite struct DialectTests {
  @Test func marksAreGivenAsSingleCharacters() throws {
    let dialect = try CSVDialect(delimiter: ";", quote: "'", escape: "\\")
    #expect(dialect.delimiter == 0x3B)
    #expect(dialect.quote == 0x27)
    #expect(dialect.escape == 0x5C)
    #expect(try CSVDialect(delimiter: "\\t").delimiter == 0x09)
    #expect(try CSVDialect(delimiter: "tab") == CSVDialect(delimiter: "\t"))
  }

  @Test(arguments: ["", ",,", "é", "\n", "\r", "\r\n", "\0", "\""])
  func aDelimiterThatCannotWorkIsRefused(_ delimiter: String) {
    #expect(throws: CSVError.self) { try CSVDialect(delimiter: delimiter) }
  }

  @Test(arguments: ["", "ab", " ", "\t", ",", "\n"])
  func aQuoteThatCannotWorkIsRefused(_ quote: String) {
    #expect(throws: CSVError.self) { try CSVDialect(delimiter: ",", quote: quote) }
  }

  @Test func anEscapeEqualToTheQuoteIsDoublingAndNoEscape() throws {
    #expect(try CSVDialect(delimiter: ",", escape: "\"") == .standard)
    #expect(throws: CSVError.self) { try CSVDialect(delimiter: ",", escape: ",") }
  }

  @Test func itIsStoredReadablyAndCheckedWhenReadBack() throws {
    let dialect = try CSVDialect(delimiter: "\t", escape: "\\")
    let data = try JSONEncoder().encode(dialect)
    #expect(try JSONDecoder().decode(CSVDialect.self, from: data) == dialect)
    let text = Data(#"{"delimiter":";","quote":"\""}"#.utf8)
    #expect(
      try JSONDecoder().decode(CSVDialect.self, from: text) == CSVDialect(delimiter: ";"))
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(
        CSVDialect.self, from: Data(#"{"delimiter":";","quote":";"}"#.utf8))
    }
  }
}
