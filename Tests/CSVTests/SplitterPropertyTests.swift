import CSV
import TestSupport
import Testing

/// However a file is chunked and split, its records equal those of a plain reader.
@Suite struct SplitterPropertyTests {
  static let alphabets: [[UInt8]] = [
    Array("a,\"\n".utf8), Array("ab,\"\r\n \t".utf8), Array("a,;\"\\\r\n é".utf8),
    Array("abcdefghijklmnopq,\"\"\n".utf8), Array("\"\"\",\n".utf8),
    Array("aaaaaaaaaaaa,\r\n".utf8), Array("         ,\"a\n".utf8),
    Array("\\\\\"\"aaaaaa,\n".utf8),
  ]

  @Test(arguments: 0..<60)
  func partsHoldTheRecordsOfTheFile(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let escape: UInt8? = Bool.random(using: &generator) ? UInt8(ascii: "\\") : nil
    let dialect = try CSVDialect(
      delimiter: UInt8(ascii: round % 5 == 0 ? ";" : ","), escape: escape)
    let alphabet = Self.alphabets[round % Self.alphabets.count]
    for _ in 0..<60 {
      let length = Int.random(in: 0...200, using: &generator)
      let bytes = (0..<length).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      let limits = CSVLimits(
        partBytes: Int.random(in: 1...64, using: &generator),
        partRecords: Int.random(in: 1...20, using: &generator))
      let expected = ReferenceReader(bytes, dialect)
      let comment = Comment(
        rawValue: "seed \(seed), bytes \(bytes), text \(String(decoding: bytes, as: UTF8.self))")
      let whole = Result { () throws(CSVError) in
        try Reading(chunks: [bytes], dialect, limits: limits)
      }
      let pieces = bytes.randomChunks(
        longest: Int.random(in: 1...30, using: &generator), using: &generator)
      let chunked = Result { () throws(CSVError) in
        try Reading(chunks: pieces, dialect, limits: limits)
      }
      if let line = expected.openQuoteLine {
        for result in [whole, chunked] {
          #expect(throws: CSVError.unbalancedQuote(line: line), comment) { try result.get() }
        }
        continue
      }
      let (one, many) = (try whole.get(), try chunked.get())
      #expect(one.records == expected.records, comment)
      #expect(one.parts == many.parts, comment)
      #expect(one.parts.flatMap(\.bytes) == bytes, comment)
      #expect(one.parts.map(\.index) == Array(0..<one.parts.count), comment)
      #expect(one.parts.reduce(0) { $0 + $1.recordCount } == expected.records.count, comment)
      #expect(one.rows == Array(1...expected.records.count + 1).dropLast(), comment)
      for part in one.parts.dropLast() {
        #expect(
          part.bytes.count >= limits.partBytes || part.recordCount == limits.partRecords, comment)
      }
    }
  }
}
