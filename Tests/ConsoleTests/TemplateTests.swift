import Testing

@testable import Console

/// Templates, texts and numbers (console.md).
struct TemplateTests {
  private static let english = Texts(.english)

  @Test("CSL-4: what comes from outside is text, in elements and in attributes")
  func valuesAreEscaped() {
    let template = Template(#"<p title="{{name}}">{{name}}</p>{{{markHTML}}}"#)
    let html = template(
      ["name": #"<script>"x"</script>'"#, "markHTML": HTML(escaping: "<b>")], Self.english)
    let escaped = "&lt;script&gt;&quot;x&quot;&lt;/script&gt;&#39;"
    #expect(html.text == #"<p title="\#(escaped)">\#(escaped)</p>&lt;b&gt;"#)
  }

  @Test func markupInThePlaceOfATextIsEscapedToo() {
    #expect(Template("{{x}}")(["x": HTML(trusted: "<i>")], Self.english).text == "&lt;i&gt;")
  }

  @Test func anEmptyTextIsNothing() {
    let template = Template("{{#a}}yes{{/a}}{{^a}}no{{/a}}")
    #expect(template(["a": ""], Self.english).text == "no")
    #expect(template(["a": "0"], Self.english).text == "yes")
  }

  @Test func iconsComeFromOneFile() {
    let html = Template("[icon:plus]")([:], Self.english).text
    #expect(html.contains("#plus\"/></svg>") && html.contains("/console/assets/icons-"))
  }

  @Test("CSL-6: numbers, times and languages are those of the user")
  func formatsAreThoseOfTheUser() throws {
    let english = Formats(.english, zone: "America/New_York")
    let german = Formats(.german, zone: "Europe/Berlin")
    #expect(english.number(1_234_567) == "1,234,567")
    #expect(german.number(-1_234_567) == "−1.234.567")
    #expect(german.number(12.25, digits: 2) == "12,25")
    #expect(english.percent(1, of: 8) == "12.5 %")
    #expect(english.percent(1, of: 0) == "–")
    #expect(english.moment("2026-12-03T02:30:00+00:00") == "2 Dec 2026, 21:30")
    #expect(german.moment("2026-12-03T02:30:00+00:00") == "3. Dez. 2026, 03:30")
    #expect(english.moment("2026-12-03") == "3 Dec 2026")
    #expect(english.duration(seconds: 7_500) == "2 h 5 min")
    #expect(english.duration(seconds: .infinity) == "–")
    #expect(Language(locale: nil, accepted: "fr, de-CH;q=0.8, en;q=0.5") == .german)
    #expect(Language(locale: "en_GB", accepted: "de") == .english)
  }

  @Test func aMessageOutlivesItsCookie() {
    let field = Flash.field("Gespeichert: „x“; y", isSecure: true)
    let pair = field.value.split(separator: ";").first.map(String.init) ?? ""
    #expect(Flash.message([.cookie: "other=1; \(pair)"]) == "Gespeichert: „x“; y")
    #expect(Flash.message([.cookie: "other=1"]) == nil)
  }
}
