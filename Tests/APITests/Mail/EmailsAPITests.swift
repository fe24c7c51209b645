import Foundation
import JobQueue
import Mail
import Postgres
import TestSupport
import Testing

@testable import API

@Suite("/api/emails (API page, 8.12)")
struct EmailsAPITests {
  @Test("One e-mail, exactly")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/segments", #"{"name":"Readers"}"#, "list")
      let created = try await bed.send(
        "POST", "/api/emails/new",
        """
        {"name":"News","subject":"Hello","emailType":"list","lists":[1],"customHtml":"<p>Hi</p>",
         "utmTags":{"utmSource":"mail"},"headers":{"X-A":"b"},"publishUp":"2099-03-01 09:30",
         "dynamicContent":[{"tokenName":"A","content":"x","filters":[]}]}
        """)
      #expect(created.status == 201, "\(created.text)")
      #expect(created.headers["location"] == "/api/emails/1")
      let email = try #require(created.json["email"]?.asObject)
      #expect(
        email.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "subject", "language", "category", "fromAddress",
          "fromName", "replyToAddress", "bccAddress", "useOwnerAsMailer", "utmTags",
          "preheaderText", "customHtml", "plainText", "template", "emailType", "publishUp",
          "publishDown", "publicPreview", "readCount", "machineReadCount", "sentCount", "revision",
          "assetAttachments", "variantStartDate", "variantSentCount", "variantReadCount",
          "variantParent", "variantChildren", "translationParent", "translationChildren",
          "unsubscribeForm", "dynamicContent", "lists", "headers", "clickCount",
          "machineClickCount", "uniqueClickCount", "unsubscribedCount", "bouncedCount",
          "failedCount", "description", "preferenceCenter", "excludedLists", "variantSettings",
        ])
      #expect(
        email["publishUp"] == "2099-03-01T09:30:00+00:00" && email["createdByUser"] == "Ada Admin")
      #expect(email["utmTags"]?["utmSource"] == "mail" && email["utmTags"]?["utmMedium"] == .null)
      let lists = email["lists"]?.elements
      #expect(
        lists?.first?.asObject?.keys == [
          "id", "name", "publicName", "alias", "description", "category",
        ])
      #expect(email["dynamicContent"]?.elements?.first?["tokenName"] == "A")
      #expect(email["headers"]?["X-A"] == "b" && email["sentCount"] == 0)
      // A whole entity that was read is sent back.
      let again = try await bed.send(
        "PATCH", "/api/emails/1/edit",
        String(decoding: JSONValue.object(email).rendered, as: UTF8.self))
      #expect(again.status == 200, "\(again.text)")
      #expect(again.json["email"]?["lists"]?.elements?.count == 1)
    }
  }

  @Test(
    "Missing members are named, members are changed and replaced, variants are left out of lists")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      for (body, member) in [
        ("{}", "name"), (#"{"name":"a"}"#, "subject"),
        (#"{"name":"a","subject":"b","emailType":"list"}"#, "lists"),
        (#"{"name":"a","subject":"b","headers":{"From":"x"}}"#, "headers"),
        (#"{"name":"a","subject":"b","lists":"many"}"#, "lists"),
        (#"{"name":"a","subject":"b","publishUp":"soon"}"#, "publishUp"),
        (#"{"name":"a","subject":"b","dynamicContent":"x"}"#, "dynamicContent"),
        (
          #"{"name":"a","subject":"b","dynamicContent":[{"content":"a\u0000"}]}"#,
          "dynamicContent[0].content"
        ),
        (#"{"name":"a","subject":"b","utmTags":{"utmSource":"a\u0000b"}}"#, "utmTags"),
        (#"{"name":"a","subject":"b","headers":{"X-A":"\u0000"}}"#, "headers"),
        (#"{"name":"a","subject":"b","utmTags":"x"}"#, "utmTags"),
        (#"{"name":"a","subject":"b","utmTags":{"utmSource":[1]}}"#, "utmTags"),
        (#"{"name":"a","subject":"b","variantSettings":"x"}"#, "variantSettings"),
        (
          #"{"name":"a","subject":"b","variantSettings":{"winnerCriteria":"best"}}"#,
          "variantSettings"
        ),
        (
          #"{"name":"a","subject":"b","variantSettings":{"winnerCriteria":[1]}}"#,
          "variantSettings"
        ),
      ] {
        let refused = try await bed.send("POST", "/api/emails/new", body)
        #expect(refused.status == 400 && refused.error["details"]?[member] != nil, "\(body)")
      }
      _ = try await bed.make("/api/emails", #"{"name":"A","subject":"a","plainText":"x"}"#, "email")
      _ = try await bed.make(
        "/api/emails",
        #"{"name":"B","subject":"b","variantParent":1,"variantSettings":{"weight":"40"}}"#, "email")
      let criteria = #"{"variantSettings":{"winnerCriteria":"best"}}"#
      let refused = try await bed.send("PATCH", "/api/emails/2/edit", criteria)
      #expect(
        refused.status == 400
          && refused.error["details"]?["variantSettings"]?.elements?.first
            == #"the winnerCriteria "best" is none of email.openrate, email.clickthrough"#,
        "\(refused.text)")
      let stats = try await bed.send("GET", "/api/emails/1/stats").json["stats"]
      #expect(stats?["winnerCriteria"] == "email.openrate")
      #expect(
        stats?["variants"]?.elements?.first?.asObject?.keys == [
          "id", "sent", "read", "clicked", "rate",
        ])
      let list = try await bed.send("GET", "/api/emails?search=A").json
      #expect(list["total"] == 1 && list["emails"]?["1"]?["variantChildren"] == [2])
      let put = try await bed.send("PUT", "/api/emails/1/edit", #"{"name":"C","subject":"c"}"#)
      #expect(put.json["email"]?["plainText"] == .null && put.json["email"]?["revision"] == 2)
      #expect(try await bed.send("PATCH", "/api/emails/9/edit", "{}").status == 404)
      let gone = try await bed.send("DELETE", "/api/emails/1/delete")
      #expect(gone.json["email"]?["id"] == .null && gone.json["email"]?["name"] == "C")
      #expect(try await bed.send("GET", "/api/emails/2").json["email"]?["variantParent"] == .null)
      let batch = try await bed.send(
        "POST", "/api/emails/batch/new", #"[{"name":"D","subject":"d"},{"name":"E"}]"#)
      #expect(batch.status == 201 && batch.json["statusCodes"] == [201, 400])
    }
  }

  @Test("Dynamic content comes back as it was meant, though forms leave out what is empty or null")
  func dynamicContent() async throws {
    try await APIBed.with { (bed) async throws in
      let body =
        "name=N&subject=s&dynamicContent[0][tokenName]=a&dynamicContent[0][content]=x"
        + "&dynamicContent[0][filters][0][content]=y"
        + "&dynamicContent[0][filters][1][filters][0][glue]=and"
        + "&dynamicContent[0][filters][1][filters][0][operator]=!empty"
      let made = try await bed.server.request(
        "POST", "/api/emails/new", headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array(body.utf8))
      #expect(made.status == 201, "\(made.text)")
      #expect(
        made.text.contains(
          #""dynamicContent":[{"tokenName":"a","content":"x","filters":[{"content":"y","filters":[]},{"content":null,"filters":[{"glue":"and","field":null,"object":null,"type":null,"filter":null,"display":null,"operator":"!empty"}]}]}]"#
        ), "\(made.text)")
    }
  }

  @Test("The old form of sending to a contact (API page, section 3); tokens are texts")
  func oldForm() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/contacts", #"{"email":"kim@example.com"}"#, "contact")
      _ = try await bed.make("/api/emails", #"{"name":"N","subject":"s"}"#, "email")
      let old = try await bed.send("POST", "/api/emails/1/send/contact/1", #"{"tokens":[]}"#)
      #expect(old.json == ["success": true], "\(old.text)")
      for tokens in [#""x""#, "[1]", #"{"a":[1]}"#] {
        let refused = try await bed.send(
          "POST", "/api/emails/1/contact/1/send", #"{"tokens":\#(tokens)}"#)
        #expect(refused.status == 400 && refused.error["details"]?["tokens"] != nil, "\(tokens)")
      }
      #expect(try await bed.pool.query("SELECT FROM email_sends").count == 1)
    }
  }

  @Test("Lists come by name, and by language where one is asked for (API page, section 6)")
  func lists() async throws {
    try await APIBed.with { (bed) async throws in
      for (name, language) in [("b", "fr"), ("a", "en"), ("c", "fr_CA")] {
        _ = try await bed.make(
          "/api/emails", #"{"name":"\#(name)","subject":"s","language":"\#(language)"}"#, "email")
      }
      func ids(_ query: String) async throws -> [String] {
        try await bed.send("GET", "/api/emails\(query)").json["emails"]?.asObject?.keys ?? []
      }
      #expect(try await ids("") == ["2", "1", "3"])
      #expect(try await ids("?orderBy=id") == ["1", "2", "3"])
      #expect(try await ids("?search=lang:fr") == ["1"])
      #expect(try await ids("?search=lang:fr*") == ["1", "3"])
    }
  }

  @Test(
    "Sending to segments: the number accepted is in the answer; unpublished: 404 (EML-130, EML-136)"
  )
  func sends() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/contacts", #"{"email":"kim@example.com"}"#, "contact")
      _ = try await bed.make("/api/segments", #"{"name":"Readers"}"#, "list")
      _ = try await bed.send("POST", "/api/segments/1/contact/1/add")
      _ = try await bed.make(
        "/api/emails", #"{"name":"N","subject":"s","emailType":"list","lists":[1]}"#, "email")
      #expect(try await bed.send("GET", "/api/emails/1/stats").json["stats"]?["pending"] == 1)
      #expect(try await bed.send("GET", "/api/emails/1/domains").json["domains"]?.elements == [])
      let progress = { () async throws -> JSONValue? in
        try await bed.send("GET", "/api/emails/1/progress").json["progress"]
      }
      #expect(try await progress()?["state"] == "idle")
      // Unreadable segments do not mean all contacts.
      for lists in [#""all""#, "[\"x\"]", "[{\"id\":1}]", "[0]"] {
        let refused = try await bed.send("POST", "/api/emails/1/send", "{\"lists\":\(lists)}")
        #expect(refused.status == 400, "\(lists): \(refused.text)")
      }
      let sent = try await bed.send("POST", "/api/emails/1/send")
      #expect(sent.json == ["success": 1, "sentCount": 1, "failedRecipients": 0], "\(sent.text)")
      #expect(try await bed.send("POST", "/api/emails/1/send").json["sentCount"] == 0)
      _ = try await bed.make("/api/emails", #"{"name":"T","subject":"s"}"#, "email")
      #expect(try await bed.send("POST", "/api/emails/2/send").status == 400)
      #expect(try await progress()?["state"] == "sending")
      _ = try await bed.send("PATCH", "/api/emails/1/edit", #"{"isPublished":false}"#)
      let paused = try await progress()
      #expect(
        paused?["state"] == "paused" && paused?["queued"] == 1, "\(String(describing: paused))")
      #expect(try await bed.send("POST", "/api/emails/1/send").status == 404)
      #expect(try await bed.send("POST", "/api/emails/7/send").status == 404)
      #expect(try await bed.send("POST", "/api/emails/1/send", #"{"limit":"x"}"#).status == 400)
    }
  }

  @Test("Sending to a contact despite do-not-contact, with tokens of the request (EML-110)")
  func sendsToContact() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      _ = try await bed.make("/api/contacts", #"{"email":"kim@example.com"}"#, "contact")
      _ = try await bed.make("/api/contacts", #"{"firstname":"Nobody"}"#, "contact")
      _ = try await bed.send("POST", "/api/contacts/1/dnc/email/add")
      _ = try await bed.make(
        "/api/emails", #"{"name":"N","subject":"s","customHtml":"<p>{code} {other}</p>"}"#, "email")
      let sent = try await bed.send(
        "POST", "/api/emails/1/contact/1/send", #"{"tokens":{"{code}":"<b>1</b>","other":"x"}}"#)
      #expect(sent.status == 200 && sent.json == ["success": true], "\(sent.text)")
      let failed = try await bed.send("POST", "/api/emails/1/contact/2/send")
      #expect(failed.json["success"] == false && failed.json["failed"] != nil)
      #expect(try await bed.send("POST", "/api/emails/1/contact/9/send").status == 404)
      #expect(try await bed.send("POST", "/api/emails/9/contact/1/send").status == 404)
      #expect(
        try await eventually(within: .seconds(20)) {
          try await bed.pool.query("SELECT FROM email_sends WHERE state = 3").count == 1
        })
      let domains = try await bed.send("GET", "/api/emails/1/domains").json["domains"]?.elements
      #expect(domains?.first?["domain"] == "example.com" && domains?.first?["sent"] == 1)
      let hash = try await bed.hash()
      let page = try await bed.server.request("GET", "/email/view/\(hash)", as: nil)
      #expect(page.text.contains("<p><b>1</b> x</p>"), "\(page.text)")
      let reply = try await bed.send("POST", "/api/emails/reply/\(hash)")
      #expect(reply.status == 201 && reply.json == ["success": true])
      #expect(try await bed.send("POST", "/api/emails/reply/nothing").status == 404)
      let activity = try await bed.send("GET", "/api/contacts/1/activity").json
      let kinds = activity["events"]?.elements?.compactMap { $0["event"]?.text } ?? []
      #expect(Set(kinds).isSuperset(of: ["email.sent", "email.replied"]))
      let stats = try await bed.send("GET", "/api/stats/email_stats").json
      #expect(
        stats["total"] == "1" && stats["stats"]?.elements?.first?["tracking_hash"] == .string(hash))
      let found = try await bed.send("GET", "/api/contacts?search=email_sent:1").json
      #expect(found["total"] == "1")
    }
  }

  @Test("One idempotency key for two contacts is two sends (EML-210)")
  func keysOfContacts() async throws {
    try await APIBed.with { (bed) async throws in
      for address in ["kim@example.com", "lee@example.com"] {
        _ = try await bed.make("/api/contacts", "{\"email\":\"\(address)\"}", "contact")
      }
      _ = try await bed.make("/api/emails", #"{"name":"N","subject":"s"}"#, "email")
      for contact in [1, 2, 2] {
        let answer = try await bed.server.request(
          "POST", "/api/emails/1/contact/\(contact)/send", headers: ["Idempotency-Key: once"])
        #expect(answer.json == ["success": true], "\(answer.text)")
      }
      let rows = try await bed.pool.query("SELECT contact_id FROM email_sends ORDER BY 1")
      #expect(try rows.map { try $0.decode(at: 0, as: Int64.self) } == [1, 2])
    }
  }

  @Test("Bounces of a provider: authenticated, each once, bad ones refused as a whole (EML-424)")
  func bounces() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/contacts", #"{"email":"kim@example.com"}"#, "contact")
      let body = #"[{"id":"1","type":"hard","email":"KIM@example.com","reason":"gone"}]"#
      #expect(try await bed.server.request("POST", "/api/emails/bounces", as: nil).status == 401)
      #expect(try await bed.send("POST", "/api/emails/bounces", body, as: "kim").status == 403)
      for (item, member) in [
        (#"{"id":"1","type":"hard"}"#, "0.email"),
        (#"{"id":"1","type":"hard","email":[1]}"#, "0.email"),
        (#"{"id":"1","type":"hard","email":"a@example.com","date":"soon"}"#, "0.date"),
      ] {
        let refused = try await bed.send("POST", "/api/emails/bounces", "[\(item)]")
        #expect(refused.status == 400 && refused.error["details"]?[member] != nil, "\(item)")
      }
      let bad = try await bed.send("POST", "/api/emails/bounces", #"[{"id":"1","type":"x"}]"#)
      #expect(bad.status == 400 && bad.error["details"]?["0.type"] != nil)
      #expect(try await bed.send("POST", "/api/emails/bounces", body).json["recorded"] == 1)
      #expect(try await bed.send("POST", "/api/emails/bounces", body).json["recorded"] == 0)
      let contact = try await bed.send("GET", "/api/contacts/1").json["contact"]
      #expect(contact?["doNotContact"]?.elements?.first?["reason"] == 2)
    }
  }
}

extension APIBed {
  /// The tracking hash of the first send.
  func hash() async throws -> String {
    let hash: UUID = try await pool.query("SELECT hash FROM email_sends ORDER BY id")[0]
      .decode(at: 0)
    return SendHash.text(hash)
  }

  /// Sends an e-mail to a contact and waits until it has gone out.
  func mail(_ html: String, preferences: String = "{}") async throws -> String {
    _ = try await make(
      "/api/contacts", #"{"email":"kim@example.com","firstname":"Kim"}"#, "contact")
    let body = JSONValue.object([
      "name": "N", "subject": "s", "customHtml": .string(html), "publicPreview": true,
    ])
    _ = try await make("/api/emails", String(decoding: body.rendered, as: UTF8.self), "email")
    _ = try await send("POST", "/api/emails/1/contact/1/send")
    let isSent = try await eventually(within: .seconds(20)) {
      try await !pool.query("SELECT FROM email_sends WHERE state = 3").isEmpty
    }
    #expect(isSent)
    return try await hash()
  }
}
