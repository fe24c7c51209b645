import Foundation
import Testing

@testable import Mail

@Suite("Tokens and their values")
struct TokenTests {
  private let site = MailBed.site

  private func renderer(
    subject: String = "Subject", html: String? = nil, plain: String? = nil,
    person: RecipientProfile = RecipientProfile(address: "kim@example.com"),
    envelope: MailEnvelope = MailEnvelope(),
    settings: MailSettings = MailSettings()
  ) -> Renderer {
    let copy = MailCopy(
      subject: subject, preheader: nil, html: html, plainText: plain, language: "en")
    let template = Template(
      copy: copy, envelope: envelope, settings: settings, links: [:], site: site.url)
    return Renderer(
      template, for: person,
      links: MessageLinks(
        site: site, signer: LinkSigner(secret: site.secret),
        hash: UUID(
          uuid: uuid_t(
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)), contact: 7,
        address: person.address))
  }

  private func plain(
    _ text: String, _ fields: [String: String] = [:], owner: MailOwner? = nil,
    settings: MailSettings = MailSettings(), envelope: MailEnvelope = MailEnvelope()
  ) -> String {
    var person = RecipientProfile(address: "kim@example.com")
    person.fields = fields
    person.owner = owner
    return String(
      decoding: renderer(plain: text, person: person, envelope: envelope, settings: settings).plain,
      as: UTF8.self)
  }

  @Test(
    "EML-207: pages and assets are found by their ids, in any case and encoding; all else is text")
  func objectTokens() {
    let text =
      "{pagelink=5}%7bAssetLink=12%7D{pagelink=}{pagelink=5{pagelink=x}{pagelink=7%7D{form=1}"
    let tokens = ObjectToken.all(in: Array(text.utf8))
    #expect(tokens.map(\.kind) == [.page, .asset] && tokens.map(\.id) == [5, 12])
    #expect(tokens.map(\.range) == [0..<12, 12..<30])
    let huge = "{pagelink=99999999999999999999}{pagelink=" + String(repeating: "1", count: 100_000)
    #expect(ObjectToken.all(in: Array(huge.utf8)) == [])
  }

  @Test("Contact tokens with defaults, encoding and formats (EML-201, EML-202, EML-203)")
  func contactTokens() {
    let fields = ["firstname": "Ann & Bo", "born": "1990-05-07", "at": "2024-03-01 09:05:00"]
    let cases = [
      ("Hi {contactfield=firstname}!", "Hi Ann & Bo!"),
      ("Hi {contactfield=lastname}!", "Hi !"),
      ("Hi {contactfield=lastname|there}!", "Hi there!"),
      ("{leadfield=firstname|x}", "Ann & Bo"),
      ("{contactfield=nothing|a default, with words}", "a default, with words"),
      ("?q={contactfield=firstname|true}", "?q=Ann%20%26%20Bo"),
      ("{contactfield=lastname|true}{contactfield=lastname|date}", ""),
      ("{contactfield=born|date}", "May 7, 1990"),
      ("{contactfield=at|datetime}", "March 1, 2024 9:05 am"),
      ("{contactfield=at|time}", "9:05 am"),
      ("{contactfield=firstname|date}", "Ann & Bo"),
      ("%7Bcontactfield=firstname%7Ctrue%7D", "Ann%20%26%20Bo"),
      ("%7bcontactfield=lastname%7Cyou%7d", "you"),
    ]
    for (text, expected) in cases { #expect(plain(text, fields) == expected, "\(text)") }
  }

  @Test("A value is escaped where it stands, inserted once and never parsed again (EML-204)")
  func escaping() {
    var person = RecipientProfile(address: "kim@example.com")
    person.fields = ["x": "<b>\"{contactfield=y}\"</b>\r\nBcc: all", "y": "never"]
    let text = "{contactfield=x}"
    let renderer = renderer(subject: text, html: "<p>\(text)</p>", plain: text, person: person)
    let html = String(decoding: renderer.html ?? [], as: UTF8.self)
    #expect(html.contains("<p>&lt;b&gt;&quot;{contactfield=y}&quot;&lt;/b&gt;\r\nBcc: all</p>"))
    #expect(renderer.subject == "<b>\"{contactfield=y}\"</b>Bcc: all")
    #expect(
      String(decoding: renderer.plain, as: UTF8.self)
        == "<b>\"{contactfield=y}\"</b>\r\nBcc: all")
  }

