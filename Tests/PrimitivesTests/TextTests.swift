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
      ("y", true), ("Y", true), ("T", true), ("n", false), ("F", false), ("2", nil), ("x", nil),
      ("truth", nil), ("ja", nil), ("01", nil), ("maybe", nil), ("-", nil),
    ] as [(String, Bool?)])
  func booleanWords(text: String, value: Bool?) {
    #expect(BooleanWord.parse(text) == value)
    #expect(BooleanWord.parse(text, trimming: false) == value)
    #expect(BooleanWord.parse(" \(text)\t") == value)
    #expect(BooleanWord.parse("\u{A0}\(text)\u{200B}") == value)
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

  @Test(
    "Blanks of Unicode and characters that nobody sees are taken off both ends of a text",
    arguments: [
      "\u{A0}", "\u{200B}", "\u{FEFF}", "\u{200E}", "\u{200F}", "\u{2060}", "\u{2066}", "\u{2069}",
      "\u{AD}", "\u{85}", "\u{2028}", "\u{2029}", "\u{3000}", "\u{2009}", "\u{202F}", "\u{1680}",
      "\u{200D}", "\u{202E}", "\u{61C}", "\u{180E}", "\u{3164}", "\u{E0001}", " ", "\t", "\r\n",
      "\0",
      "\u{A0} \u{FEFF}\t\u{3000}",
    ])
  func blanks(blank: String) {
    #expect("\(blank)Max Mustermann\(blank)\(blank)".trimmingBlanks() == "Max Mustermann")
    #expect(blank.trimmingBlanks().isEmpty)
    #expect("é\(blank)小".trimmingBlanks() == "é\(blank)小")
    #expect(!EmailAddress.isValid("ann\(blank)e@x.test"))
    #expect(!EmailAddress.isValid("ann@x\(blank)y.test"))
    #expect(!EmailAddress.isValid("ann@x.test\(blank)"))
  }

  @Test(
    "Letters, marks and emoji at the ends of a text stay",
    arguments: [
      "é", "ا", "小", "न्", "❤️", "😀",
      "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "…", "€",
    ])
  func whatIsSeenStays(text: String) {
    #expect(text.trimmingBlanks() == text)
    #expect("\u{A0}\(text)\u{A0}".trimmingBlanks() == text)
  }

  @Test("Trimming bytes agrees with trimming characters, whatever the bytes are")
  func trimmingAgrees() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let pieces: [[UInt8]] = [
      Array("\u{A0}".utf8), Array("\u{2028}".utf8), Array("\u{E0001}".utf8), [0x20], [0],
      Array("é".utf8),
      [0xC2], [0x80], [0xE2, 0x80], [0xF0, 0x9F], Array("a".utf8), [0xED, 0xA0, 0x80],
    ]
    for _ in 0..<5000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        bytes += pieces.randomElement(using: &random) ?? []
      }
      let trimmed = bytes.withUnsafeBufferPointer { Array($0.trimmed()) }
      let again = trimmed.withUnsafeBufferPointer { Array($0.trimmed()) }
      #expect(again == trimmed, "seed \(seed): \(bytes)")
      guard let text = String(validating: bytes, as: UTF8.self) else { continue }
      var scalars = text.unicodeScalars[...]
      while let first = scalars.first, Blank.contains(first) { scalars.removeFirst() }
      while let last = scalars.last, Blank.contains(last) { scalars.removeLast() }
      #expect(trimmed == Array(String(scalars).utf8), "seed \(seed): \(bytes)")
    }
  }

  @Test(
    "Addresses as programs write them",
    arguments: [
      ("Max <a@x.test>", "a@x.test"), ("<a@x.test>", "a@x.test"), ("mailto:a@x.test", "a@x.test"),
      ("MAILTO:a@x.test?subject=Hi", "a@x.test"), ("\"Doe, Max\" < a@x.test >", "a@x.test"),
      ("Max <mailto:a@x.test>", "a@x.test"), ("a@x.test <a@x.test>", "a@x.test"),
      ("\u{A0}a@x.test\u{200B}", "a@x.test"), ("a@x.test", "a@x.test"), ("Max", "Max"),
      ("b@x.test <a@x.test>", "b@x.test <a@x.test>"),
      ("<a@x.test> <b@x.test>", "<a@x.test> <b@x.test>"),
      ("<>", ""), ("mailto:", "mailto:"),
    ])
  func bareAddresses(text: String, address: String) {
    var copy = text
    #expect(copy.withUTF8 { EmailAddress.bare($0).string } == address)
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
