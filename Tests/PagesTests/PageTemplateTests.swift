import Foundation
import TestSupport
import Testing

@testable import Pages

@Suite("Pages are filled for each visitor, and nothing of a visitor becomes markup or code")
struct PageTemplateTests {
  private static let outline: PageOutline = {
    var page = PageOutline(id: 1, alias: "p")
    (page.title, page.language) = ("Ours & \"more\"", "de_AT")
    return page
  }()

  /// The body of a page with one value for the field `x`.
  private func body(_ html: String, _ value: String?, _ fill: (inout PageFacts) -> Void = { _ in })
    -> String
  {
    var facts = PageFacts()
    facts.title = Self.outline.title
    facts.fields["x"] = value
    fill(&facts)
    let text = String(
      decoding: PageTemplate(html, of: Self.outline).filled(facts), as: UTF8.self)
    let start = text.firstRange(of: "<body>")?.upperBound ?? text.startIndex
    let end = text.firstRange(of: "</body>")?.lowerBound ?? text.endIndex
    return String(text[start..<end])
  }

  @Test("A value, and the author's own words where there is none")
  func fields() {
    #expect(body("Hi {contactfield=x|friend}!", "Kim") == "Hi Kim!")
    #expect(body("Hi {leadfield=x|friend &amp; guest}!", nil) == "Hi friend &amp; guest!")
    #expect(body("Hi {contactfield=y}{contactfield=x}!", "Ä B") == "Hi Ä B!")
    #expect(body("{contactfield=x|true}", "a b/ä") == "a%20b%2F%C3%A4")
    #expect(body("<a href=\"/?n=%7Bcontactfield=x%7D\">", "a&b") == "<a href=\"/?n=a%26b\">")
    #expect(
      body("{contactfield=x", "v") == "{contactfield=x"
        && body("{other} {a=b}", "v") == "{other} {a=b}")
    #expect(body("{{contactfield=x}}", "v") == "{v}")
  }

  @Test("A value is written for its place: text, attribute, address, script, words alone")
  func contexts() {
    let hostile = "\"'><script>`alert(1)\\&"
    #expect(
      body("<p>{contactfield=x}</p>", hostile)
        == "<p>&#34;&#39;&#62;&#60;script&#62;&#96;alert(1)\\&#38;</p>")
    #expect(
      body("<input value={contactfield=x}>", "a onfocus=alert(1)")
        == "<input value=a&#32;onfocus&#61;alert&#40;1&#41;>")
    #expect(
      body("<a href=\"{contactfield=x}\">", "javascript:alert(1)") == "<a href=\"#\">")
    #expect(
      body("<a href=\"{contactfield=x}\">", " JaVaScRiPt\u{9}:alert(1)") == "<a href=\"#\">")
    #expect(
      body("<a href='{contactfield=x}'>", "https://a.example/?b='c")
        == "<a href='https://a.example/?b&#61;&#39;c'>")
    #expect(
      body("<a href=\"javascript:f('{contactfield=x}')\">", "')").contains("f('\\u0027\\u0029')"))
    #expect(
      body("<script>var a = '{contactfield=x}', b = \"{contactfield=x}\";</script>", "\\</script>ä")
        == """
        <script>var a = '\\u005c\\u003c\\u002fscript\\u003e\\u00e4', \
        b = "\\u005c\\u003c\\u002fscript\\u003e\\u00e4";</script>
        """)
    #expect(
      body("<b onclick=\"f('{contactfield=x}')\">", "');g('")
        == "<b onclick=\"f('\\u0027\\u0029\\u003bg\\u0028\\u0027')\">")
    #expect(
      body("<style>a{color:{contactfield=x}}</style>", "red}*{x:url(//e)")
        == "<style>a{color:redxurle}</style>")
    #expect(
      body("<script src=\"{contactfield=x}\"></script>", "https://evil.example/a.js")
        == "<script src=\"httpsevilexampleajs\"></script>")
    #expect(body("<!-- {contactfield=x} -->", "--><b>") == "<!-- b -->")
    #expect(body("<b {contactfield=x}>", "onclick=f(1)") == "<b onclickf1>")
    #expect(body("<iframe srcdoc=\"{contactfield=x}\">", "<b>&lt;") == "<iframe srcdoc=\"blt\">")
    #expect(body("<b>x</b><a title=\"{contactfield=x}", "\"><b>") == "<b>x</b><a title=\"b")
  }

  @Test("Random values between random pieces of a page never end the place where they stand")
  func randomValues() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let shells = [
      "<p>§</p>", "<a title=\"§\">", "<a title='§'>", "<a title=§ id=1>", "<a href=\"§\">",
      "<script>x('§')</script>", "<b onclick=\"x('§')\">", "<!--§-->", "<textarea>§</textarea>",
    ]
    let parts = [
      "<", ">", "\"", "'", "`", "=", " ", "\\", "-->", "</", "script", "&", ";", "a", "\n", "\0",
    ]
    for _ in 0..<500 {
      let shell = random.pick(shells)
      let value = (0..<8).map { _ in random.pick(parts) }.joined()
      let text = body(shell.replacing("§", with: "{contactfield=x}"), value)
      let outer = shell.split(separator: "§").map(String.init)
      let inner = text.dropFirst(outer[0].count).dropLast(outer[1].count)
      #expect(
        text.hasPrefix(outer[0]) && text.hasSuffix(outer[1])
          && !inner.contains(where: { "<>\"'`".contains($0) })
          && (shell != "<a title=§ id=1>" || !inner.contains(where: \.isWhitespace)),
        "seed \(seed): \(value) in \(shell) is \(text)")
    }
  }

  @Test("Objects of ours: addresses, forms and assets; nothing for one that does not exist")
  func objects() {
    let html = "<a href=\"{pagelink=2}\">{pagetitle}</a>{assetlink=3}{form=4}{form=5}{pagelink=9}"
    let text = body(html, nil) { facts in
      facts.pages = [2: "https://m.example.com/two"]
      facts.assets = [3: "https://m.example.com/asset/3:list"]
      facts.forms = [4: "<form></form>"]
    }
    #expect(
      text == """
        <a href="https://m.example.com/two">Ours &#38; &#34;more&#34;</a>\
        https://m.example.com/asset/3:list<form></form>
        """)
    let canonical = body("<link rel=canonical href='{pagelink=2}'>", nil) {
      $0.pages = [2: "https://m.example.com/two"]
    }
    #expect(canonical == "<link rel=canonical href='https://m.example.com/two'>")
    let template = PageTemplate(html + "<b title=\"{form=7}\">", of: Self.outline)
    #expect(template.pages == [2, 9] && template.assets == [3] && template.forms == [4, 5])
  }

  @Test("What a page lacks is added, and what it has stays")
  func document() {
    var page = Self.outline
    (page.metaDescription, page.isHiddenFromSearch) = ("All \"offers\"", true)
    var facts = PageFacts()
    (facts.title, facts.metaDescription) = (page.title, "All \"offers\"")
    func filled(_ html: String) -> String {
      String(decoding: PageTemplate(html, of: page).filled(facts), as: UTF8.self)
    }
    let meta = """
      <title>Ours &#38; &#34;more&#34;</title>\
      <meta name="description" content="All&#32;&#34;offers&#34;"><meta name="robots" content="noindex">
      """
    #expect(filled("<p>x</p>").hasPrefix("<!DOCTYPE html>\n<html lang=\"de-AT\"><head>"))
    #expect(filled("<p>x</p>").contains(meta + "</head><body><p>x</p></body></html>"))
    #expect(filled("<html><head></head><body>").hasPrefix("<html><head>\(meta)</head><body>"))
    let whole =
      "<html><head><title>Own</title><META NAME='Description'><meta name=robots></head></html>"
    #expect(filled(whole) == whole)
  }

  @Test("The tracking script is added before the end, or only told which visit it was")
  func script() throws {
    let hit = try #require(UUID(uuidString: "0F6B2F3A-1B7D-4C7E-9B1E-2A3C4D5E6F70"))
    let script = PageScript(site: "https://m.example.com")
    let own = "<html><head><script src=\"https://m.example.com/mtc.js\"></script></head></html>"
    let plain = PageTemplate("<body><p>x</p></BODY></html>", of: Self.outline)
    #expect(!plain.hasScript && PageTemplate(own, of: Self.outline).hasScript)
    var facts = PageFacts()
    facts.script = "§"
    let text = String(decoding: plain.filled(facts), as: UTF8.self)
    #expect(text.contains("<p>x</p>§</BODY>"))
    let first = String(
      decoding: PageTemplate(own, of: Self.outline).filled(facts), as: UTF8.self)
    #expect(first.contains("§<script src"))
    let added = script.html(hit: hit, isThere: false)
    #expect(added.contains("window.martletHit=\"\(hit.uuidString)\";"))
    #expect(added.hasSuffix("<script async src=\"https://m.example.com/mtc.js\"></script>"))
    #expect(script.html(hit: nil, isThere: true) == "")
  }
}
