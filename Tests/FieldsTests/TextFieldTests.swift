import Fields
import Testing

@Suite struct TextFieldTests {
  @Test(
    "IMP-40: values are trimmed; missing and empty are the same for text",
    arguments: ["", " ", "\t\r\n ", "\0"])
  func readsBlanksAsNoValue(text: String) throws {
    for type in FieldType.allCases {
      #expect(try canonical(text, makeField(type, properties: options("a"))) == nil)
    }
  }

  @Test func trims() throws {
    #expect(try canonical("  Ann Lee\n", makeField(.text)) == "Ann Lee")
  }

  /// The limit counts characters as the database does, not bytes (contacts.md 3.1).
  @Test func countsCharacters() throws {
    let field = makeField(.text, limit: 4)
    #expect(try canonical(" äöüß ", field) == "äöüß")
    #expect(try canonical("小明小明", field) == "小明小明")
    #expect(throws: FieldProblem.tooLong(limit: 4)) { try canonical("äöüßx", field) }
    #expect(throws: FieldProblem.tooLong(limit: 191)) {
      try canonical(String(repeating: "x", count: 192), makeField(.text))
    }
  }

  @Test func doesNotLimitLongText() throws {
    let text = String(repeating: "wörd ", count: 10_000).dropLast()
    #expect(try canonical(String(text), makeField(.textarea, limit: 5)) == String(text))
  }

  /// The database stores neither NUL nor invalid UTF-8; one such row would fail a whole part.
  @Test(arguments: [[0x61, 0x00, 0x62], [0x61, 0xFF], [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]])
  func refusesBytesThatAreNotText(bytes: [UInt8]) {
    for type in [FieldType.text, .textarea, .tel, .lookup] {
      var output: [UInt8] = []
      #expect(throws: FieldProblem.notText) {
        try bytes.withUnsafeBufferPointer {
          try FieldParser(field: makeField(type), policy: .cleaning).parse($0, into: &output)
        }
      }
      #expect(output.isEmpty)
    }
  }

  /// api.md 1, rule 6.
  @Test(arguments: [
    ("R&R <b>now</b>", "R&R now"), ("1 < 2 > 0", "1 < 2 > 0"),
    ("a<script>alert(1)</script>b", "ab"),
    ("<<b>b>x", "x"), ("a <!-- secret --> b", "a  b"), ("<", "<"), ("a<b", "a<b"),
    ("<a title='>'>x</a>", "'>x"),
  ])
  func stripsMarkup(text: String, expected: String) throws {
    #expect(try canonical(text, makeField(.text)) == expected)
  }

  @Test(
    "A long text stays as typed: only its ends are trimmed",
    arguments: [
      "if x<y; Max <max@acme.test>; see <http://x.test/>", "<b>bold</b>", "a &amp; b <",
      "<script>alert(1)</script>", "<!-- note -->", "1 < 2 > 0", "</p>",
    ])
  func keepsLongTexts(text: String) throws {
    for policy in [ParsingPolicy.cleaning, .strict] {
      #expect(try canonical(" \(text)\n", makeField(.textarea), policy) == text)
    }
  }

  @Test(
    "In plain texts only elements of HTML are markup",
    arguments: [
      ("Max <max@acme.test>", "Max <max@acme.test>"), ("<http://x.test/>", "<http://x.test/>"),
      ("if x<y and y>z", "if x<y and y>z"), ("List<String>", "List<String>"),
      ("<b>x</b> <i class='a'>y</i><br/>", "x y"), ("a<b@c.test>", "a<b@c.test>"),
      ("<svg/onload=alert(1)>x", "x"), ("<mailto:a@x.test>", "<mailto:a@x.test>"),
    ])
  func keepsAngles(text: String, expected: String) throws {
    #expect(try canonical(text, makeField(.text)) == expected)
  }

  @Test("In HTML an address in angles is text, written so that no browser takes it for a tag")
  func escapesAddressesInHTML() throws {
    #expect(
      try canonical("<p>Max <max@acme.test></p>", makeField(.html))
        == "<p>Max &lt;max@acme.test></p>")
    #expect(
      try canonical("<x:y onclick=alert(1)>z", makeField(.html)) == "&lt;x:y onclick=alert(1)>z")
  }

  @Test func keepsMarkupWhereTheFieldAllowsIt() throws {
    let field = makeField(.text, properties: .object(["allowHtml": .boolean(true)]))
    #expect(try canonical("<b>x</b>", field) == "<b>x</b>")
  }

  @Test func hasNoValueIfThereIsOnlyMarkup() throws {
    #expect(try canonical("<br>", makeField(.text)) == nil)
  }

  /// contacts.md 3.2: html is cleaned of script.
  @Test(
    arguments: [
      ("<p>x <b>y</b></p>", "<p>x <b>y</b></p>"),
      ("<p>x</p><script>alert(1)</script>", "<p>x</p>"),
      ("<SCRIPT src=x></SCRIPT>y", "y"),
      ("<script>never closed", nil),
      ("<img src=x onerror=alert(1)>", "<img src=x>"),
      ("<img src=x\nOnError=alert(1)>", "<img src=x>"),
      ("<img/onload=alert(1)>", "<img>"),
      ("<a href='java\tscript:alert(1)'>x</a>", "<a>x</a>"),
      ("<a href='&#106;avascript:alert(1)'>x</a>", "<a>x</a>"),
      ("<a href=\"https://x.test/?on=1\">x</a>", "<a href=\"https://x.test/?on=1\">x</a>"),
      ("<br/><BR />", "<br /><br />"),
      ("<scr<script>ipt>alert(1)</script>", "<scr>ipt>alert(1)"),
      ("a <!-- <script>x</script> --> b", "a  b"),
      ("<!x \"><script>alert(1)</script>\">", "\">"),
      ("<a x' y='> t ' onclick=alert(1)>", "<a> t ' onclick=alert(1)>"),
      ("<a =\"><script>alert(1)</script>\">", "<a>\">"),
      ("<img src=x onerror=alert(1) ", "&lt;img src=x onerror=alert(1)"),
      ("1 < 2 <3", "1 < 2 <3"),
      ("<iframe src=//x></iframe>y", "y"),
    ] as [(String, String?)])
  func cleansHTMLOfScript(text: String, expected: String?) throws {
    #expect(try canonical(text, makeField(.html)) == expected)
  }

  @Test(arguments: [
    "ann@example.com", "ANN+tag@Mail.Example.com", "o'neil@x.co", "a.b.c@x-y.museum",
    "用户@例え.jp", "jürgen@müller.de", "1@2.x3", "a!#$%&*/=?^_`{|}~-@x.test",
  ])
  func acceptsAddresses(text: String) throws {
    #expect(try canonical(" \(text) ", makeField(.email)) == text)
  }

  @Test(arguments: [
    "not-an-email", "a@", "@b.example", "a b@example.com", "x@@example.com", "a@b@c.test",
    ".a@x.test", "a.@x.test", "a..b@x.test", "a@x", "a@x.", "a@.x", "a@x..test", "a@-x.test",
    "a@x-.test", "a@x.123", "a@[127.0.0.1]", "\"a b\"@x.test", "a@x_y.test", "a@x.te st",
    "a,b@x.test",
    "a<b>@x.test",
  ])
  func refusesMalformedAddresses(text: String) {
    for policy in [ParsingPolicy.cleaning, .strict] {
      #expect(throws: FieldProblem.malformedEmail) {
        try canonical(text, makeField(.email), policy)
      }
    }
  }

  @Test func boundsAddresses() throws {
    let domain = "@" + String(repeating: "d", count: 60) + ".test"
    #expect(try canonical(String(repeating: "l", count: 64) + domain, makeField(.email)) != nil)
    #expect(throws: FieldProblem.malformedEmail) {
      try canonical(String(repeating: "l", count: 65) + domain, makeField(.email))
    }
    let labels = String(repeating: String(repeating: "d", count: 60) + ".", count: 4) + "example"
    #expect(throws: FieldProblem.tooLong(limit: 191)) {
      try canonical("a@" + labels, makeField(.email))
    }
  }

  @Test(arguments: [
    "https://x.test/a?b#c", "HTTP://x.test", "x.test", "x.test:8080/a", "localhost:8080",
    "//x.test",
    "/path", "x.test/a:b",
  ])
  func acceptsWebAddresses(text: String) throws {
    #expect(try canonical(text, makeField(.url)) == text)
  }

  @Test(arguments: [
    "ftp://x.test", "javascript:alert(1)", "JavaScript:1", "mailto:a@x.test", "http:x", "data:,x",
    "java\tscript:1",
  ])
  func refusesOtherSchemes(text: String) {
    #expect(throws: FieldProblem.unsupportedScheme) { try canonical(text, makeField(.url)) }
  }
}
