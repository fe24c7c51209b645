import Fields
import Foundation
import Postgres
import TestSupport
import Testing

/// The database accepts everything that the parser accepts, and reads it back as intended. A value
/// that the database rejects would fail a whole part of an import, so this is tested with arbitrary
/// input.
@Suite struct ParserFuzzTests {
  /// The pieces of generated texts: common and troublesome ones.
  private static let pieces = [
    "0", "1", "9", "12", "2024", "-", "/", ".", ":", " ", "T", "Z", "+", "e", "E", "00", "a", "Z",
    "ä", "小",
    "|", ",", "\"", "\\", "{", "}", "'", "<", ">", "<b>", "<script>", "&", "@", "x.test", "true",
    "no",
    "Germany", "Europe/Berlin", "de_DE", "free", "pro", "NULL", "\n", "\t", "\u{301}", "\u{1F600}",
    "on=",
    "http://", "javascript:", "inf", "nan", "0000-00-00", "2024-02-30", "2024-02-29", "23:59",
    "\u{7F}",
  ]

  private static func text(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
    }
    if Int.random(in: 0..<20, using: &random) == 0, !bytes.isEmpty {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
    }
    return bytes
  }

  @Test func neverSendsInvalidValuesToTheDatabase() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    try await TestDatabase.with { database in
      for type in FieldType.allCases {
        let field = makeField(
          type, limit: 40, properties: options("free", "pro", "ä", "|", "\"", "\\", "{}"))
        let parser = FieldParser(field: field, policy: .cleaning)
        var given: [String] = []
        for _ in 0..<2000 {
          let bytes = Self.text(&random)
          var output = Array("kept".utf8)
          do {
            let hasValue = try bytes.withUnsafeBufferPointer {
              try parser.parse($0, into: &output)
            }
            #expect(output.starts(with: Array("kept".utf8)))
            #expect(hasValue == (output.count > 4), "seed \(seed)")
            if hasValue { given.append(String(decoding: output.dropFirst(4), as: UTF8.self)) }
          } catch {
            #expect(error is FieldProblem)
            #expect(output == Array("kept".utf8), "seed \(seed)")
          }
        }
        let rows = try await database.pool.query(
          """
          SELECT value::\(sql: SQL(unsafeText: field.columnType)) AS stored
          FROM unnest(\(given)::text[]) WITH ORDINALITY AS given (value, place) ORDER BY place
          """)
        #expect(rows.count == given.count)
        for (row, canonical) in zip(rows, given) {
          let meant = FieldValue(canonical: canonical, type: type)
          #expect(try Self.stored(row, type) == meant, "seed \(seed): \(type) \(canonical)")
          // Canonical text stays as it is.
          if ![.boolean, .multiselect, .html, .textarea].contains(type) {
            #expect(try parser.canonical(canonical) == canonical, "seed \(seed): \(type)")
          }
        }
      }
    }
  }

  private static func stored(_ row: PostgresRow, _ type: FieldType) throws -> FieldValue {
    switch type {
    case .number: .number(try row.decode(at: 0))
    case .boolean: .boolean(try row.decode(at: 0))
    case .multiselect: .options(try row.decode(at: 0))
    case .datetime: .instant(try row.decode(at: 0))
    case .date: .date(try row.decode(at: 0))
    case .time: .time(try row.decode(at: 0))
    default: .text(try row.decode(at: 0))
    }
  }

  /// Valid text is what Swift accepts as UTF-8, without NUL; characters are counted alike.
  @Test func knowsText() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let starts: [UInt8] = [
      0x00, 0x3C, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3,
      0xF4, 0xF5, 0xFF, 0x9F, 0xA0, 0x8F, 0x90,
    ]
    let parser = FieldParser(
      field: makeField(.text, limit: 6, properties: .object(["allowHtml": .string("1")])),
      policy: .cleaning)
    for _ in 0..<50_000 {
      var bytes = [UInt8](repeating: 0x61, count: Int.random(in: 0...10, using: &random))
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        bytes.append(starts.randomElement(using: &random) ?? 0)
      }
      bytes.insert(0x62, at: 0)
      bytes.append(0x62)
      let text = String(validating: bytes, as: UTF8.self)
      var output: [UInt8] = []
      let result = bytes.withUnsafeBufferPointer { bytes in
        Result { () throws(FieldProblem) in try parser.parse(bytes, into: &output) }
      }
      let expected: FieldProblem? =
        if let text, !text.utf8.contains(0) {
          text.unicodeScalars.count > 6 ? .tooLong(limit: 6) : nil
        } else { .notText }
      var problem: FieldProblem?
      if case .failure(let found) = result { problem = found }
      #expect(problem == expected, "seed \(seed): \(bytes)")
    }
  }

  /// Cleaned markup is unchanged by another cleaning, and nothing executable remains.
  @Test func leavesNoScript() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "<", ">", "</", "script", "<script>", "</script>", "<img ", "onerror=", "on", "x", " ", "\"",
      "'",
      "=", "/", "javascript:", "java", "script:", "<a href=", "<!--", "-->", "\n", "<b>",
    ]
    let parser = FieldParser(field: makeField(.html), policy: .cleaning)
    for _ in 0..<5_000 {
      let text = (0..<12).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      guard let cleaned = try parser.canonical(text) else { continue }
      let lower = cleaned.lowercased()
      #expect(!lower.contains(#/<script[\s\/>]/#), "seed \(seed): \(text)")
      #expect(
        !lower.contains(#/<[a-z\/][^>]*(\son\w*=|=[\"']?javascript:)/#), "seed \(seed): \(text)")
      #expect(try parser.canonical(cleaned) == cleaned, "seed \(seed): \(text)")
    }
  }
}
