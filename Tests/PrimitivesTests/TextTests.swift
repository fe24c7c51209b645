import Primitives
import TestSupport
import Testing

@Suite("Words, addresses and measures of texts")
struct TextTests {
  @Test(
    "Words for true and false in any case",
    arguments: [
      ("true", true), ("1", true), ("on", true), ("yes", true), ("YES", true), ("tRuE", true),
      ("false", false), ("0", false), ("off", false), ("no", false), ("No", false), ("", nil),
      ("2", nil), ("y", nil), ("truth", nil), ("ja", nil), ("01", nil),
    ] as [(String, Bool?)])
  func booleanWords(text: String, value: Bool?) {
    #expect(BooleanWord.parse(text) == value)
    #expect(BooleanWord.parse(text, trimming: false) == value)
    #expect(BooleanWord.parse(" \(text)\t") == value)
    #expect(BooleanWord.parse(" \(text)", trimming: false) == nil)
  }

  @Test(
    "Addresses of both versions, and nothing else",
    arguments: [
      ("192.0.2.1", true), ("::1", true), ("2001:db8::ff:0", true), ("::ffff:192.0.2.1", true),
      ("192.0.2", false), ("192.0.2.256", false), ("192.0.2.1/24", false), ("", false),
      ("1.2.3.4 ", false), ("fe80::1%eth0", false), ("host", false),
    ])
  func addresses(text: String, isValid: Bool) {
    #expect(IPAddressText.isValid(text) == isValid)
  }

  @Test("Characters are counted as the database does, and what it cannot store is found")
  func measures() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let pieces: [[UInt8]] = [
      Array("plain ascii".utf8), Array("<".utf8), [0], Array("ä".utf8), Array("小".utf8),
      Array("😀".utf8), [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5], [0x80],
    ]
    for _ in 0..<2000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        bytes += pieces.randomElement(using: &random) ?? []
      }
      let measure = bytes.withUnsafeBufferPointer { TextMeasure($0) }
      let text = String(validating: bytes, as: UTF8.self)
      #expect(
        measure.isStorable == (text.map { !$0.utf8.contains(0) } ?? false), "seed \(seed): \(bytes)"
      )
      #expect(measure.hasAngle == bytes.contains(0x3C), "seed \(seed): \(bytes)")
      if let text {
        #expect(measure.characters == text.unicodeScalars.count, "seed \(seed): \(bytes)")
      }
    }
  }

  @Test("Cleaning twice changes nothing more, and leaves no tag of code")
  func cleaning() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "<", ">", "script", "</script>", "<b>", "</b>", "<!--", "-->", " onclick=x", "'", "\"", "/",
      "a",
      "<img src=", "javascript:", "&", "<style>", "</", "<a href=\"https://x.test\">", " ",
    ]
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...9, using: &random) {
        text += pieces.randomElement(using: &random) ?? ""
      }
      let plain = CleanText.plain(text)
      #expect(CleanText.plain(plain) == plain, "seed \(seed): \(text)")
      let rich = CleanText.html(text)
      #expect(CleanText.html(rich) == rich, "seed \(seed): \(text)")
      #expect(!rich.lowercased().contains("<script>"), "seed \(seed): \(text)")
    }
  }

  @Test(arguments: [
    ("ann@x.test", true), ("a.b+c@sub.x.test", true), ("zoë@bücher.test", true), ("ann@x", false),
    ("ann@@x.test", false), (".ann@x.test", false), ("ann.@x.test", false), ("ann@x.123", false),
    ("ann@-x.test", false), ("ann@x-.test", false), ("an n@x.test", false), ("@x.test", false),
  ])
  func emailAddresses(text: String, isValid: Bool) {
    #expect(EmailAddress.isValid(text) == isValid)
  }
}
