import Foundation
import Mail
import Pages
import TestSupport
import Testing

@testable import API

@Suite("Landing pages as visitors see them (tracking.md 13)") struct LandingPageTests {
  private static let site = "https://mail.example.com"

  private func visit(
    _ bed: APIBed, _ path: String, _ headers: String..., method: String = "GET"
  ) async throws -> RawResponse {
    try await bed.server.request(
      method, path, as: nil, headers: [PageTrackingAPITests.browser] + headers)
  }

  /// Creates a page and returns its id.
  @discardableResult
  private func page(_ bed: APIBed, _ members: JSONObject) async throws -> Int {
    let answer = try await bed.send(
      "POST", "/api/pages/new", String(decoding: JSONValue.object(members).rendered, as: UTF8.self))
    #expect(answer.status == 201, "\(answer.text)")
    return try #require(answer.json["page"]?["id"]?.integer)
  }

  /// The cookies that an answer sets, by name.
  private func cookies(_ bed: APIBed, _ path: String, _ headers: String...) async throws
    -> [String: String]
  {
    let connection = try bed.server.connect()
    try await connection.send(
      TestServer.head("GET", path, as: nil, headers: [PageTrackingAPITests.browser] + headers))
    let head = try await connection.rawText(until: "\r\n\r\n")
    var cookies: [String: String] = [:]
    for line in head.split(separator: "\r\n") where line.hasPrefix("Set-Cookie: ") {
      let pair = line.dropFirst("Set-Cookie: ".count).prefix { $0 != ";" }
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { cookies[parts[0]] = parts[1] }
    }
    return cookies
  }

  @Test("A page is sent with its headers, its script and the visitor's cookies")
  func shows() async throws {
    try await APIBed.with { (bed) async throws in
      let id = try await page(
        bed,
        [
          "title": "Offer", "language": "de_AT", "noIndex": true,
          "customHtml":
            "<html><head></head><body><h1>Hi {contactfield=firstname|you}</h1></body></html>",
        ])
      for path in [
        "/offer", "/OFFER", "/\(id):offer", "/\(id):x", "/de-at/offer", "/index.php/offer",
      ] {
        let answer = try await visit(bed, path)
        #expect(answer.status == 200 && answer.text.contains("<h1>Hi you</h1>"), "\(path)")
        #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
        #expect(answer.headers["cache-control"] == "private, no-store")
        #expect(answer.headers["content-language"] == "de-AT")
        #expect(answer.headers["x-robots-tag"] == "noindex")
        #expect(answer.headers["referrer-policy"] == "strict-origin-when-cross-origin")
        #expect(answer.headers["access-control-allow-origin"] == nil)
        #expect(answer.text.contains("src=\"\(Self.site)/mtc.js\"></script></body>"))
        #expect(answer.text.contains("window.martletHit=\""))
      }
      let names = try await cookies(bed, "/offer").keys.sorted()
      #expect(names == ["mautic_device_id", "mautic_referer_id", "mtc_id", "mtc_sid"])
      let head = try await visit(bed, "/offer", method: "HEAD")
      #expect(head.status == 200 && head.headers["set-cookie"] == nil)
    }
  }

  @Test("What is no page is a page that says so; the API's own paths are not touched")
  func unknown() async throws {
    try await APIBed.with { (bed) async throws in
      try await page(bed, ["title": "Offer"])
      for path in [
        "/nothing", "/favicon.ico", "/x/offer", "/fr/offer", "/a/b/c", "/a/b/c/d", "/99:offer",
        "/%2e%2e%2fetc", "/offer%00", "/'%20or%201=1",
      ] {
        let answer = try await visit(bed, path)
        #expect(answer.status == 404 && answer.headers["set-cookie"] == nil, "\(path)")
      }
      for path in ["/api/offer", "/api/v2/companies", "/form/offer", "/page/offer"] {
        let answer = try await visit(bed, path)
        #expect(
          answer.status == 404 && answer.headers["content-type"] == "application/json", "\(path)")
      }
      #expect(try await visit(bed, "/offer", method: "POST").status == 404)
      #expect(try await visit(bed, "/nothing", method: "DELETE").status == 404)
      #expect(try await bed.server.request("GET", "/api/tags/new").status == 405)
    }
  }

  @Test("Every first part of another address is reserved, so that no page hides behind it")
  func reserved() async throws {
    try await APIBed.with { (bed) async throws in
      let words = bed.beginnings.filter { $0.allSatisfy { $0.isLetter } }
      #expect(words.subtracting(PageLimits.reserved) == [])
    }
  }

  @Test("A page that is not published: not found, or its visitors are sent on")
  func unpublished() async throws {
    try await APIBed.with { (bed) async throws in
      try await page(bed, ["title": "Old", "isPublished": false])
      #expect(try await visit(bed, "/old").status == 404)
      _ = try await bed.send(
        "PATCH", "/api/pages/1/edit",
        #"{"redirectType":"301","redirectUrl":"https://example.com/new?a=b"}"#)
      let moved = try await visit(bed, "/old?x=https://evil.example")
      #expect(moved.status == 301 && moved.headers["location"] == "https://example.com/new?a=b")
      _ = try await bed.send(
        "PATCH", "/api/pages/1/edit",
        #"{"redirectType":302,"isPublished":true,"publishDown":"2020-01-01"}"#)
      #expect(try await visit(bed, "/old").status == 302)
      _ = try await bed.send("PATCH", "/api/pages/1/edit", #"{"publishDown":null}"#)
      #expect(try await visit(bed, "/old").status == 200)
    }
  }

  @Test("Users preview pages that are not published, also as a contact sees them; nobody else does")
  func preview() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/contacts/new", #"{"firstname":"<i>Kim"}"#)
      try await page(
        bed,
        [
          "title": "Draft", "isPublished": false, "customHtml": "Hi {contactfield=firstname|you}",
        ])
      let shown = try await bed.server.request("GET", "/page/preview/1?contactId=1")
      #expect(shown.status == 200 && shown.text.contains("Hi Kim"))
      #expect(shown.headers["x-robots-tag"] == "noindex, nofollow")
      #expect(!shown.text.contains("mtc.js") && shown.headers["set-cookie"] == nil)
      #expect(try await visit(bed, "/page/preview/1").status == 401)
      #expect(try await bed.server.request("GET", "/page/preview/9").status == 404)
      // A user's own look at a page is no visit.
      _ = try await bed.send("PATCH", "/api/pages/1/edit", #"{"isPublished":true}"#)
      let own = try await bed.server.request(
        "GET", "/draft", headers: [PageTrackingAPITests.browser])
      #expect(own.status == 200 && own.headers["set-cookie"] == nil && !own.text.contains("mtc.js"))
    }
  }

  @Test("The page in the visitor's language is at its own address, with what the visitor came with")
  func languages() async throws {
    try await APIBed.with { (bed) async throws in
      try await page(bed, ["title": "Offer"])
      try await page(bed, ["title": "Angebot", "language": "de", "translationParent": 1])
      let german = "Accept-Language: de-AT,en;q=0.5"
      let moved = try await visit(bed, "/offer?utm_source=a%26b&ntrd=0x", german)
      #expect(moved.status == 200, "whoever has chosen stays")
      let sent = try await visit(bed, "/offer?utm_source=a%26b", german)
      #expect(sent.status == 302 && sent.headers["vary"] == "Accept-Language")
      #expect(sent.headers["location"] == "\(Self.site)/angebot?utm_source=a%26b&ntrd=1")
      #expect(try await visit(bed, "/angebot?ntrd=1", "Accept-Language: en").status == 200)
      #expect(
        try await visit(bed, "/angebot", "Accept-Language: en").headers["location"]
          == "\(Self.site)/offer?ntrd=1")
      #expect(try await visit(bed, "/offer").status == 200)
    }
  }

  @Test("A version of a tested page is chosen once for a browser")
  func variants() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await page(bed, ["title": "Test", "customHtml": "AAA"])
      try await page(
        bed,
        [
          "title": "Other", "customHtml": "BBB", "variantParent": 1,
          "variantSettings": ["weight": 100],
        ])
      #expect(try await cookies(bed, "/test")["mautic_page_1"] == "2")
      let first = try await visit(bed, "/test", "Cookie: mautic_page_1=1; x=y")
      #expect(first.text.contains("AAA"))
      let unknown = try await visit(bed, "/test", "Cookie: mautic_page_1=99")
      #expect(unknown.text.contains("BBB"))
      #expect(try await visit(bed, "/other").text.contains("BBB"))
      let isCounted = try await eventually {
        let pages = try await bed.send("GET", "/api/pages/2").json["page"]
        return pages?["hits"] == 3 && pages?["variantHits"] == 3
      }
      #expect(isCounted)
      #expect(try await bed.send("GET", "/api/pages/1").json["page"]?["variantHits"] == 1)
    }
  }

  @Test(
    "A visit gives points, decides, stands in the history and counts once, its script's hit too")
  func visits() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.prepare(contacts: 0)
      try await page(bed, ["title": "Tested"])
      try await page(
        bed, ["title": "Variant", "variantParent": 1, "variantSettings": ["weight": 100]])
      _ = try await bed.send(
        "POST", "/api/points/new",
        #"{"name":"P","type":"page.hit","delta":7,"properties":{"pages":[1]}}"#)
      _ = try await bed.send(
        "POST", "/api/points/new",
        #"{"name":"Q","type":"page.hit","delta":100,"properties":{"pages":[9]}}"#)
      let cookies = try await cookies(bed, "/tested?utm_source=s")
      let contact = try #require(cookies["mtc_id"].flatMap { Int($0) })
      let device = try #require(cookies["mautic_device_id"])
      let campaign = try await bed.campaign(
        """
        {"id":"new1","name":"visit","type":"page.pagehit","eventType":"decision","order":1,
        "properties":{"pages":[1]},"parent":null},
        {"id":"new2","name":"came","type":"lead.changepoints","eventType":"action","order":2,
        "properties":{"points":30},"parent":{"id":"new1"},"decisionPath":"yes","triggerMode":"immediate"}
        """)
      _ = try await bed.send("POST", "/api/campaigns/\(campaign)/contact/\(contact)/add", "{}")
      let isOpen = try await eventually {
        try await !bed.pool.query("SELECT FROM campaign_log").isEmpty
      }
      #expect(isOpen)
      let again = try await visit(
        bed, "/tested", "Cookie: mautic_device_id=\(device); mautic_page_1=2",
        "Referer: https://a.example/x")
      let hit = try #require(again.text.firstMatch(of: /martletHit="([0-9A-F-]{36})"/)).1
      let script = try await bed.server.request(
        "POST", "/mtc/event", as: nil,
        headers: [
          PageTrackingAPITests.browser, "Content-Type: application/x-www-form-urlencoded",
        ],
        body: Array("page_url=x&hit_id=\(hit)&mautic_device_id=\(device)".utf8))
      #expect(script.json["id"]?.integer == contact)
      let isDone = try await eventually {
        // A rule that does not repeat gives its points once.
        try await bed.pool.query("SELECT points FROM contacts WHERE id = \(Int64(contact))")[0]
          .decode(at: 0, as: Int.self) == 37
      }
      #expect(isDone)
      let rows = try await bed.server.request("GET", "/api/stats/page_hits").json["stats"]
      #expect(rows?.elements?.map { $0["page_id"]?.text } == ["2", "2"])
      #expect(
        rows?.elements?.map { $0["url"]?.text }
          == ["\(Self.site)/tested?utm_source=s", "\(Self.site)/tested"])
      #expect(rows?.elements?.last?["referer"] == "https://a.example/x")
      let history = try await bed.server.request(
        "GET", "/api/contacts/\(contact)/activity?filters[includeEvents][]=page.hit")
      #expect(history.json["total"] == 2)
      let counted = try await bed.send("GET", "/api/pages/2").json["page"]
      #expect(counted?["hits"] == 2 && counted?["uniqueHits"] == 1)
    }
  }

  @Test(
    "What a visitor sends never becomes markup, and no parameter makes the visitor somebody else")
  func hostile() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.pool.query(
        "UPDATE fields SET is_publicly_updatable = true WHERE alias IN ('firstname', 'lastname')")
      try await bed.pool.query("UPDATE fields_version SET version = version + 1")
      _ = try await bed.send(
        "POST", "/api/contacts/new", #"{"email":"kim@example.com","city":"Rome"}"#)
      try await page(
        bed,
        [
          "title": "Hello",
          "customHtml": """
          <p>{contactfield=firstname}</p><p>{contactfield=city}</p>\
          <script>var a='{contactfield=firstname}',b='{contactfield=lastname}'</script>
          """,
        ])
      let answer = try await visit(
        bed,
        "/hello?firstname=%5C&lastname=%3Balert(1)//&email=kim@example.com&mtc_id=1&mautic_device_id=x"
      )
      #expect(answer.text.contains("var a='\\u005c',b='\\u003balert\\u00281\\u0029\\u002f\\u002f'"))
      #expect(!answer.text.contains("Rome"))
    }
  }

  @Test(
    "EML-207: an e-mail names a page by its id; its link is counted and tells the page who comes")
  func mailLinks() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await page(bed, ["title": "Offer", "customHtml": "Hi {contactfield=firstname|you}"])
      let hash = try await bed.mail(
        "<p>{pagelink=1}|{pagelink=9}|{assetlink=9}|</p><a href=\"%7BPageLink=1%7D\">x</a>")
      let preview = try await visit(bed, "/email/preview/1").text
      #expect(preview.contains("<p>\(Self.site)/1:offer|||</p>"))
      let view = try await visit(bed, "/email/view/\(hash)").text
      let link = try #require(
        view.firstMatch(of: /href="https:\/\/mail\.example\.com(\/r\/[^"]+)"/)
      ).1
      _ = try await bed.send("PATCH", "/api/pages/1/edit", #"{"alias":"renamed"}"#)
      let followed = try await visit(bed, String(link).replacing("&amp;", with: "&"))
      let target = try #require(followed.headers["location"])
      #expect(followed.status == 302 && target.hasPrefix("\(Self.site)/1:offer?ct="))
      let path = String(target.dropFirst(Self.site.count))
      #expect(try await visit(bed, path).text.contains("Hi Kim"))
      #expect(try await cookies(bed, path)["mtc_id"] == "1")
    }
  }

  @Test(
    "EML-404, EML-405: the preference centre of an e-mail, with the parts that its author wants")
  func preferenceCenter() async throws {
    var settings = MailSettings()
    settings.showsPreferences = true
    settings.showsSegments = true
    try await APIBed.with(mailSettings: settings, withWorker: true) { (bed) async throws in
      _ = try await bed.make(
        "/api/segments", #"{"name":"Inner","publicName":"Ours & more","isPreferenceCenter":true}"#,
        "list")
      try await page(
        bed,
        [
          "title": "Centre", "isPreferenceCenter": true,
          "customHtml": """
          <h1>Hi {contactfield=firstname}</h1>{successmessage}{segmentlist}\
          <b title="{segmentlist}">{saveprefsbutton}</b><script>steal()</script>
          """,
        ])
      let hash = try await bed.mail("<p>Hi</p>")
      _ = try await bed.send("PATCH", "/api/emails/1/edit", #"{"preferenceCenter":1}"#)
      let path = "/email/unsubscribe/\(hash)"
      let shown = try await visit(bed, path)
      #expect(shown.status == 200 && shown.text.contains("<h1>Hi Kim</h1>"))
      #expect(shown.text.contains("Ours &amp; more") && shown.text.contains("<b title=\"\">"))
      #expect(shown.text.contains("value=\"1\" form=\"mautic-preferences\""))
      let policy = try #require(shown.headers["content-security-policy"])
      #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("script"))
      #expect(shown.headers["referrer-policy"] == "no-referrer" && !shown.text.contains("mtc.js"))
      let token = try #require(shown.text.firstMatch(of: /name="token" value="([0-9a-f]+)"/)).1
      let saved = try await bed.server.request(
        "POST", path, as: nil, headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("token=\(token)&form=parts&segmentsBefore=&segments[]=1".utf8))
      #expect(saved.status == 200 && saved.text.contains("Your preferences have been saved."))
      #expect(
        try await bed.pool.query("SELECT FROM segment_members WHERE manually_added").count == 1)
      // The page has no box for e-mails: nothing is said of them.
      #expect(try await bed.pool.query("SELECT FROM do_not_contact").isEmpty)
      _ = try await bed.send("PATCH", "/api/pages/1/edit", #"{"isPublished":false}"#)
      #expect(try await visit(bed, path).text.contains("Your preferences"))
      // Opened at its own address it shows nobody's choices.
      _ = try await bed.send("PATCH", "/api/pages/1/edit", #"{"isPublished":true}"#)
      #expect(!(try await visit(bed, "/centre").text).contains("Ours"))
    }
  }
}
