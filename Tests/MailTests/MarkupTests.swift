import Foundation
import TestSupport
import Testing

@testable import Mail

@Suite("Markup as people write it, and as nobody should")
struct MarkupTests {
  private func tags(_ html: String) -> [String] {
    HTMLTag.all(in: Array(html.utf8)).map { ($0.isClosing ? "/" : "") + $0.name }
  }

  private func plainLinks(_ text: String) -> [String] {
    LinkRewriter(untracked: []).links(plain: Array(text.utf8)).map(\.url)
  }

  @Test("Parsing takes linear time, however malformed the text is (EML-209)")
  func linear() {
    let many = 10_000
    let texts =
      [
        "<a ", "<a b='", "<a/b=", "<a<a", "<!--", "<!-- <a b=\"' ", "<script><", "</", "<br>",
        "%7B",
        "{contactfield=", "http://a.example/)", "http://a.example/{ ", "<p>", "<a href=x>",
      ].map { String(repeating: $0, count: many) } + [
        "<script>" + String(repeating: "<b a='", count: many) + "</script",
        "http://a.example/" + String(repeating: ")", count: many * 4),
        String(repeating: "<a<a", count: many) + " b=' >",
        (0..<many).map { "{contactfield=f\($0)}" }.joined(),
      ]
    for text in texts {
      let time = processorTime {
        let copy = MailCopy(
          subject: "x", preheader: nil, html: text, plainText: nil, language: "en")
        _ = Template.links(of: copy, settings: MailSettings())
        let links = LinkRewriter(untracked: []).links(plain: Array(text.utf8))
        _ = Template(
          copy: copy, envelope: MailEnvelope(), settings: MailSettings(),
          links: Dictionary(links.map { ($0.url, "key") }, uniquingKeysWith: { first, _ in first }),
          site: "https://mail.example.com")
      }
      #expect(time < .seconds(20), "\(text.prefix(30)): \(time)")
    }
  }

  @Test("Everything a browser reads as a tag is one; what never ends is text")
  func tags() {
    #expect(tags("a < b <c> d <1> </> <e/f> <g h='>'> <i") == ["c", "e", "g"])
    #expect(tags("<!--><a>x</a><!-- <b> --><!---><i>") == ["", "a", "/a", "", "", "i"])
    #expect(tags("<!--[if !mso]><!--><a><!--<![endif]--><p>") == ["", "a", "", "p"])
    #expect(tags("<script>if(a<b){'<i>'}</scripts></SCRIPT ><p>") == ["script", "/script", "p"])
    #expect(tags("<style>a<b</style><p>") == ["style", "/style", "p"])
    let link = "<A\nHREF = 'https://a.example/?a=1&amp;b=\"2\"' href=x>"
    #expect(
      LinkRewriter(untracked: []).links(html: Array(link.utf8)).map(\.url)
        == ["https://a.example/?a=1&b=\"2\""])
  }

  @Test("A URL inside a token is part of the token, and a lone brace begins none (EML-350)")
  func plainText() {
    #expect(
      plainLinks("Site: {contactfield=website|https://a.example/x} (or https://b.example)")
        == ["https://b.example"])
    #expect(plainLinks("https://a.example/{ and so on") == ["https://a.example/{"])
    #expect(
      plainLinks("https://a.example/{contactfield=firstname|a b}/x and so on")
        == ["https://a.example/{contactfield=firstname|a b}/x"])
    #expect(
      plainLinks("(https://a.example/b(c)d), https://b.example/)).") == [
        "https://a.example/b(c)d", "https://b.example/",
      ])
  }

  @Test("Blanks in the URL of a link do not end it in the plain text (EML-310)")
  func blanks() {
    let html = "<a href='\n https://a.example/my\n file?x={contactfield=city|New York} '>x</a>"
    #expect(
      PlainText.make(html)
        == "x (https://a.example/my%20file?x={contactfield=city|New York})")
  }

  @Test("A link written by a token is counted in the plain text too (EML-310, EML-350)")
  func tokenLink() {
    let copy = MailCopy(
      subject: "x", preheader: nil,
      html: "<a href=\"{contactfield=website|https://a.example/}\">Site</a>", plainText: nil,
      language: "en")
    let urls = Template.links(of: copy, settings: MailSettings())
    let template = Template(
      copy: copy, envelope: MailEnvelope(), settings: MailSettings(),
      links: Dictionary(uniqueKeysWithValues: urls.map { ($0, "key") }),
      site: "https://mail.example.com")
    let renderer = Renderer(
      template, for: RecipientProfile(address: "kim@example.com"),
      links: MessageLinks(site: MailBed.site))
    #expect(
      String(decoding: renderer.plain, as: UTF8.self) == "Site (https://mail.example.com/r/key?ct=)"
    )
  }

  @Test("URLs with tokens that a redirect cannot fill are not tracked (EML-208, EML-350)")
  func foreignTokens() {
    let rewriter = LinkRewriter(untracked: [])
    for url in [
      "https://a.example/?c={code}", "https://a.example/?o={ownerfield=email}",
      "https://a.example/?u={unsubscribe_url}", "https://a.example/{dynamiccontent=\"x\"}",
    ] { #expect(!rewriter.isTracked(url), "\(url)") }
    for url in ["https://a.example/?c={contactfield=city}", "https://a.example/{no token}"] {
      #expect(rewriter.isTracked(url), "\(url)")
    }
  }
}
