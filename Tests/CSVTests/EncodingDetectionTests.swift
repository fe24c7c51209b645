import CSV
import Foundation
import TestSupport
import Testing

@Suite struct EncodingDetectionTests {
  static let text = "Vorname,Ort\nJürgen,Köln\nZoë,Orléans\n"

  static func bytes(_ encoding: String.Encoding, mark: [UInt8] = []) -> [UInt8] {
    mark + Array(text.data(using: encoding) ?? Data())
  }

  func detect(
    _ bytes: [UInt8], _ requested: RequestedEncoding = .detect, isWhole: Bool = true
  ) throws(CSVError) -> EncodingDetection {
    let result = bytes.withUnsafeBytes { sample in
      Result { () throws(CSVError) in
        try EncodingDetection.detect(in: sample, isWhole: isWhole, requested: requested)
      }
    }
    return try result.get()
  }

  static let samples: [(bytes: [UInt8], encoding: TextEncoding, hasMark: Bool)] = [
    (bytes(.utf8), .utf8, false),
    (bytes(.utf8, mark: [0xEF, 0xBB, 0xBF]), .utf8, true),
    (bytes(.utf16LittleEndian), .utf16le, false),
    (bytes(.utf16LittleEndian, mark: [0xFF, 0xFE]), .utf16le, true),
    (bytes(.utf16BigEndian), .utf16be, false),
    (bytes(.utf16BigEndian, mark: [0xFE, 0xFF]), .utf16be, true),
    (bytes(.windowsCP1252), .windows1252, false),
  ]

  @Test(arguments: samples)
  func theEncodingIsTold(bytes: [UInt8], encoding: TextEncoding, hasMark: Bool) throws {
    let detected = try detect(bytes)
    #expect(detected.encoding == encoding)
    #expect(detected.hasByteOrderMark == hasMark)
  }

  @Test(arguments: samples.filter { $0.encoding != .utf8 })
  func whatIsNotUTF8IsRefusedAndNamed(
    bytes: [UInt8], encoding: TextEncoding, hasMark: Bool
  ) throws {
    let error = #expect(throws: CSVError.self) { try detect(bytes, .exactly(.utf8)) }
    let line = encoding == .windows1252 ? 2 : 1
    #expect(error == .wrongEncoding(expected: "utf-8", likely: encoding, line: line))
    #expect(error?.description.contains("looks like \(encoding.name)") == true)
  }

