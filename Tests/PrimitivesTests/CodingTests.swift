import Primitives
import TestSupport
import Testing

@Suite("Hexadecimal, percent and base 64 coding")
struct CodingTests {
  private static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
    (0..<Int.random(in: 0...40, using: &random)).map { _ in
      .random(in: .min ... .max, using: &random)
    }
  }

  @Test("Encoded bytes decode to the same bytes")
  func roundTrips() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let bytes = Self.bytes(&random)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes, "seed \(seed)")
      #expect(Hex.decode(Hex.encode(bytes).uppercased()) == bytes, "seed \(seed)")
      let base64 = Base64URL.encode(bytes)
      #expect(Base64URL.decode(base64) == bytes, "seed \(seed)")
      #expect(base64.utf8.allSatisfy { PercentCoding.unreserved.contains($0) }, "seed \(seed)")
      let text = String(decoding: bytes, as: UTF8.self)
      for plain in [PercentCoding.unreserved, ASCIISet("abc")] {
        let encoded = PercentCoding.encode(text.utf8, keeping: plain)
        #expect(
          PercentCoding.decode(encoded.utf8, plusIsBlank: true) == text, "seed \(seed): \(encoded)")
      }
    }
  }

  @Test(arguments: ["a", "0g", "+1", " 1", "é1", "0x12"])
  func refusesWhatIsNotHexadecimal(text: String) {
    #expect(Hex.decode(text) == nil)
  }

  @Test func limitsTheLength() {
    #expect(Hex.decode(String(repeating: "00", count: 2048))?.count == 2048)
    #expect(Hex.decode(String(repeating: "00", count: 2049)) == nil)
    #expect(Hex.decode("0011", limit: 2) == nil)
  }

  @Test func writesTwoDigitsInUpperCase() {
    #expect(
      PercentCoding.encode([0x0A, 0xFF, 0x41, 0x7E], keeping: PercentCoding.unreserved)
        == "%0A%FFA~")
  }

  @Test func keepsExactlyThePrintableCharacters() {
    for byte in UInt8.min ... .max {
      #expect(PercentCoding.printable.contains(byte) == (0x21..<0x7F).contains(byte), "\(byte)")
    }
  }

  @Test(
    "A % that two digits do not follow stays as it is",
    arguments: [("%", "%"), ("%4", "%4"), ("%4g", "%4g"), ("100%", "100%"), ("%41%", "A%")])
  func incompleteEscapes(text: String, decoded: String) {
    #expect(PercentCoding.decode(text.utf8, plusIsBlank: false) == decoded)
  }

  @Test func readsAPlusAsToldTo() {
    #expect(PercentCoding.decode("a+b%2B".utf8, plusIsBlank: true) == "a b+")
    #expect(PercentCoding.decode("a+b%2B".utf8, plusIsBlank: false) == "a+b+")
  }
}