  @Test("Owner tokens; empty without an owner (EML-205)")
  func ownerTokens() {
    let owner = MailOwner(
      firstName: "Olga", lastName: "Ray", email: "olga@example.com", position: "Sales",
      signature: "O.R.")
    let text =
      "{ownerfield=firstname} {ownerfield=lastname} {ownerfield=email} {ownerfield=position} {ownerfield=signature}"
    #expect(plain(text, owner: owner) == "Olga Ray olga@example.com Sales O.R.")
    #expect(plain("[{ownerfield=firstname}{ownerfield=what}]") == "[]")
  }

  @Test("The e-mail's own tokens, with links and contact tokens inside the texts (EML-206)")
  func emailTokens() {
    var settings = MailSettings()
    settings.unsubscribeText = "<a href='|URL|'>Leave</a>, {contactfield=firstname|friend}"
    var person = RecipientProfile(address: "kim@example.com")
    person.fields = ["firstname": "<Kim>"]
    let renderer = renderer(
      subject: "To {contactfield=firstname}",
      html: "{subject}|{unsubscribe_text}|{webview_url}|{dnc_url}|{signature}|{tracking_pixel}",
      person: person, settings: settings)
    let html = String(decoding: renderer.html ?? [], as: UTF8.self)
    let hash = "0102030405060708090a0b0c0d0e0f10"
    #expect(
      html.contains("To &lt;Kim&gt;|<a href='https://mail.example.com/email/unsubscribe/\(hash)/"))
    #expect(html.contains("'>Leave</a>, &lt;Kim&gt;|https://mail.example.com/email/view/\(hash)|"))
    #expect(html.contains("/email/dnc/\(hash)/kim@example.com/"))
    #expect(html.contains("Best regards,<br/>Martlet|<img height=\"1\" width=\"1\" src="))
    #expect(html.components(separatedBy: "\(hash).gif").count == 2)
    let plain = String(decoding: renderer.plain, as: UTF8.self)
    #expect(plain.contains("Leave (https://mail.example.com/email/unsubscribe/\(hash)/"))
    #expect(!plain.contains("<img"))
  }

  @Test("Tokens of other modules yield nothing if there is no such object (EML-207, FRM-21)")
  func componentTokens() {
    #expect(
      plain("[{pagelink=1}{assetlink=2}{form=3}{focus=4}{dynamiccontent=\"Part 1\"}]") == "[]")
    var person = RecipientProfile(address: "kim@example.com")
    person.dynamic = ["Part 1": "<b>Yes</b>"]
    person.custom = ["code": "<i>42</i>", "formfield=city": "R&amp;B"]
    let renderer = renderer(
      html: "{dynamiccontent=\"Part 1\"} {code} {other} {formfield=city}{formfield=none}.",
      plain: "{dynamiccontent=\"Part 1\"} {code}", person: person)
    #expect(
      String(decoding: renderer.html ?? [], as: UTF8.self).contains(
        "<b>Yes</b> <i>42</i> {other} R&amp;B."))
    #expect(String(decoding: renderer.plain, as: UTF8.self) == "Yes 42")
  }

  @Test("Text that is not a token stays as it was written (EML-209)")
  func malformed() {
    for text in [
      "{", "}", "{}", "{contactfield=", "{contactfield", "{contactfield=}", "{ contactfield=x }",
      "a { color: red }", "{unknown=1}", "%7B", "%7Bcontactfield=x", "{contactfield={x}}x", "%7",
      "{{contactfield}}", "body{margin:0}", "{not a token}",
    ] {
      #expect(plain(text) == text || text.contains("{x}"), "\(text): \(plain(text))")
    }
  }

  @Test("Any text is split into pieces that restore it, whatever its bytes (EML-209)")
  func fuzz() {
    let alphabet = Array("{}=|%7BbDd\"abc contactfield<>&\u{E9}\n\r".unicodeScalars)
    for _ in 0..<3_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...60) {
        text.unicodeScalars.append(alphabet.randomElement() ?? "x")
      }
      let pieces = TokenScanner.pieces(text)
      let isPlain = pieces.allSatisfy {
        switch $0 {
        case .bytes, .custom: true
        default: false
        }
      }
      if isPlain {
        var bytes: [UInt8] = []
        for piece in pieces {
          switch piece {
          case .bytes(let part), .custom(_, original: let part): bytes += part
          default: break
          }
        }
        #expect(bytes == Array(text.utf8), "\(text.debugDescription)")
      }
      _ = renderer(subject: text, html: text, plain: text).html
      _ = PlainText.make(text)
    }
  }

  @Test(
    "Tokens in sender and reply-to; the system's where they are empty (EML-208, EML-320, EML-321)"
  )
  func sender() {
    var settings = MailSettings()
    settings.fromName = "System"
    settings.fromAddress = "system@example.com"
    var person = RecipientProfile(address: "kim@example.com")
    func sender(_ envelope: MailEnvelope) -> Sender {
      renderer(person: person, envelope: envelope, settings: settings).sender
    }
    #expect(sender(MailEnvelope()) == Sender(name: "System", address: "system@example.com"))
    var envelope = MailEnvelope(
      fromName: "{contactfield=agent}", fromAddress: "{contactfield=agentmail}",
      replyTo: "{contactfield=agentmail}")
    #expect(sender(envelope) == Sender(name: "System", address: "system@example.com"))
    person.fields = ["agent": "Bob", "agentmail": "bob@example.com"]
    #expect(
      sender(envelope)
        == Sender(name: "Bob", address: "bob@example.com", replyTo: "bob@example.com"))
    settings.replyTo = "desk@example.com"
    envelope.replyTo = nil
    #expect(sender(envelope).replyTo == "desk@example.com")
  }

  @Test("The owner as sender, with a signature; without an owner the e-mail's sender (EML-330)")
  func ownerAsMailer() {
    var settings = MailSettings()
    settings.isOwnerMailer = true
    settings.signature = "Yours, |FROM_NAME|"
    let owner = MailOwner(
      firstName: "Olga", lastName: "Ray", email: "olga@example.com",
      signature: "Bye<br>|FROM_NAME|, {contactfield=firstname|you}")
    let envelope = MailEnvelope(fromName: "Team", fromAddress: "team@example.com")
    var person = RecipientProfile(address: "kim@example.com")
    person.fields = ["firstname": "Kim"]
    var message = renderer(
      plain: "{signature}", person: person, envelope: envelope, settings: settings)
    #expect(message.sender == Sender(name: "Team", address: "team@example.com"))
    #expect(String(decoding: message.plain, as: UTF8.self) == "Yours, Team")
    person.owner = owner
    message = renderer(plain: "{signature}", person: person, envelope: envelope, settings: settings)
    #expect(message.sender == Sender(name: "Olga Ray", address: "olga@example.com"))
    #expect(String(decoding: message.plain, as: UTF8.self) == "Bye\nOlga Ray, Kim")
    // The e-mail's own setting takes precedence over the system's.
    var own = envelope
    own.usesOwner = false
    message = renderer(plain: "{signature}", person: person, envelope: own, settings: settings)
    #expect(message.sender.address == "team@example.com")
    #expect(String(decoding: message.plain, as: UTF8.self) == "Yours, Team")
  }

  @Test("Only verified domains are allowed in From; others become Reply-To (EML-332)")
  func verifiedDomains() {
    var settings = MailSettings()
    settings.fromAddress = "news@example.com"
    settings.verifiedDomains = ["example.com"]
    let other = MailEnvelope(fromName: "Olga", fromAddress: "olga@elsewhere.test")
    #expect(
      renderer(envelope: other, settings: settings).sender
        == Sender(name: "Olga", address: "news@example.com", replyTo: "olga@elsewhere.test"))
    let own = MailEnvelope(fromAddress: "olga@EXAMPLE.com")
    #expect(renderer(envelope: own, settings: settings).sender.address == "olga@EXAMPLE.com")
  }

  @Test("A text of the settings or a signature that includes itself ends all the same (EML-209)")
  func endlessBlocks() {
    var settings = MailSettings()
    settings.isOwnerMailer = true
    settings.signature = "S{signature}"
    settings.unsubscribeText = "U{webview_text}{unsubscribe_text}"
    settings.webviewText = "W{unsubscribe_text}"
    let text = "{signature} {unsubscribe_text} {webview_text}"
    #expect(plain(text, settings: settings) == "S U W")
    let owner = MailOwner(
      firstName: "Olga", email: "olga@example.com", signature: "O{signature}{webview_text}")
    #expect(plain(text, owner: owner, settings: settings) == "O U W")
  }

  @Test("Within HTML a token is written as HTML: entities are decoded (EML-201)")
  func entities() {
    let renderer = renderer(
      html: """
        <p>{contactfield=company|Smith &amp; Co}</p><p>{contactfield=company|Smith & Co}</p>\
        <p>{dynamiccontent=&quot;Part&quot;}</p>
        """, person: RecipientProfile(address: "kim@example.com", dynamic: ["Part": "<b>Yes</b>"]))
    let html = String(decoding: renderer.html ?? [], as: UTF8.self)
    #expect(html.contains("<p>Smith &amp; Co</p><p>Smith &amp; Co</p><p><b>Yes</b></p>"))
    #expect(
      String(decoding: renderer.plain, as: UTF8.self) == "Smith & Co\n\nSmith & Co\n\nYes")
  }

  @Test("Tokens in the preheader, with quotes (EML-208, EML-305)")
  func preheader() {
    let copy = MailCopy(
      subject: "x", preheader: "{dynamiccontent=\"Part\"} {contactfield=firstname|it's you}",
      html: "<p>x</p>", plainText: nil, language: "en")
    let template = Template(
      copy: copy, envelope: MailEnvelope(), settings: MailSettings(), links: [:], site: site.url)
    let renderer = Renderer(
      template, for: RecipientProfile(address: "kim@example.com", dynamic: ["Part": "Yes"]),
      links: MessageLinks(site: site))
    #expect(
      String(decoding: renderer.html ?? [], as: UTF8.self).contains(">Yes it&#39;s you</div>"))
  }

  @Test("Text that is not a date is unchanged; days with their ordinal suffixes (EML-201)")
  func dates() {
    let fields = [
      "phone": "555-1234-99", "day": "2024-02-30", "big": "9223372036854775807-01-01",
      "late": "2024-03-01 25:00", "first": "2024-03-01",
    ]
    for alias in ["phone", "day", "big", "late"] {
      #expect(plain("{contactfield=\(alias)|date}", fields) == fields[alias])
    }
    var settings = MailSettings()
    settings.dateFormat = "jS F Y"
    #expect(plain("{contactfield=first|date}", fields, settings: settings) == "1st March 2024")
    let letters = [2, 3, 4, 11, 12, 13, 21, 22, 23].map { day in
      DateFormat(pattern: "S").text(DateComponents(day: day))
    }
    #expect(letters == ["nd", "rd", "th", "th", "th", "th", "st", "nd", "rd"])
  }
}
