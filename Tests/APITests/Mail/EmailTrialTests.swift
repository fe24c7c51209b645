import Foundation
import JobQueue
import Mail
import Postgres
import TestSupport
import Testing

@testable import API

@Suite("What authors of e-mails try: previews and tests (API page, 8.12)")
struct EmailTrialTests {
  private static let draft = """
    {"subject":"Hi {contactfield=firstname|friend}",
     "customHtml":"<p>{contactfield=city|Somewhere} {dynamiccontent=\\"Offer\\"}</p><p><a href=\\"https://a.example/\\">x</a> {unsubscribe_url}</p>",
     "dynamicContent":[{"tokenName":"Offer","content":"for all","filters":[{"content":"for Kim","filters":
       [{"glue":"and","field":"firstname","object":"lead","type":"text","operator":"=","filter":"Kim"}]}]}]
    """

  @Test("A draft is rendered for a contact, or with defaults, and nothing is kept (EML-312)")
  func previews() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make(
        "/api/contacts", #"{"firstname":"Kim","city":"Bonn & Co","email":"kim@example.com"}"#,
        "contact")
      let own = try await bed.send(
        "POST", "/api/emails/preview", Self.draft + #","contact":1}"#)
      #expect(own.status == 200, "\(own.text)")
      let shown = own.json["preview"]
      #expect(shown?["subject"] == "Hi Kim")
      let html = shown?["customHtml"]?.text ?? ""
      #expect(html.contains("<p>Bonn &amp; Co for Kim</p>"), "\(html)")
      // Links are not counted, and unsubscribing does nothing.
      #expect(html.contains(#"href="https://a.example/""#) && html.contains("/unsubscribe/test"))
      #expect(!html.contains(".gif"))
      #expect(shown?["plainText"]?.text?.hasPrefix("Bonn & Co for Kim\n") == true)
      #expect(shown?["derivedText"]?.text?.hasPrefix("{contactfield=city|Somewhere} ") == true)
      let nobody = try await bed.send("POST", "/api/emails/preview", Self.draft + "}")
      #expect(nobody.json["preview"]?["subject"] == "Hi friend", "\(nobody.text)")
      #expect(
        nobody.json["preview"]?["customHtml"]?.text?.contains("<p>Somewhere for all</p>") == true)
      let nothing = try await bed.send("POST", "/api/emails/preview", "{}")
      #expect(nothing.status == 200 && nothing.json["preview"]?["customHtml"] == .null)
      #expect(
        try await bed.pool.query("SELECT 1 FROM emails UNION ALL SELECT 1 FROM links").isEmpty)
    }
  }

  @Test("Previews name what they cannot show, and show only contacts that the user may see")
  func refusedPreviews() async throws {
    try await APIBed.with { (bed) async throws in
      for (body, member) in [
        (#"{"contact":7}"#, "contact"), (#"{"contact":"x"}"#, "contact"),
        (#"{"subject":"a\nb"}"#, "subject"), (#"{"customHtml":[1]}"#, "customHtml"),
        (#"{"dynamicContent":"x"}"#, "dynamicContent"), (#"{"fromAddress":"x"}"#, "fromAddress"),
      ] {
        let refused = try await bed.send("POST", "/api/emails/preview", body)
        #expect(refused.status == 400, "\(body): \(refused.text)")
        #expect(refused.error["details"]?[member] != nil, "\(body): \(refused.text)")
      }
      try await Self.addReader(of: "form:forms", to: bed)
      #expect(try await bed.send("POST", "/api/emails/preview", "{}", as: "lee").status == 403)
    }
  }

  /// Adds the user `lee`, who may see one area and nothing else.
  private static func addReader(of area: String, to bed: APIBed) async throws {
    let role = try await bed.call(
      "POST", "/roles/new", "{\"name\":\"Reader\",\"rawPermissions\":{\"\(area)\":[\"viewother\"]}}"
    )
    let id = try #require(role.json["role"]?["id"]?.integer, "\(role.text)")
    let made = try await bed.call(
      "POST", "/users/new", APIBed.newUser("lee", role: ["id": .int(id)]))
    #expect(made.status == 201, "\(made.text)")
  }

  @Test("A test goes to the named addresses, unpublished too, and is counted nowhere (EML-432)")
  func tests() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      _ = try await bed.make("/api/contacts", #"{"firstname":"Kim","city":"Bonn"}"#, "contact")
      _ = try await bed.make(
        "/api/emails", #"{"name":"N","isPublished":false,"# + String(Self.draft.dropFirst()) + "}",
        "email")
      let sent = try await bed.send(
        "POST", "/api/emails/1/test",
        #"{"to":["Desk@example.com","desk@example.com","two@example.com"],"contact":1}"#)
      #expect(sent.status == 200 && sent.json["recipients"] == 2, "\(sent.text)")
      let isSent = try await eventually(within: .seconds(20)) {
        try await bed.pool.query("SELECT FROM mail_notices WHERE state = 3").count == 2
      }
      #expect(isSent)
      #expect(try await bed.pool.query("SELECT FROM email_sends").isEmpty)
      let email = try await bed.send("GET", "/api/emails/1").json["email"]
      #expect(email?["sentCount"] == 0)
    }
  }

  @Test("Tests need addresses, few of them, and an e-mail that the user may edit")
  func refusedTests() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.make("/api/emails", #"{"name":"N","subject":"s"}"#, "email")
      let many = (0...10).map { "\"a\($0)@example.com\"" }.joined(separator: ",")
      for body in [
        "{}", #"{"to":[]}"#, #"{"to":"nobody"}"#, #"{"to":[1]}"#, "{\"to\":[\(many)]}",
        #"{"to":"{contactfield=email}"}"#,
      ] {
        let refused = try await bed.send("POST", "/api/emails/1/test", body)
        #expect(refused.status == 400 && refused.error["details"]?["to"] != nil, "\(body)")
      }
      let one = #"{"to":"a@example.com"}"#
      #expect(try await bed.send("POST", "/api/emails/9/test", one).status == 404)
      try await Self.addReader(of: "email:emails", to: bed)
      #expect(try await bed.send("POST", "/api/emails/1/test", one, as: "lee").status == 403)
      #expect(try await bed.pool.query("SELECT FROM mail_notices").isEmpty)
      let headers = ["Idempotency-Key: once"]
      for _ in 0..<2 {
        let answer = try await bed.server.request(
          "POST", "/api/emails/1/test", headers: headers, body: Array(one.utf8))
        #expect(answer.status == 200, "\(answer.text)")
      }
      #expect(try await bed.pool.query("SELECT FROM mail_notices").count == 1)
    }
  }
}
