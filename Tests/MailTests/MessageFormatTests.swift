import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("The form of messages")
struct MessageFormatTests {
  @Test("Plain text derived from HTML (EML-310)")
  func plainText() {
    let html = """
      <html><head><title>T</title><style>p{x:y}</style></head><body>
      <h1>News</h1><p>Hello&nbsp;<b>Kim</b>,<br>all &amp; well?  Yes.</p>
      <ul><li>one</li><li>two <a href="https://a.example/?a=1&amp;b=2">more</a></li></ul>
      <script>alert(1)</script><p>Bye</p><!-- gone --></body></html>
      """
    #expect(
      PlainText.make(html) == """
        News

        Hello Kim,
        all & well? Yes.

        * one
        * two more (https://a.example/?a=1&b=2)

        Bye
        """)
    #expect(
      PlainText.make("<p>Hi {contactfield=firstname|you}</p>") == "Hi {contactfield=firstname|you}")
    #expect(PlainText.make("") == "" && PlainText.make("a < b") == "a < b")
  }

  @Test("HTML is completed: document, head, title, language (EML-303); preheader first (EML-305)")
  func completing() {
    let whole = HTMLDocument.complete(
      "<p>x</p>", language: "pt_BR", preheader: "Look & see", hasPixel: true)
    #expect(whole.hasPrefix("<!DOCTYPE html><html lang=\"pt-BR\"><head>"))
    #expect(whole.contains("<title>{subject}</title></head><body><div style=\"display:none"))
    #expect(whole.contains(">Look &amp; see</div><p>x</p>{tracking_pixel}</body></html>"))
    let own = HTMLDocument.complete(
      "<html lang='de'><head><title>Mine</title></head><body class=x>y</body></html>",
      language: "en", preheader: nil, hasPixel: false)
    #expect(own == "<html lang='de'><head><title>Mine</title></head><body class=x>y</body></html>")
  }

  @Test("The pixel: at its token, before the end of the body, at the end, or omitted (EML-304)")
  func pixel() {
    func place(_ html: String, _ hasPixel: Bool = true) -> String {
      HTMLDocument.complete(html, language: "en", preheader: nil, hasPixel: hasPixel)
    }
    let mark = "{tracking_pixel}"
    #expect(place("<body>a\(mark)b</body>").contains("a\(mark)b</body>"))
    #expect(place("<body>a</body>").contains("a\(mark)</body>"))
    #expect(place("<html><body>a").hasSuffix("a\(mark)"))
    #expect(!place("<body>a</body>", false).contains(mark))
  }

  @Test("Links that are tracked and links that are not (EML-350, EML-351, EML-352)")
  func links() {
    let rewriter = LinkRewriter(untracked: ["https://private.example/"])
    let html = """
      <a href="https://a.example/?a=1&amp;b=2">1</a><a href='https://a.example/?a=1&b=2'>2</a>
      <A HREF=http://b.example>3</A><a href="mailto:x@y.z">4</a><a href="tel:1">5</a>
      <a href="#top">6</a><a href="https://private.example/x">7</a>
      <a href="https://c.example" mautic:disable:tracking="true">8</a>
      <a href="{contactfield=website}">9</a><a href="{unsubscribe_url}">10</a>
      <link href="https://d.example/style.css"><a href="https://{contactfield=website}/x">11</a>
      <a href="javascript:x">12</a><a name="x">13</a>
      """
    let urls = rewriter.links(html: Array(html.utf8)).map(\.url)
    #expect(
      urls == [
        "https://a.example/?a=1&b=2", "https://a.example/?a=1&b=2", "http://b.example",
        "{contactfield=website}", "https://{contactfield=website}/x",
      ])
    let plain =
      "See https://a.example/x?y=1. (http://b.example/(z)) https://{contactfield=w|a b}/c, x"
    #expect(
      rewriter.links(plain: Array(plain.utf8)).map(\.url) == [
        "https://a.example/x?y=1", "http://b.example/(z)", "https://{contactfield=w|a b}/c",
      ])
  }

  @Test(
    "Multipart with both texts in UTF-8, short lines and encoded headers (EML-301)"
  )
  func mime() {
    let message = MIMEMessage(
      sender: Sender(name: "Jürgen, \"Chef\"", address: "j@example.com", replyTo: "r@example.com"),
      recipient: ("Kim Ödegård", "kim@example.com"),
      subject: "Grüße " + String(repeating: "sehr lang ", count: 20),
      date: Date(timeIntervalSince1970: 1_709_283_900), messageID: "abc@mail.example.com",
      headers: [("X-Own", "value")],
      html: Array("<p>\(String(repeating: "ä=b ", count: 100))</p>".utf8),
      plain: Array(".\ntext \n".utf8), boundary: "=_b")
    let bytes = message.bytes()
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 78 })
    #expect(bytes.allSatisfy { $0 < 0x80 })
    #expect(!lines.contains(".") && !lines.contains { $0.contains("\n") })
    let parsed = ParsedMessage(bytes)
    #expect(parsed["Date"] == "Fri, 01 Mar 2024 09:05:00 +0000")
    #expect(parsed["Message-ID"] == "<abc@mail.example.com>" && parsed["MIME-Version"] == "1.0")
    #expect(parsed["Reply-To"] == "r@example.com" && parsed["X-Own"] == "value")
    #expect(Self.decoded(parsed["From"]) == "Jürgen, \"Chef\" <j@example.com>")
    #expect(Self.decoded(parsed["To"]) == "Kim Ödegård <kim@example.com>")
    #expect(Self.decoded(parsed["Subject"]) == message.subject)
    #expect(parsed.html == "<p>\(String(repeating: "ä=b ", count: 100))</p>")
    #expect(parsed.plain == ".\ntext ")
    #expect(parsed.parts.map(\.type).allSatisfy { $0.hasSuffix("; charset=utf-8") })
  }

  /// Returns the text of encoded words.
  private static func decoded(_ header: String?) -> String {
    var text = (header ?? "").replacingOccurrences(of: "?= =?UTF-8?B?", with: "?==?UTF-8?B?")
    while let start = text.range(of: "=?UTF-8?B?"),
      let end = text.range(of: "?=", range: start.upperBound..<text.endIndex)
    {
      let data = Data(base64Encoded: String(text[start.upperBound..<end.lowerBound])) ?? Data()
      text.replaceSubrange(
        start.lowerBound..<end.upperBound, with: String(decoding: data, as: UTF8.self))
    }
    return text
  }

  @Test("Quoted-printable restores any bytes, in lines of at most 76 (EML-301)")
  func quotedPrintable() {
    for _ in 0..<300 {
      let text = String(
        (0..<Int.random(in: 0...400)).map { _ in
          ["a", "=", " ", "\t", "\n", "é", ".", "\u{1F600}", "x"].randomElement() ?? "a"
        }.joined())
      var output: [UInt8] = []
      QuotedPrintable.encode(Array(text.utf8), into: &output)
      let encoded = String(decoding: output, as: UTF8.self)
      let lines = encoded.components(separatedBy: "\r\n")
      #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasSuffix(" ") && $0 != "." })
      let message = ParsedMessage(Array("Content-Type: text/plain\r\n\r\n".utf8) + output)
      var expected = text
      while expected.last == "\n" { expected.removeLast() }
      #expect(message.plain == expected)
    }
  }

  @Test(
    "Unsubscribe headers of marketing sends, beside the e-mail's own one (EML-302, EML-111)")
  func listUnsubscribe() async throws {
    var settings = MailSettings()
    settings.unsubscribeMailbox = "leave@example.com"
    settings.returnPath = "bounces@example.com"
    try await MailBed.with(settings) { bed in
      try await bed.people(2)
      let email = try await bed.email(
        ", headers",
        #", '{"List-Unsubscribe": "<https://own.example/>", "X-Kind": "{contactfield=firstname}"}'"#
      )
      try await bed.dispatch(email, to: [1])
      try await bed.dispatch(email, to: [2], .transactional, key: "t")
      try await bed.sendAll()
      let marketing = try bed.message(to: "user1@example.com")
      let list = try #require(marketing["List-Unsubscribe"])
      let hash = SendHash.text(
        try #require(
          bed.transport.accepted.first {
            $0.recipient == "user1@example.com"
          }
        ).hash)
      #expect(
        list.hasPrefix("<https://mail.example.com/email/unsubscribe/\(hash)/user1@example.com/"))
      #expect(
        list.hasSuffix(
          "<mailto:leave@example.com?subject=unsubscribe-\(hash)>, <https://own.example/>"))
      #expect(marketing["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
      #expect(marketing["X-Kind"] == "Name1" && marketing["Precedence"] == nil)
      #expect(marketing["To"] == "Name1 Last1 <user1@example.com>")
      let other = try bed.message(to: "user2@example.com")
      #expect(other["List-Unsubscribe"] == "<https://own.example/>")
      #expect(other["List-Unsubscribe-Post"] == nil)
      #expect(
        bed.transport.accepted.map(\.sender).sorted().first?.hasPrefix("bounces+") == true)
    }
  }

  @Test(
    "Fields of the contact, its primary company and its owner, in one statement (EML-202)")
  func people() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, email, first_name, last_name, password_hash, signature,
          date_added) VALUES (9, 'olga', 'olga@example.com', 'Olga', 'Ray', 'x', 'O.', \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO companies (id, companyname, companycity, date_added)
        VALUES (1, 'Other', 'Rome', \(bed.now)), (2, 'Acme', 'Graz', \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO contact_companies VALUES (1, 1, false, \(bed.now)), (1, 2, true, \(bed.now))
        """)
      try await bed.pool.query(
        """
        UPDATE contacts SET owner_id = 9, points = 12, attribution_date = '2024-03-01Z'
        WHERE id = 1
        """)
      let email = try await bed.email(
        plain: """
          {contactfield=firstname} {contactfield=companyname|none} {contactfield=companycity|none} \
          {ownerfield=firstname} {contactfield=points} {contactfield=attribution_date|date} \
          {contactfield=email} {contactfield=wrong|w}
          """)
      try await bed.dispatch(email, to: [1, 2])
      try await bed.sendAll()
      #expect(
        try bed.message(to: "user1@example.com").plain
          == "Name1 Acme Graz Olga 12 March 1, 2024 user1@example.com w")
      #expect(
        try bed.message(to: "user2@example.com").plain == "Name2 none none  0  user2@example.com w")
    }
  }

  @Test("Dynamic content: the first variant that matches, else the default (EML-207)")
  func dynamicContent() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.pool.query("UPDATE contacts SET points = id * 10")
      try await bed.segment(4, [3])
      let content = """
        [{"tokenName": "Offer", "content": "<b>default</b>", "filters": [
          {"content": "member", "filters": [{"glue": "and", "field": "leadlist", "object": "lead",
            "type": "leadlist", "operator": "in", "filter": [4]}]},
          {"content": "rich", "filters": [{"glue": "and", "field": "points", "object": "lead",
            "type": "number", "operator": "gte", "properties": {"filter": 20}}]},
          {"content": "broken", "filters": [{"glue": "and", "field": "no_field", "object": "lead",
            "type": "text", "operator": "=", "filter": "x"}]}]}]
        """
      let email = try await bed.email(
        html: "<p>{dynamiccontent=\"Offer\"}</p>", ", dynamic_content",
        ", \(JSON(text: content))")
      try await bed.dispatch(email, to: [1, 2, 3])
      try await bed.sendAll()
      let shown = try (1...3).map { try bed.message(to: "user\($0)@example.com").plain }
      #expect(shown == ["default", "rich", "member"])
    }
  }

  @Test("Links are tracked and shared within an e-mail (EML-350, EML-351)")
  func tracking() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      let email = try await bed.email(
        html:
          "<a href='https://a.example/?a=1&amp;b=2'>x</a><a href=\"https://a.example/?a=1&b=2\">y</a>",
        plain: "See https://a.example/?a=1&b=2 now")
      try await bed.dispatch(email, to: [1, 2])
      try await bed.sendAll()
      #expect(try await bed.texts("SELECT url FROM links") == ["https://a.example/?a=1&b=2"])
      let key = try await bed.texts("SELECT key FROM links")[0]
      let message = try bed.message(to: "user1@example.com")
      #expect(
        message.html.components(separatedBy: "https://mail.example.com/r/\(key)?ct=").count == 3)
      #expect(message.plain.hasPrefix("See https://mail.example.com/r/\(key)?ct="))
      let mark = try #require(
        message.plain.components(separatedBy: "ct=").last?.split(separator: " ").first)
      let opened = try #require(bed.environment.signer.openClickthrough(String(mark)))
      #expect(opened.contact == 1)
    }
  }

  @Test("Signatures: broken, truncated, forged and foreign ones are rejected (EML-354, EML-401)")
  func seals() {
    let seal = LinkSigner(secret: MailBed.site.secret)
    let hash = UUID()
    let text = seal.clickthrough(hash, contact: -5)
    #expect(seal.openClickthrough(text)?.hash == hash && seal.openClickthrough(text)?.contact == -5)
    #expect(LinkSigner(secret: "another secret").openClickthrough(text) == nil)
    var letters = Array(text)
    for index in letters.indices {
      let before = letters[index]
      letters[index] = before == "A" ? "B" : "A"
      let changed = seal.openClickthrough(String(letters))
      // The last letter carries bits that belong to no byte.
      #expect(changed == nil || index == letters.count - 1)
      letters[index] = before
    }
    for bad in ["", "A", "%00", String(repeating: "A", count: 5000), "\u{0}", "äöü", "===="] {
      #expect(seal.openClickthrough(bad) == nil)
    }
    let digest = seal.digest(ofAddress: "Kim@Example.com")
    #expect(digest.count == 64 && seal.isDigest(digest, ofAddress: "kim@example.com"))
    #expect(!seal.isDigest(digest, ofAddress: "tim@example.com"))
    #expect(!seal.isDigest("", ofAddress: "kim@example.com"))
  }
}
