import CSV
import TestSupport
import Testing

@testable import Exports

@Suite("From COPY's CSV to RFC 4180 (EXP-11, EXP-12)") struct CSVRowEncoderTests {
  static let columns = ExportColumns([
    ExportColumn("id", .number, "id"), ExportColumn("firstname", .text, "firstname"),
    ExportColumn("points", .number, "points"), ExportColumn("tags", .list, "tags"),
  ])

  static func encode(
    _ copy: String, _ columns: ExportColumns = columns, raw: Bool = false
  ) throws -> (text: String, encoder: CSVRowEncoder) {
    var encoder = CSVRowEncoder(columns, neutralises: !raw, byteOrderMark: false)
    var output: [UInt8] = []
    var copy = copy
    try copy.withUTF8 { try encoder.encode(UnsafeRawBufferPointer($0), into: &output) }
    return (String(decoding: output, as: UTF8.self), encoder)
  }

  @Test func theHeadingComesOnceWithAByteOrderMarkOnRequest() {
    var encoder = CSVRowEncoder(Self.columns, neutralises: true, byteOrderMark: true)
    var output: [UInt8] = []
    encoder.begin(into: &output)
    #expect(Array(output.prefix(3)) == [0xEF, 0xBB, 0xBF])
    #expect(String(decoding: output.dropFirst(3), as: UTF8.self) == "id,firstname,points,tags\r\n")
  }

  @Test func rowsEndWithCarriageReturnAndLineFeed() throws {
    let (text, encoder) = try Self.encode("1,Ada,5,a|b\n2,,0,\n")
    #expect(text == "1,Ada,5,a|b\r\n2,,0,\r\n")
    #expect(encoder.rows == 2)
    #expect(encoder.neutralised == 0)
  }

  @Test("A line end, quote or delimiter inside quotes stays as it is")
  func quoted() throws {
    let (text, encoder) = try Self.encode("1,\"two\nlines, \"\"so\"\"\",5,\n")
    #expect(text == "1,\"two\nlines, \"\"so\"\"\",5,\r\n")
    #expect(encoder.rows == 1)
  }

  @Test(
    "EXP-12: formulas get an apostrophe, numbers do not",
    arguments: [
      ("1,=1+1,-5,@x\n", "1,'=1+1,-5,'@x\r\n", 2),
      ("-1,+49 30,5,-tag\n", "-1,'+49 30,5,'-tag\r\n", 2),
      ("1,\t=1,5,\n", "1,'\t=1,5,\r\n", 1),
      ("1,\"=A1,\"\"x\"\"\",5,\n", "1,\"'=A1,\"\"x\"\"\",5,\r\n", 1),
      ("1,\"\r=1\",5,\n", "1,\"'\r=1\",5,\r\n", 1),
      ("1,a=1,5,\"\"\n", "1,a=1,5,\"\"\r\n", 0),
    ])
  func formulas(_ copy: String, _ expected: String, _ count: Int64) throws {
    let (text, encoder) = try Self.encode(copy)
    #expect(text == expected)
    #expect(encoder.neutralised == count)
    // `raw` leaves them unchanged, for another import (EXP-10).
    let plain = try Self.encode(copy, raw: true)
    #expect(plain.text == copy.dropLast() + "\r\n")
    #expect(plain.encoder.neutralised == 0)
  }

  @Test(
    "EXP-10: texts like the marks of an import are told apart from them, with raw too",
    arguments: [
      ("1,NULL,5,NULL\n", "1,\"NULL\",5,\"NULL\"\r\n"), ("1,\"NULL\",5,\n", "1,\"NULL\",5,\r\n"),
      ("1,NULLS,5,null\n", "1,NULLS,5,null\r\n"), ("1,'=1,5,''@x\n", "1,''=1,5,'''@x\r\n"),
      ("1,\"'=1,2\",5,'\n", "1,\"''=1,2\",5,'\r\n"), ("1,'a,5,'\n", "1,'a,5,'\r\n"),
    ])
  func marks(_ copy: String, _ expected: String) throws {
    for raw in [true, false] {
      let (text, encoder) = try Self.encode(copy, raw: raw)
      #expect(text == expected)
      #expect(encoder.neutralised == 0)
    }
  }

  @Test("EXP-11: another delimiter, in the heading too")
  func delimiters() throws {
    for delimiter in [UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")] {
      let mark = String(UnicodeScalar(delimiter))
      var encoder = CSVRowEncoder(
        Self.columns, neutralises: true, byteOrderMark: false,
        dialect: try CSVDialect(delimiter: delimiter))
      var output: [UInt8] = []
      encoder.begin(into: &output)
      var copy = ["1", "=a,b", "-5", "NULL"].joined(separator: mark) + "\n"
      try copy.withUTF8 { try encoder.encode(UnsafeRawBufferPointer($0), into: &output) }
      #expect(
        String(decoding: output, as: UTF8.self)
          == ["id", "firstname", "points", "tags"].joined(separator: mark) + "\r\n"
          + ["1", "'=a,b", "-5", "\"NULL\""].joined(separator: mark) + "\r\n")
    }
  }

  @Test func aRowOfOneMissingValueIsNotABlankLine() throws {
    let one = ExportColumns([ExportColumn("email", .text, "email")])
    #expect(try Self.encode("\na@b.c\n\n", one).text == "\"\"\r\na@b.c\r\n\"\"\r\n")
  }

  @Test(
    "Output that COPY never writes is refused",
    arguments: ["1,Ada,5", "1,Ada\n", "1,Ada,5,a,b\n", "1,\"Ada,5,a\n", "\"", ","])
  func malformed(_ copy: String) {
    #expect(throws: MalformedCopy.self) { try Self.encode(copy) }
  }

  @Test("Random values read back unchanged, or with an apostrophe")
  func property() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let pieces = ["=", "+", "-", "@", "\t", "\r", "\n", "\"", ",", "'", "a", "ß", "燕", " ", "1"]
    for _ in 0..<2_000 {
      var copy = ""
      var values: [[String]] = []
      for row in 0..<Int.random(in: 1...4, using: &random) {
        var record = ["\(row)"]
        for _ in 0..<3 {
          let length = Int.random(in: 0...5, using: &random)
          record.append(
            (0..<length).map { _ in pieces.randomElement(using: &random) ?? "" }.joined())
        }
        record[2] = "-\(row)"
        copy += record.map(Self.quoted).joined(separator: ",") + "\n"
        values.append(record)
      }
      let (text, encoder) = try Self.encode(copy)
      var parser = CSVParser(Array(text.utf8), dialect: .standard)
      var read: [[String]] = []
      while parser.next() { read.append(parser.values) }
      var count: Int64 = 0
      let expected = values.map { record in
        record.enumerated().map { index, value in
          guard index == 1 || index == 3,
            let sign = value.utf8.first(where: { $0 != UInt8(ascii: "'") }),
            Formula.begins(with: sign)
          else { return value }
          if value.utf8.first == sign { count += 1 }
          return "'" + value
        }
      }
      #expect(read == expected, "seed \(seed): \(copy.debugDescription)")
      #expect(encoder.neutralised == count, "seed \(seed)")
    }
  }

  /// Quotes a value like COPY.
  private static func quoted(_ value: String) -> String {
    value.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
      ? "\"" + value.replacing("\"", with: "\"\"") + "\"" : value
  }

  @Test("Any bytes are read or refused")
  func fuzz() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("\"\",,\n\n=a\r\\tN".utf8) + [0xFF]
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      var output: [UInt8] = []
      bytes.withUnsafeBytes { bytes in
        var csv = CSVRowEncoder(Self.columns, neutralises: true, byteOrderMark: false)
        var json = JSONRowEncoder(Self.columns)
        for encode in [
          { try csv.encode(bytes, into: &output) }, { try json.encode(bytes, into: &output) },
        ] as [() throws -> Void] {
          do {
            try encode()
          } catch {
            #expect(error is MalformedCopy, "seed \(seed)")
          }
        }
      }
    }
  }
}
