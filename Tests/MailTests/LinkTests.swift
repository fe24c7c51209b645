import Foundation
import JobQueue
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Mail

@Suite("Links: one form, counted or tagged, in HTML and in plain text")
struct LinkTests {
  private func html(_ html: String) -> [String] {
    LinkRewriter(untracked: []).links(html: Array(html.utf8)).map(\.url)
  }

  @Test("EML-352: a token is a link whether its braces are encoded or not")
  func encodedTokens() {
    for url in [
      "{contactfield=website}", "%7Bcontactfield%3Dwebsite%7D", "%7bcontactfield=website%7d",
      "{leadfield=website}", "%7Bleadfield%3Dwebsite%7Chttps%3A%2F%2Fa.example%7D",
    ] { #expect(html("<a href=\"\(url)\">x</a>") == [url]) }
    for url in ["%7Bunsubscribe_url%7D", "{ownerfield=email}", "%7Bcontactfield%7D", "%7B", "{"] {
      #expect(html("<a href=\"\(url)\">x</a>").isEmpty, "\(url)")
    }
  }

  @Test("EML-351: URLs that differ in their encoding alone are one link")
  func normalForm() {
    let same = [
      ["https://x.example/grün", "HTTPS://X.Example/gr%c3%bcn", "https://x.example/gr%C3%BCn"],
      ["{contactfield=website}", "%7Bcontactfield%3Dwebsite%7D"],
      ["https://x.example/~a", "https://x.example/%7Ea"],
      [
        "https://x.example/?c={contactfield=city|a b}",
        "https://x.example/?c=%7Bcontactfield=city|a%20b%7D",
      ],
    ]
    for group in same { #expect(Set(group.map(LinkForm.normal)).count == 1, "\(group)") }
    let apart = [
      "https://x.example/a", "https://x.example/A", "https://x.example/a%2Fb",
      "https://x.example/a/b",
    ]
    #expect(Set(apart.map(LinkForm.normal)).count == 4)
    for text in ["", "%", "%7", "%7B", "\u{1F600}", "https://", "{", "%zz", "\u{0}"] {
      _ = LinkForm.normal(text)
    }
  }

  @Test("One form for comparing with what users write in filters")
  func comparable() {
    for (a, b) in [
      ("https://x.example/grün", "https://x.example/gr%C3%BCn"),
      ("https://x.example/my file", "https://x.example/my%20file"),
      ("https://x.example/?a=1&b=2", " https://X.example/?a=1&amp;b=2 "),
      ("https://gru\u{308}n.example/x", "https://xn--grn-ioa.example/x"),
      ("{contactfield=website}", "%7Bcontactfield%3Dwebsite%7D"),
    ] { #expect(WebAddress.comparable(a) == WebAddress.comparable(b), "\(a)") }
    #expect(WebAddress.comparable("https://a.example/%FF") == "https://a.example/%ff")
  }

  @Test("EML-350, EML-352: token links of the plain text are counted as those of the HTML")
  func plainTokens() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.pool.query("UPDATE contacts SET website = 'https://own.example/'")
      let email = try await bed.email(
        html: "<p>Hi {contactfield=firstname} <a href=\"%7Bcontactfield%3Dwebsite%7D\">Site</a></p>"
      )
      let plain = try await bed.email(
        html: nil, plain: "Hi {contactfield=firstname}, see {contactfield=website}.")
      for email in [email, plain] {
        try await bed.dispatch(email, to: [1], key: "\(email)")
        try await bed.sendAll()
        let key = try await bed.texts("SELECT key FROM links WHERE channel_id = \(email)")
        #expect(key.count == 1)
        let message = ParsedMessage(try #require(bed.transport.accepted.last).content)
        #expect(
          message.plain.contains("https://mail.example.com/r/\(key.first ?? "")?ct="),
          "\(message.plain)")
        #expect(message.plain.hasPrefix("Hi Name1"))
      }
    }
  }

  private func tagged(_ settings: MailSettings) async throws -> (html: String, plain: String) {
    try await MailBed.with(settings) { bed in
      try await bed.people(1)
      try await bed.pool.query("UPDATE contacts SET website = 'https://own.example/?a=1#top'")
      let email = try await bed.email(
        html: """
          <a href="https://shop.example/?q=1&amp;utm_medium=own#end" mautic:disable-tracking>1</a>
          <a href="https://code.example/{code}">2</a><a href="mailto:a@b.example">3</a>
          <a href="{unsubscribe_url}">4</a><a href="{contactfield=website}" mautic:disable-tracking>5</a>
          """, ", utm_source, utm_medium, utm_content",
        ", 'nl', 'mail', '{contactfield=firstname} & co'")
      try await bed.dispatch(email, to: [1], tokens: ["code": "c"])
      try await bed.sendAll()
      let message = try bed.message(to: "user1@example.com")
      return (message.html, message.plain)
    }
  }

  @Test(
    "EML-350: links that are not counted carry the UTM values themselves", arguments: [true, false])
  func tags(isTracking: Bool) async throws {
    var settings = MailSettings()
    settings.tracksLinks = isTracking
    let (html, plain) = try await tagged(settings)
    let more = "utm_content=Name1%20%26%20co"
    let urls = [
      "https://shop.example/?q=1&utm_medium=own&utm_source=nl&\(more)#end",
      "https://code.example/c?utm_source=nl&utm_medium=mail&\(more)",
      "https://own.example/?a=1&utm_source=nl&utm_medium=mail&\(more)#top",
    ]
    for url in urls {
      #expect(html.contains("\"\(HTMLText.escaped(url))\""), "\(url)\n\(html)")
      #expect(plain.contains("(\(url))"), "\(url)\n\(plain)")
    }
    #expect(html.contains("\"mailto:a@b.example\"") && !html.contains("/r/"))
    #expect(!plain.contains("/r/") && plain.components(separatedBy: "utm_source").count == 4)
  }

  @Test("EML-353: the reference is handed on to pages of this site alone")
  func reference() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let email = try await bed.email(
        html: """
          <a href="https://shop.example/p?sig=abc">1</a><a href="https://mail.example.com/page?a=1">2</a>
          <a href="https://mail.example.com.evil.example/">3</a><a href="https://mail.example.com@evil.example/">4</a>
          <a href="HTTPS://MAIL.example.com">5</a><a href="https://mail.example.com:8443/x">6</a>
          """)
      try await bed.dispatch(email, to: [1])
      try await bed.sendAll()
      let hash = try #require(bed.transport.accepted.first?.hash)
      let reference = bed.environment.signer.clickthrough(hash, contact: 1)
      var found: [String] = []
      for key in try await bed.texts("SELECT key FROM links") {
        let target = try #require(
          try await LinkTargets(environment: bed.environment).find(
            key, reference: reference, parameters: []))
        #expect(target.hash == hash)
        if target.url.contains("ct=") { found.append(target.url) }
      }
      #expect(
        found.sorted() == [
          "HTTPS://MAIL.example.com?ct=\(reference)",
          "https://mail.example.com/page?a=1&ct=\(reference)",
        ])
    }
  }

  @Test("EML-207: dynamic content is template text: tokens, links and UTM in every variant")
  func dynamicContent() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query("UPDATE contacts SET points = id * 10")
      let content = #"""
        [{"tokenName": "D", "content": "Hi {contactfield=firstname|you} <a href=\"https://shop.example/in\">in</a> <a href=\"{unsubscribe_url}\">u</a> {webview_url} {dynamiccontent=\"D\"}{unsubscribe_text}", "filters": [
            {"content": "<p>Dear {contactfield=lastname}, <a href=\"https://shop.example/bare\" mautic:disable-tracking>b</a> <a href=\"https://shop.example/in\">in</a></p>",
             "filters": [{"glue": "and", "field": "points", "object": "lead", "type": "number", "operator": "gte", "filter": 20}]}]},
         {"tokenName": "E", "content": "{contactfield=firstname|you} &eacute;", "filters": []}]
        """#
      let email = try await bed.email(
        subject: "S {dynamiccontent=\"E\"}", html: "<p>{dynamiccontent=\"D\"}</p>",
        ", dynamic_content, utm_source", ", \(JSON(text: content)), 'nl'")
      try await bed.pool.query(
        "UPDATE contacts SET firstname = '{contactfield=lastname}<b>' WHERE id = 1")
      try await bed.dispatch(email, to: [1, 2])
      try await bed.sendAll()
      let keys = try await bed.texts("SELECT key FROM links ORDER BY url")
      #expect(try await bed.texts("SELECT url FROM links") == ["https://shop.example/in"])
      let first = try bed.message(to: "user1@example.com")
      let link = "https://mail.example.com/r/\(keys.first ?? "")?ct="
      // A value is not looked through again.
      #expect(
        first.html.contains("Hi {contactfield=lastname}&lt;b&gt; <a href=\"\(link)"),
        "\(first.html)")
      #expect(first.html.contains("<a href=\"https://mail.example.com/email/unsubscribe/"))
      #expect(first.html.contains("https://mail.example.com/email/view/"))
      #expect(first.plain.hasPrefix("Hi {contactfield=lastname}<b> in (\(link)"), "\(first.plain)")
      #expect(!first.html.contains("dynamiccontent"))
      let second = try bed.message(to: "user2@example.com")
      #expect(
        second.html.contains("<p>Dear Last2, <a href=\"https://shop.example/bare?utm_source=nl\""))
      #expect(second.html.contains("<a href=\"\(link)") && second.plain.contains("in (\(link)"))
      #expect(second["Subject"]?.contains("{") == false)
      let hash = try #require(
        bed.transport.accepted.first { $0.recipient == "user2@example.com" }?.hash)
      let page = String(
        decoding: try #require(try await WebVersions(environment: bed.environment).page(hash)),
        as: UTF8.self)
      #expect(page.contains("<p>Dear Last2, ") && page.contains(link))
    }
  }

  @Test("EML-310: the named characters of HTML 4 in the plain text, and those of Windows by number")
  func entities() {
    #expect(
      PlainText.make("<p>&oacute; &aacute; &ecirc; &aring; &iexcl; &rarr; &frac12; &hearts;</p>")
        == "ó á ê å ¡ → ½ ♥")
    #expect(
      PlainText.make("&thetasym;&Omega;&omega;&sup2;&apos;&#150;&#x96;&#x1F600;") == "ϑΩω²'––😀")
    #expect(
      PlainText.make("&unknown; &; &#0; &#xD800; &eacute") == "&unknown; &; &#0; &#xD800; &eacute")
  }

  @Test(
    "EML-310: a link without an end tag keeps its URL",
    arguments: [
      ("<a href=\"https://x.example/\">text", "text (https://x.example/)"),
      ("<p><a href=\"https://x.example/\">a</p><p>b</p>", "a (https://x.example/)\n\nb"),
      (
        "<a href=\"https://x.example/\">a <a href=\"https://y.example/\">b</a>",
        "a (https://x.example/) b (https://y.example/)"
      ),
      (
        "<ul><li><a href=https://x.example/1>one<li><a href=https://x.example/2>two</ul>end",
        "* one (https://x.example/1)\n* two (https://x.example/2)\n\nend"
      ),
      (
        "<p>see <a href=\"https://x.example/\">a<p>b",
        "see a (https://x.example/)\n\nb"
      ),
      ("<a href=\"https://x.example/\"><div>all</div></a>", "all\n (https://x.example/)"),
    ])
  func openLinks(_ html: String, _ expected: String) {
    let text = PlainText.make(html).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    #expect(text == expected.replacing("\n (", with: "\n("))
  }
}
