import CSV
import Foundation
import Testing

@Suite struct IntakeTests {
  struct Outcome {
    var format: CSVFormat?
    var header: CSVHeader?
    var parts: [CSVPart] = []
    var values: [[String]] = []
  }

  func take(
    _ bytes: [UInt8], chunk: Int = 1000, limits: CSVLimits = CSVLimits(),
    _ adjust: (inout Sniffer) -> Void = { _ in }
  ) throws -> Outcome {
    var sniffer = Sniffer()
    adjust(&sniffer)
    var intake = CSVIntake(sniffer, limits: limits)
    var outcome = Outcome()
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      outcome.parts += try intake.feed(Array(bytes[start..<min(bytes.count, start + chunk)]))
    }
    outcome.parts += try intake.finish()
    (outcome.format, outcome.header) = (intake.format, intake.header)
    let dialect = try #require(intake.format).dialect
    for part in outcome.parts {
      var parser = CSVParser(part, dialect: dialect)
      while parser.next() { outcome.values.append(parser.values) }
    }
    #expect(intake.rows == outcome.values.count)
    return outcome
  }

  @Test(
    arguments: [
      (String.Encoding.utf8, []), (.utf8, [0xEF, 0xBB, 0xBF]), (.utf16LittleEndian, []),
      (.utf16BigEndian, [0xFE, 0xFF]), (.windowsCP1252, []), (.isoLatin1, []),
    ] as [(String.Encoding, [UInt8])])
  func aFileInAnyEncodingComesOutTheSame(encoding: String.Encoding, mark: [UInt8]) throws {
    let text = "Name;Ort\r\n\"Müller; Jürgen\";Köln\r\nZoë;\"Orl\"\"é\"\"ans\"\r\n"
    let data = try #require(text.data(using: encoding))
    for chunk in [1, 2, 3, 7, 1000] {
      let outcome = try take(mark + Array(data), chunk: chunk) { $0.encoding = .detect }
      #expect(outcome.header?.names == ["Name", "Ort"])
      #expect(outcome.values == [["Müller; Jürgen", "Köln"], ["Zoë", "Orl\"é\"ans"]])
    }
  }

  @Test func aFileLargerThanTheSampleIsTakenWhole() throws {
    let rows = 40_000
    let text =
      "email,name\n" + (1...rows).map { "user\($0)@example.com,\"Name, \($0)\"\n" }.joined()
    let bytes = Array(text.utf8)
    #expect(bytes.count > Sniffer.sampleBytes)
    let outcome = try take(bytes, chunk: 65_536, limits: CSVLimits(partBytes: 100_000))
    #expect(outcome.values.count == rows)
    #expect(outcome.values.last == ["user\(rows)@example.com", "Name, \(rows)"])
    #expect(outcome.parts.dropLast().allSatisfy { $0.bytes.count < 101_000 })
    // One huge chunk gives the same result.
    let whole = try take(bytes, chunk: bytes.count, limits: CSVLimits(partBytes: 100_000))
    #expect(whole.parts == outcome.parts)
  }

  @Test func invalidBytesAfterTheSampleFailTheirRowOnly() throws {
    var bytes = Array("email\n".utf8)
    while bytes.count <= Sniffer.sampleBytes { bytes += Array("someone@example.com\n".utf8) }
    bytes += [0xE9, 0x0A] + Array("last@example.com\n".utf8)
    let outcome = try take(bytes, chunk: 65_536)
    var faulty: [Int] = []
    for part in outcome.parts {
      var parser = CSVParser(part, dialect: .standard)
      while parser.next() {
        if parser.flags.contains(.invalidEncoding) { faulty.append(parser.line) }
      }
    }
    #expect(faulty == [outcome.values.count])
  }

  @Test func latin1IsRefusedUnlessItIsSaid() throws {
    let bytes = Array("name\nRen".utf8) + [0xE9, 0x0A]
    #expect(throws: CSVError.wrongEncoding(expected: "utf-8", likely: .windows1252, line: 2)) {
      try take(bytes)
    }
    let outcome = try take(bytes) { $0.encoding = .exactly(.latin1) }
    #expect(outcome.values == [["René"]])
  }

  @Test func aHeaderAloneIsNoError() throws {
    let outcome = try take(Array("email,name\n".utf8))
    #expect(outcome.header?.names == ["email", "name"])
    #expect(outcome.parts == [])
  }

  @Test func oneEndlessLineIsRefusedAfterTheSample() throws {
    var intake = CSVIntake()
    let chunk = [UInt8](repeating: 0x61, count: 65_536)
    var fed = 0
    #expect(throws: CSVError.self) {
      while fed < 1 << 30 {
        _ = try intake.feed(chunk)
        fed += chunk.count
      }
    }
    #expect(fed < Sniffer.sampleBytes)
    #expect(throws: CSVError.self) { try intake.finish() }
  }

  @Test func nothingIsEmpty() {
    var intake = CSVIntake()
    #expect(throws: CSVError.empty) { try intake.finish() }
  }
}