  @Test func utf16FindsItsByteOrder() throws {
    for mark in [[], [0xFE, 0xFF]] as [[UInt8]] {
      #expect(try detect(Self.bytes(.utf16BigEndian, mark: mark), .utf16).encoding == .utf16be)
    }
    #expect(try detect(Self.bytes(.utf16LittleEndian), .utf16).encoding == .utf16le)
    #expect(throws: CSVError.wrongEncoding(expected: "utf-16", likely: .utf8, line: 1)) {
      try detect(Self.bytes(.utf8), .utf16)
    }
  }

  @Test func oneByteEncodingsAreTakenAtTheirWord() throws {
    for encoding in [TextEncoding.windows1252, .latin1] {
      #expect(
        try detect(Self.bytes(.windowsCP1252), .exactly(encoding)).encoding == encoding)
      #expect(throws: CSVError.self) {
        try detect(Self.bytes(.utf16LittleEndian), .exactly(encoding))
      }
      #expect(throws: CSVError.self) {
        try detect(Self.bytes(.utf8, mark: [0xEF, 0xBB, 0xBF]), .exactly(encoding))
      }
    }
  }

  @Test func aCharacterCutOffByTheSampleIsNoFault() throws {
    let bytes = Array("aé".utf8).dropLast()
    #expect(try detect(Array(bytes), .exactly(.utf8), isWhole: false).encoding == .utf8)
    #expect(throws: CSVError.wrongEncoding(expected: "utf-8", likely: nil, line: 1)) {
      try detect(Array(bytes), .exactly(.utf8), isWhole: true)
    }
  }

  @Test(
    arguments: [
      ([0x50, 0x4B, 0x03, 0x04, 0x14], BinaryKind.zip), ([0x1F, 0x8B, 0x08], .gzip),
      ([0x25, 0x50, 0x44, 0x46, 0x2D, 0x31], .pdf),
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .image),
      ([0xFF, 0xD8, 0xFF, 0xE0], .image), ([0x7F, 0x45, 0x4C, 0x46, 0x02], .program),
    ] as [([UInt8], BinaryKind)])
  func wellKnownFilesAreNamed(bytes: [UInt8], kind: BinaryKind) {
    #expect(throws: CSVError.binary(kind)) { try detect(bytes, .exactly(.utf8)) }
    #expect(throws: CSVError.binary(kind)) { try detect(bytes, .detect) }
  }

  @Test func noiseIsBinary() {
    var generator = SeededGenerator(seed: 7)
    let noise = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for requested in [RequestedEncoding.detect, .exactly(.utf8), .exactly(.latin1)] {
      #expect(throws: CSVError.self) { try detect(noise, requested) }
    }
    #expect(throws: CSVError.binary(.unknown)) { try detect(noise, .exactly(.utf8)) }
  }

  /// Texts whose letters show what they are in, by Foundation's encodings.
  static let words: [(text: String, encoding: TextEncoding, code: String.Encoding)] = [
    ("name\nŁukasz Kowalczyński\nŻaneta Wiśniewska\n", .windows1250, .windowsCP1250),
    ("name\nDvořák Jiří\nČeněk Šťastný\n", .windows1250, .windowsCP1250),
    ("name\nErdős Pál\nŐrsi Ferenc\nSzűcs Gábor\n", .windows1250, .windowsCP1250),
    ("name,city\nИван Петров,Москва\nЮлия,Киев\n", .windows1251, .windowsCP1251),
    ("name\nΓιώργος Παπαδόπουλος\nΜαρία\n", .windows1253, .windowsCP1253),
    ("name\nŞükrü Yıldız\nİbrahim Çağlar\n", .windows1254, .windowsCP1254),
    ("name\nŻaneta Wiśniewska\nŁukasz\n", .latin2, .isoLatin2),
    ("name\nFrançois Müller\nJosé Núñez\n", .windows1252, .windowsCP1252),
    ("name\nSøren Ærø\nGonçalves João\n", .windows1252, .windowsCP1252),
    ("name\nMÜLLER “Söhne” – GRÖßE\n", .windows1252, .windowsCP1252),
    ("company\nAcme GmbH\u{A0}\n", .windows1252, .windowsCP1252),
  ]

  @Test(arguments: words)
  func theEncodingIsToldByItsLetters(
    text: String, encoding: TextEncoding, code: String.Encoding
  ) throws {
    let bytes = Array(try #require(text.data(using: code)))
    #expect(try detect(bytes).encoding == encoding)
    var transcoder = Transcoder(from: encoding)
    var output: [UInt8] = []
    transcoder.transcode(bytes, into: &output)
    transcoder.finish(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == text)
    let error = #expect(throws: CSVError.self) { try detect(bytes, .exactly(.utf8)) }
    #expect(error?.description.contains(encoding.name) == true)
  }

  @Test(arguments: [
    ("氏名,都市\n山田太郎,東京都\n鈴木花子,大阪府\n", String.Encoding.shiftJIS),
    ("name\nさとう はなこ\nスズキ\n", .shiftJIS),
  ])
  func otherEncodingsAreNotGuessed(text: String, code: String.Encoding) throws {
    let bytes = Array(try #require(text.data(using: code)))
    for requested in [RequestedEncoding.detect, .exactly(.utf8)] {
      let error = #expect(throws: CSVError.self) { try detect(bytes, requested) }
      #expect(error?.description.contains("name it in parser.encoding") == true)
    }
    #expect(try detect(bytes, .exactly(.windows1252)).encoding == .windows1252)
  }

  @Test(
    arguments: [
      ([0x4A, 0x9A, 0x72, 0x67], "Jörg"),
      ([0x46, 0x72, 0x61, 0x6E, 0x8D, 0x6F, 0x69, 0x73], "François"),
      ([0x4D, 0x9F, 0x6C, 0x6C, 0x65, 0x72], "Müller"),
    ] as [([UInt8], String)])
  func theMacsEncodingIsTold(name: [UInt8], text: String) throws {
    let bytes = Array("name\n".utf8) + name + [0x0A]
    #expect(try detect(bytes).encoding == .macintosh)
    var transcoder = Transcoder(from: .macintosh)
    var output: [UInt8] = []
    transcoder.transcode(bytes, into: &output)
    #expect(String(decoding: output, as: UTF8.self) == "name\n\(text)\n")
  }

  @Test func chineseIsNotGuessedEither() {
    let bytes = Array("name\n".utf8) + [0xD5, 0xC5, 0xCE, 0xB0, 0x0A, 0xCD, 0xF5, 0xB7, 0xBC, 0x0A]
    #expect(throws: CSVError.wrongEncoding(expected: "utf-8", likely: nil, line: 2)) {
      try detect(bytes, .exactly(.utf8))
    }
  }

  @Test func nothingIsEmpty() {
    #expect(throws: CSVError.empty) { try detect([]) }
  }

  @Test(arguments: [
    ("UTF-8", RequestedEncoding.exactly(.utf8)), ("utf16", .utf16),
    ("UTF-16LE", .exactly(.utf16le)),
    ("utf_16be", .exactly(.utf16be)), ("Windows-1252", .exactly(.windows1252)),
    ("cp1252", .exactly(.windows1252)), ("ISO-8859-1", .exactly(.latin1)),
    ("Latin1", .exactly(.latin1)), ("auto", .detect), ("cp1250", .exactly(.windows1250)),
    ("Windows-1251", .exactly(.windows1251)), ("windows-1253", .exactly(.windows1253)),
    ("CP1254", .exactly(.windows1254)), ("ISO-8859-2", .exactly(.latin2)),
    ("iso-8859-15", .exactly(.latin9)), ("Macintosh", .exactly(.macintosh)),
  ])
  func namesAreUnderstood(name: String, request: RequestedEncoding) {
    #expect(RequestedEncoding(name: name) == request)
    #expect(RequestedEncoding(name: "koi8-r") == nil)
  }
}
