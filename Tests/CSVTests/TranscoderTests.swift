import TestSupport
import Testing

@testable import CSV

@Suite struct TranscoderTests {
  func transcoded(_ chunks: [[UInt8]], from encoding: TextEncoding) -> [UInt8] {
    var transcoder = Transcoder(from: encoding)
    var output: [UInt8] = []
    for chunk in chunks { transcoder.transcode(chunk, into: &output) }
    transcoder.finish(into: &output)
    return output
  }

  func utf16(_ units: some Sequence<UInt16>, _ encoding: TextEncoding) -> [UInt8] {
    units.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return encoding == .utf16be ? [high, low] : [low, high]
    }
  }

  @Test(arguments: [TextEncoding.utf8, .utf16le, .utf16be])
  func unicodeComesOutWhereverTheChunksEnd(_ encoding: TextEncoding) {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let text = String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 0...60, using: &generator)).compactMap { _ in
            let limit: UInt32 =
              [0x80, 0x800, 0x1_0000, 0x11_0000]
              .randomElement(using: &generator) ?? 0x80
            return UnicodeScalar(UInt32.random(in: 0..<limit, using: &generator))
          }.filter { $0.value != 0xFEFF }))
      var bytes = encoding == .utf8 ? Array(text.utf8) : utf16(text.utf16, encoding)
      if Bool.random(using: &generator) { bytes = encoding.byteOrderMark + bytes }
      let chunks = bytes.randomChunks(longest: 5, using: &generator)
      #expect(transcoded(chunks, from: encoding) == Array(text.utf8), "seed \(seed)")
    }
  }

  @Test func onlyAMarkAtTheStartIsDropped() {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    #expect(transcoded([[0xEF], [0xBB], [0xBF, 0x61] + mark], from: .utf8) == [0x61] + mark)
    // A start that only resembles the mark is kept.
    #expect(transcoded([[0xEF], [0xBB], [0x61]], from: .utf8) == [0xEF, 0xBB, 0x61])
    #expect(transcoded([[0xEF], [0xBB]], from: .utf8) == [0xEF, 0xBB])
    #expect(transcoded([[0xFF], [0x61, 0x61, 0x00]], from: .utf16le) == Array("懿a".utf8))
  }

  @Test func invalidUTF8PassesAsItIs() {
    let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0x2C, 0x80]
    #expect(transcoded([bytes], from: .utf8) == bytes)
  }

  @Test func windows1252HasItsOwnCharactersInTheControlRange() {
    let bytes: [UInt8] = [0x80, 0x93, 0x41, 0xE9, 0xFF, 0x9F, 0x8E]
    #expect(transcoded([bytes], from: .windows1252) == Array("€“AéÿŸŽ".utf8))
    #expect(transcoded([bytes], from: .latin1) == Array("€“AéÿŸŽ".utf8))
    // A code without a character stays invalid; under the label ISO 8859-1 it is a control.
    #expect(transcoded([[0x41, 0x81]], from: .windows1252) == [0x41, 0x81])
    #expect(transcoded([[0x41, 0x81]], from: .latin1) == Array("A\u{81}".utf8))
  }

  @Test func everyByteOfLatin1AboveTheControlsIsItsOwnCodePoint() {
    for byte in UInt8(0xA0)...0xFF {
      let expected = Array(String(UnicodeScalar(byte)).utf8)
      #expect(transcoded([[byte]], from: .latin1) == expected)
      #expect(transcoded([[byte]], from: .windows1252) == expected)
    }
  }

  @Test(
    arguments: [
      [0xD83D], [0xDE42], [0x61, 0xD83D, 0x62], [0xD83D, 0xD83D, 0xDE42], [0xDE42, 0xD83D],
    ] as [[UInt16]])
  func aSurrogateWithoutItsPartnerComesOutInvalid(_ units: [UInt16]) {
    for encoding in [TextEncoding.utf16le, .utf16be] {
      let bytes = transcoded(utf16(units, encoding).map { [$0] }, from: encoding)
      #expect(bytes.withUnsafeBytes { UTF8Validation.firstFault(in: $0) } != nil)
    }
  }

  @Test func halfAUnitAtTheEndIsAFault() {
    #expect(transcoded([[0x61, 0x00, 0x62]], from: .utf16le) == [0x61, 0xFF])
  }

  @Test func validityIsThatOfTheStandardLibrary() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let leads: [UInt8] = [
      0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        leads.randomElement(using: &generator) ?? 0
      }
      let isValid = bytes.withUnsafeBytes { UTF8Validation.firstFault(in: $0) } == nil
      #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
    let cut = Array("aé王🙂".utf8)
    for length in 0...cut.count {
      let fault = cut[..<length].withUnsafeBytes {
        UTF8Validation.firstFault(in: $0, mayBeCutOff: true)
      }
      #expect(fault == nil)
    }
  }
}
