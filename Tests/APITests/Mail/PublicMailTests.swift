import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import API
@testable import Mail

@Suite("Targets of links in e-mails (tracking.md 10 and 11)")
struct PublicMailTests {
  private func get(
    _ bed: APIBed, _ path: String, agent: String = "Mozilla/5.0", headers: [String] = []
  ) async throws -> RawResponse {
    try await bed.server.request(
      "GET", path, as: nil, headers: ["User-Agent: \(agent)"] + headers)
  }

  private func opens(_ bed: APIBed, _ count: Int) async throws -> Bool {
    try await eventually(within: .seconds(20)) {
      try await bed.pool.query("SELECT open_count FROM email_sends")[0].decode(at: 0) == count
    }
  }

  @Test("The pixel: always the picture; bots and users count for nobody (EML-340, EML-342)")
  func pixel() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      for path in ["/email/\(hash).gif", "/index.php/email/\(hash).gif", "/email/unknown.gif"] {
        let answer = try await get(bed, path)
        #expect(answer.status == 200 && answer.body.count == 43, "\(path)")
        #expect(answer.headers["content-type"] == "image/gif")
        #expect(answer.headers["cache-control"]?.contains("no-cache") == true)
      }
      _ = try await get(bed, "/email/\(hash).gif", agent: "curl/8")
      _ = try await get(
        bed, "/email/\(hash).gif",
        headers: ["Authorization: \(TestServer.basic("admin", "secret"))"])
      #expect(try await opens(bed, 2))
      #expect(try await get(bed, "/email/\(hash).png").status == 404)
    }
  }

  @Test("Any bytes in place of hashes, keys, references and digests: never a 5xx (email.md 18)")
  func anyBytes() async throws {
    try await APIBed.with { (bed) async throws in
      let bad = [
        "%00", "%FF%FE", "..%2F..", "'%20OR%201=1", String(repeating: "a", count: 3000), "%", "%zz",
        "0102030405060708090a0b0c0d0e0f10", "{id}", "%F0%9F%98%80",
      ]
      for text in bad {
        for path in [
          "/email/\(text).gif", "/email/view/\(text)", "/email/unsubscribe/\(text)",
          "/email/unsubscribe/\(text)/\(text)/\(text)", "/email/dnc/\(text)/\(text)/\(text)",
          "/email/resubscribe/\(text)", "/email/preview/\(text)", "/r/\(text)?ct=\(text)",
          "/redirect/\(text)", "/email/unsubscribe/\(text)/a@example.com/\(text)",
        ] {
          let status = try await get(bed, path).status
          #expect(status < 500, "\(path): \(status)")
        }
        let posted = try await bed.server.request(
          "POST", "/email/unsubscribe/\(text)", as: nil,
          headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(text.utf8))
        #expect(posted.status < 500)
      }
    }
  }

  @Test(
    "A counted link: 302 to its target, a hit and an open; unknown 404; no open redirect (EML-353, EML-354)"
  )
  func links() async throws {
    // No click waits for others: nothing here comes back for it.
    var settings = MailSettings()
    settings.machines.windowSeconds = 0
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      _ = try await bed.mail("<p><a href='https://shop.example/?a=1'>x</a></p>")
      let page = try await get(bed, "/email/view/\(try await bed.hash())")
      let link = try #require(page.text.firstMatch(of: /https:\/\/mail\.example\.com(\/r\/[^']+)'/))
      let answer = try await get(bed, String(link.1) + "&x=y")
      #expect(answer.status == 302)
      let target = try #require(answer.headers["location"])
      #expect(target == "https://shop.example/?a=1&x=y")
      // The browser is the recipient's from now on.
      #expect(answer.headers["set-cookie"] != nil)
      #expect(
        try await eventually(within: .seconds(20)) {
          try await bed.pool.query("SELECT hits FROM links")[0].decode(at: 0) == 1
        })
      let key = link.1.prefix { $0 != "?" }
      let forged = try await get(bed, "\(key)?ct=forged&url=https://evil.example")
      #expect(forged.status == 302)
      #expect(
        forged.headers["location"]
          == "https://shop.example/?a=1&url=https%3A%2F%2Fevil.example")
      #expect(try await get(bed, "/r/unknown").status == 404)
      let hits: Int = try await bed.pool.query("SELECT count(*) FROM link_hits")[0].decode(at: 0)
      #expect(hits == 1)
      #expect(
        try await eventually(within: .seconds(20)) {
          try await bed.pool.query(
            "SELECT FROM page_hits WHERE redirect_id = 1 AND contact_id = 1 AND email_id = 1"
          ).count == 1
        })
    }
  }

  @Test("EML-365, EML-366: what is fetched in advance opens, clicks and unsubscribes nothing")
  func inAdvance() async throws {
    var settings = MailSettings()
    settings.machines.deliverySeconds = 3_600
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p><a href='https://shop.example/'>x</a></p>")
      let shown = try await get(bed, "/email/view/\(hash)", headers: ["Sec-Purpose: prefetch"])
      let link = try #require(
        shown.text.firstMatch(of: /https:\/\/mail\.example\.com(\/r\/[^']+)'/))
      for header in ["Sec-Purpose: prefetch;prerender", "Purpose: preview", "X-Moz: prefetch"] {
        #expect(try await get(bed, "/email/\(hash).gif", headers: [header]).status == 200)
        #expect(try await get(bed, String(link.1), headers: [header]).status == 302)
        let page = try await get(bed, "/email/unsubscribe/\(hash)", headers: [header])
        #expect(page.text.contains("name=\"confirm\""))
      }
      #expect(
        try await bed.server.request("HEAD", "/email/\(hash).gif", as: nil).status == 200)
      #expect(try await bed.server.request("HEAD", String(link.1), as: nil).status == 302)
      // A program without a name, soon after the hand-over, is asked too.
      let nameless = try await bed.server.request("GET", "/email/dnc/\(hash)", as: nil)
      #expect(nameless.text.contains("name=\"confirm\""))
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
      #expect(try await bed.pool.query("SELECT FROM email_acts").isEmpty)
      #expect(try await bed.pool.query("SELECT FROM email_opens").isEmpty)
      // A person's open is counted, as that of a machine where its agent says so.
      _ = try await get(bed, "/email/\(hash).gif")
      #expect(try await opens(bed, 1))
    }
  }

  @Test("EML-364: the link that nobody sees answers, and is noted")
  func hiddenLink() async throws {
    var settings = MailSettings()
    settings.machines.hasTrap = true
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      let signer = LinkSigner(secret: String(repeating: "s", count: 32))
      let send = try #require(SendHash.parse(hash))
      let link = "/r/\(signer.trapKey(send))?ct=\(signer.clickthrough(send, contact: 1))"
      let answer = try await get(bed, link)
      #expect(answer.status == 200 && answer.headers["location"] == nil)
      #expect(
        try await eventually(within: .seconds(20)) {
          try await bed.pool.query("SELECT FROM email_traps").count == 1
        })
      #expect(try await bed.pool.query("SELECT FROM link_hits").isEmpty)
    }
  }

  @Test(
    "EML-401, EML-402, EML-403, EML-406: unsubscribing by link, by a mail program's button, and back"
  )
  func unsubscribes() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      func reasons() async throws -> [Int] {
        try await bed.pool.query("SELECT reason FROM do_not_contact").map { try $0.decode(at: 0) }
      }
      let page = try await get(bed, "/email/unsubscribe/\(hash)")
      #expect(page.status == 200 && page.text.contains("kim@example.com"))
      #expect(try await reasons() == [1])
      let back = try #require(
        page.text.firstMatch(of: /https:\/\/mail\.example\.com(\/email\/resubscribe\/[^"]+)"/))
      let asked = try await get(bed, String(back.1))
      #expect(asked.status == 200)
      #expect(try await reasons() == [1])
      let token = try #require(asked.text.firstMatch(of: /name="confirm" value="([0-9a-f]+)"/))
      let again = try await bed.server.request(
        "POST", String(back.1), as: nil,
        headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("confirm=\(token.1)".utf8))
      #expect(again.text.contains("re-subscribed"))
      #expect(try await reasons() == [])
      let click = try await bed.server.request(
        "POST", "/email/unsubscribe/\(hash)", as: nil,
        headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("List-Unsubscribe=One-Click".utf8))
      #expect(click.status == 200 && click.headers["content-type"]?.hasPrefix("text/plain") == true)
      #expect(try await reasons() == [1])
      let unknown = try await bed.server.request(
        "POST", "/email/unsubscribe/0102030405060708090a0b0c0d0e0f10", as: nil,
        headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("List-Unsubscribe=One-Click".utf8))
      #expect(unknown.status == 404)
      let missing = try await get(bed, "/email/unsubscribe/nothing")
      #expect(missing.status == 200 && missing.text.contains("not known"))
      // Without the token of a page a form changes nothing.
      try await bed.pool.query("DELETE FROM do_not_contact")
      let foreign = try await bed.server.request(
        "POST", "/email/unsubscribe/\(hash)", as: nil,
        headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array("form=1".utf8))
      #expect(foreign.status == 403)
      #expect(try await reasons() == [])
    }
  }

  @Test(
    "EML-403: whatever a mail program sends to the address unsubscribes",
    arguments: [
      (nil, "List-Unsubscribe=One-Click"), (nil, ""),
      ("text/plain", "List-Unsubscribe=One-Click\r\n"),
      ("application/x-www-form-urlencoded", "list-unsubscribe=one-click"),
      ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click\r\n"),
      ("application/x-www-form-urlencoded", ""), ("application/octet-stream", "\u{0}\u{1}"),
      ("application/json", #"{"List-Unsubscribe":"One-Click"}"#), ("application/json", "{"),
      (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
      ),
    ] as [(String?, String)])
  func oneClick(_ type: String?, _ body: String) async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      let page = try await bed.server.request(
        "POST", "/email/unsubscribe/\(hash)", as: nil,
        headers: type.map { ["Content-Type: \($0)"] } ?? [], body: Array(body.utf8))
      #expect(page.status == 200 && page.text == "unsubscribed")
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").count == 1)
    }
  }

  @Test("EML-403: a form of our pages is no one-click, with or without its token")
  func forms() async throws {
    var settings = MailSettings()
    settings.showsPreferences = true
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      for body in ["form=1", "email=1", "confirm=x", "token=&email=1", "segments[]=1"] {
        for path in ["unsubscribe", "dnc", "resubscribe"] {
          let answer = try await bed.server.request(
            "POST", "/email/\(path)/\(hash)", as: nil,
            headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(body.utf8))
          #expect(answer.status == 403, "\(path) \(body)")
        }
      }
      #expect(
        try await bed.server.request("POST", "/email/resubscribe/\(hash)", as: nil, body: []).status
          == 403)
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
    }
  }

  @Test("EML-406: a GET lifts no entry, whatever its reason", arguments: [1, 2, 3])
  func getLiftsNothing(_ reason: Int) async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        SELECT contact_id, 'email', \(reason), \(bed.jobs.clock.now) FROM email_sends
        """)
      for path in ["resubscribe", "resubscribe/"] {
        _ = try await get(bed, "/email/\(path)\(path.hasSuffix("/") ? "" : "/")\(hash)")
      }
      _ = try await bed.server.request("HEAD", "/email/resubscribe/\(hash)", as: nil)
      let page = try await get(bed, "/email/resubscribe/\(hash)")
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").count == 1)
      let token = try #require(page.text.firstMatch(of: /name="confirm" value="([0-9a-f]+)"/))
      let answer = try await bed.server.request(
        "POST", "/email/resubscribe/\(hash)", as: nil,
        headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("confirm=\(token.1)".utf8))
      #expect(answer.status == 200)
      #expect(answer.text.contains("re-subscribed") == (reason == 1))
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").count == (reason == 1 ? 0 : 1))
    }
  }

  @Test("EML-414: the wish of a deleted contact's address is kept")
  func deletedContact() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      let id: Int64 = try await bed.pool.query("SELECT id FROM contacts")[0].decode(at: 0)
      #expect(try await bed.server.request("DELETE", "/api/contacts/\(id)/delete").status == 200)
      #expect(try await get(bed, "/email/unsubscribe/\(hash)").text.contains("no longer receive"))
      let contact = try await bed.server.request(
        "POST", "/api/contacts/new", body: Array(#"{"email":"Kim@example.com"}"#.utf8))
      #expect(contact.status == 201)
      #expect(contact.json["contact"]?["doNotContact"]?.elements?.count == 1)
    }
  }

  @Test("Previews answer alike for ids that exist and that do not")
  func previews() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/emails", #"{"name":"N","subject":"S"}"#, "email")
      let (closed, unknown) = (
        try await get(bed, "/email/preview/1"), try await get(bed, "/email/preview/9999")
      )
      #expect(closed.status == 404 && unknown.status == 404 && closed.body == unknown.body)
    }
  }

  @Test("Answers in JSON are kept by no cache and taken for nothing else")
  func headers() async throws {
    try await APIBed.with { (bed) async throws in
      for path in ["/api/contacts", "/api/nothing", "/api/users/self", "/email/preview/x"] {
        let answer = try await bed.server.request("GET", path)
        #expect(answer.headers["x-content-type-options"] == "nosniff", "\(path)")
        #expect(answer.headers["cache-control"]?.contains("no-store") == true, "\(path)")
      }
    }
  }

  @Test("A button if links alone must not unsubscribe (EML-402)")
  func button() async throws {
    var settings = MailSettings()
    settings.asksBeforeUnsubscribing = true
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p>Hi</p>")
      let page = try await get(bed, "/email/dnc/\(hash)")
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
      let token = try #require(page.text.firstMatch(of: /name="confirm" value="([0-9a-f]+)"/))
      _ = try await bed.server.request(
        "POST", "/email/dnc/\(hash)", as: nil,
        headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("confirm=\(token.1)".utf8))
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").count == 1)
      // Nor do they subscribe again.
      #expect(try await get(bed, "/email/resubscribe/\(hash)").text.contains("name=\"confirm\""))
      func comeBack(_ form: String) async throws -> Int {
        try await bed.server.request(
          "POST", "/email/resubscribe/\(hash)", as: nil,
          headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(form.utf8)
        ).status
      }
      #expect(try await comeBack("confirm=abc") == 403)
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").count == 1)
      #expect(try await comeBack("confirm=\(token.1)") == 200)
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
    }
  }

  @Test(
    "Pages run no scripts and do not tell others their addresses; messages keep styles and pictures"
  )
  func policies() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let hash = try await bed.mail("<p style='color:red'>Hi<script>alert(1)</script></p>")
      for (path, allows) in [
        ("/email/view/\(hash)", ["style-src * 'unsafe-inline'", "img-src * data:"]),
        (
          "/email/preview/1",
          [
            "style-src * 'unsafe-inline'", "font-src * data:", "frame-ancestors 'none'",
            "form-action 'none'", "base-uri 'none'",
          ]
        ),
        ("/email/unsubscribe/nothing", ["form-action 'self'", "frame-ancestors 'none'"]),
      ] {
        let answer = try await get(bed, path)
        let policy = try #require(answer.headers["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("script"), "\(path)")
        for part in allows { #expect(policy.contains(part), "\(path): \(policy)") }
        #expect(answer.headers["referrer-policy"] == "no-referrer")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
      }
    }
  }

  @Test("The preference centre shows and accepts what the settings allow (EML-404, EML-405)")
  func preferences() async throws {
    var settings = MailSettings()
    settings.showsPreferences = true
    settings.showsFrequency = true
    settings.showsSegments = true
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      _ = try await bed.make(
        "/api/segments", #"{"name":"Inner","publicName":"Ours & more","isPreferenceCenter":true}"#,
        "list")
      let hash = try await bed.mail("<p>Hi</p>")
      let page = try await get(bed, "/email/unsubscribe/\(hash)")
      #expect(page.text.contains("Ours &amp; more") && page.text.contains("name=\"number\""))
      #expect(!page.text.contains("pauseFrom"))
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
      let token = try #require(page.text.firstMatch(of: /name="token" value="([0-9a-f]+)"/))
      func save(_ more: String) async throws -> Int {
        try await bed.server.request(
          "POST", "/email/unsubscribe/\(hash)", as: nil,
          headers: ["Content-Type: application/x-www-form-urlencoded"],
          body: Array("token=\(token.1)&\(more)".utf8)
        ).status
      }
      #expect(try await save("email=1&number=3&unit=WEEK&segments[]=1") == 200)
      #expect(
        try await bed.pool.query("SELECT FROM segment_members WHERE manually_added").count == 1)
      // A page shows what was ticked; what another form does not say stays.
      let shown = try await get(bed, "/email/unsubscribe/\(hash)").text
      #expect(shown.contains("name=\"segmentsBefore\" value=\"1\""))
      #expect(shown.contains("name=\"emailBefore\" value=\"1\""))
      #expect(try await save("email=1") == 200)
      #expect(
        try await bed.pool.query(
          """
          SELECT FROM segment_members m JOIN frequency_rules f ON f.contact_id = m.contact_id
          WHERE m.manually_added AND f.frequency_number = 3
          """
        ).count == 1)
      #expect(try await save("email=1&number=many") == 400)
      #expect(try await save("email=1&segments[]=99") == 400)
      #expect(try await save("email=1&number=3&unit=YEAR") == 400)
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
      #expect(try await save("number=3&unit=DAY") == 200)
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").count == 1)
      #expect(try await get(bed, "/email/preview/1").status == 200)
    }
  }
}
