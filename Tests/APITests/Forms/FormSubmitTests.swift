import Foundation
import Postgres
import TestSupport
import Testing

@testable import API

extension APIBed {
  /// Posts a form as a website does; the form is the first one unless the body names another.
  func post(
    _ body: String, to path: String = "/form/submit/ajax", headers: [String] = []
  ) async throws -> RawResponse {
    try await server.request(
      "POST", path, as: nil,
      headers: ["Content-Type: application/x-www-form-urlencoded", "User-Agent: Mozilla/5.0"]
        + headers,
      body: Array(body.replacing("+", with: "%2B").utf8))
  }

  /// The submissions of the first form.
  func submissions(_ query: String = "") async throws -> [API.JSONValue] {
    try await send("GET", "/api/forms/1/submissions\(query)").json["submissions"]?.elements ?? []
  }
}

@Suite("Submitting a form (tracking.md 12)") struct FormSubmitTests {
  private static let mail = "mauticform[formId]=1&mauticform[your_e_mail]="

  @Test("A submission makes a contact and is listed with its results (FRM-01, FRM-02, FRM-07)")
  func submits() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let answer = try await bed.post(
        Self.mail + "ann@example.com&mauticform[first]=Ann&mauticform[other]=x"
          + "&mauticform[return]=https://example.com/page")
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json["success"] == true && answer.json["type"] == "notice")
      #expect(answer.json["results"] == ["your_e_mail": "ann@example.com", "first": "Ann"])
      #expect(answer.json["formName"] == "signup")
      let list = try await bed.send("GET", "/api/forms/1/submissions").json
      #expect(list["total"] == "1")
      let submission = try #require(list["submissions"]?.elements?.first)
      #expect(
        submission.asObject?.keys == [
          "id", "ipAddress", "form", "lead", "trackingId", "dateSubmitted", "referer", "page",
          "results",
        ])
      #expect(submission["form"]?["alias"] == "sign_up")
      #expect(submission["lead"]?["firstname"] == "Ann")
      #expect(submission["referer"] == "https://example.com/page")
      #expect(submission["ipAddress"] == ["ipAddress": "127.0.0.1"])
      #expect(
        try await bed.send("GET", "/api/forms/1/submissions/1").json["submission"] == submission)
      #expect(try await bed.send("GET", "/api/forms/1/submissions/2").status == 404)
      let contact = try #require(submission["lead"]?["id"]?.integer)
      let own = try await bed.send("GET", "/api/forms/1/submissions/contact/\(contact)").json
      #expect(own["total"] == "1")
      let found = try await bed.submissions(
        "?where[0][col]=r.first&where[0][expr]=eq&where[0][val]=Ann")
      let none = try await bed.submissions(
        "?where[0][col]=r.first&where[0][expr]=eq&where[0][val]=Bob")
      #expect(found.count == 1 && none.isEmpty)
      let file = try await bed.send("GET", "/api/forms/1/submissions?format=csv")
      #expect(file.headers["content-type"] == "text/csv; charset=utf-8")
      #expect(
        file.text.hasPrefix("id,dateSubmitted,contact,ipAddress,referer,your_e_mail,first\r\n1,"))
      #expect(file.text.hasSuffix(",https://example.com/page,ann@example.com,Ann\r\n"))
      #expect(try await bed.send("GET", "/api/forms?search=has:results").json["total"] == 1)
    }
  }

  @Test("All problems are told together, one per field, and nothing is saved (FRM-03, FRM-08)")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send(
        "POST", "/api/forms/new",
        """
        {"name":"All","fields":[
          {"label":"E-mail","alias":"email","type":"email","isRequired":true,"mappedField":"email",
           "validation":{"donotsubmit":"*@spam.example"}},
          {"label":"Age","alias":"age","type":"number"},
          {"label":"Day","alias":"day","type":"date"},
          {"label":"Colour","alias":"colour","type":"select",
           "properties":{"list":{"list":[{"label":"Red","value":"r"},{"label":"Blue","value":"b"}]}}},
          {"label":"Trap","alias":"trap","type":"captcha"},
          {"label":"Sum","alias":"sum","type":"captcha","properties":{"captcha":"four","errorMessage":"No."}},
          {"label":"City","alias":"city","type":"text","mappedField":"city"},
          {"label":"Phone","alias":"phone","type":"tel","validation":{"international":1}}]}
        """)
      let long = String(repeating: "x", count: 300)
      let answer = try await bed.post(
        "mauticform[formId]=1&mauticform[email]=ann@spam.example&mauticform[age]=old"
          + "&mauticform[day]=yesterday&mauticform[colour]=green&mauticform[trap]=bot"
          + "&mauticform[sum]=five&mauticform[city]=\(long)&mauticform[phone]=555")
      #expect(answer.json["success"] == false)
      let errors = try #require(answer.json["validationErrors"]?.asObject)
      #expect(
        errors.keys == ["email", "age", "day", "colour", "trap", "sum", "city", "phone"],
        "\(answer.text)")
      #expect(errors["sum"] == "No.")
      let missing = try await bed.post("mauticform[formId]=1&mauticform[sum]=Four")
      #expect(missing.json["validationErrors"]?.asObject?.keys == ["email"])
      #expect(try await bed.submissions().isEmpty)
      #expect(try await bed.send("GET", "/api/contacts").json["total"] == "0")
      let right = try await bed.post(
        "mauticform[formId]=1&mauticform[email]=ann@example.com&mauticform[age]=0"
          + "&mauticform[day]=2024-02-29&mauticform[colour]=r&mauticform[sum]=four"
          + "&mauticform[phone]=+491234567")
      #expect(right.json["success"] == true, "\(right.text)")
    }
  }

  @Test("The same token is the same submission; without one two are two (FRM-09)")
  func repeats() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let body = Self.mail + "ann@example.com&mauticform[_token]=abc"
      async let first = bed.post(body)
      async let second = bed.post(body)
      let answers = try await [first, second]
      #expect(answers.allSatisfy { $0.json["success"] == true })
      #expect(try await bed.post(body + "&mauticform[first]=Eve").json["success"] == true)
      #expect(try await bed.submissions().count == 1)
      _ = try await bed.post(Self.mail + "ann@example.com")
      _ = try await bed.post(Self.mail + "ANN@example.com")
      let all = try await bed.submissions()
      #expect(all.count == 3)
      #expect(Set(all.map { $0["lead"]?["id"]?.integer }).count == 1)
    }
  }

  @Test("A form that is not open takes nothing (FRM-10)")
  func closed() async throws {
    try await APIBed.with { (bed) async throws in
      for extra in [
        #""isPublished":false"#, #""publishUp":"2999-01-01""#, #""publishDown":"2001-01-01""#,
      ] {
        let body = #"{"name":"x","fields":[{"label":"a","type":"text"}],\#(extra)}"#
        let id = try await bed.make("/api/forms", body, "form")
        let answer = try await bed.post("mauticform[formId]=\(id)&mauticform[a]=b")
        #expect(answer.json["success"] == false, "\(answer.text)")
        #expect(answer.json["errorMessage"]?.text?.contains("not available") == true)
        let page = try await bed.post(
          "mauticform[formId]=\(id)&mauticform[a]=b", to: "/form/submit")
        #expect(page.status == 404 && page.text.contains("not available"))
      }
      #expect(try await bed.post("mauticform[formId]=99").status == 404)
      #expect(try await bed.post("x=y").status == 404)
      #expect(try await bed.send("GET", "/api/contacts").json["total"] == "0")
    }
  }

  @Test("A browser is led on: to the page, to another address, or to a message (FRM-11)")
  func plain() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let page = "mauticform[return]=https://example.com/p%3Fa=1%23x"
      let origin = ["Origin: https://example.com"]
      func location(
        _ body: String, _ headers: [String] = []
      ) async throws -> String? {
        try await bed.post(body, to: "/form/submit?formId=1", headers: headers).headers["location"]
      }
      let good = Self.mail + "a@example.com&"
      #expect(
        try await location(good + page, origin)
          == "https://example.com/p?a=1&mauticMessage=Thank%20you.")
      #expect(
        try await location(Self.mail + "&" + page, origin)
          == "https://example.com/p?a=1&mauticError=%E2%80%9CYour%20e-mail%E2%80%9D%20is%20required.#sign_up"
      )
      // Nobody is led to a site that did not show the form.
      #expect(
        try await location(good + page, ["Origin: https://other.example"]) == "/form/message?id=1")
      #expect(
        try await location(good, ["Referer: https://example.com/q"])?.hasPrefix(
          "https://example.com/q?") == true)
      let wrong = try await bed.post(Self.mail, to: "/form/submit")
      #expect(wrong.status == 400 && wrong.text.contains("is required"))
      _ = try await bed.send(
        "PATCH", "/api/forms/1/edit",
        #"{"postAction":"redirect","postActionProperty":"https://example.org/thanks"}"#)
      #expect(try await location(good + page, origin) == "https://example.org/thanks")
      _ = try await bed.send(
        "PATCH", "/api/forms/1/edit",
        #"{"postAction":"message","postActionProperty":"<b>Thanks!</b><script>x()</script>"}"#)
      #expect(try await location(good + page, origin) == "/form/message?id=1")
      let message = try await bed.server.request("GET", "/form/message?id=1", as: nil)
      #expect(message.text.contains("<b>Thanks!</b>") && !message.text.contains("<script"))
    }
  }

  @Test("The messenger's page tells the parent window, and nothing in it ends its script (FRM-12)")
  func messenger() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send(
        "POST", "/api/forms/new",
        #"{"name":"x","fields":[{"label":"A","type":"password"},{"label":"B","type":"text"}]}"#)
      let answer = try await bed.post(
        "mauticform[formId]=1&mauticform[messenger]=1&mauticform[b]=%3C/script%3E%26&mauticform[a]=secret",
        to: "/form/submit", headers: ["Origin: https://example.com"])
      #expect(answer.status == 200 && answer.text.contains("parent.postMessage("))
      #expect(answer.text.contains(#""https://example.com""#))
      #expect(answer.text.components(separatedBy: "</script>").count == 2, "\(answer.text)")
      #expect(!answer.text.contains("secret"))
      #expect(answer.headers["content-security-policy"]?.contains("nonce-") == true)
    }
  }

  @Test("Fields whose condition is not met are neither required nor read (FRM-04)")
  func conditions() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send(
        "POST", "/api/forms/new",
        """
        {"name":"If","fields":[
          {"id":"new1","label":"Pet","type":"radiogrp","properties":{"optionlist":{"list":["cat","none"]}}},
          {"label":"Its name","alias":"pet_name","type":"text","isRequired":true,"parent":"new1",
           "conditions":{"expr":"in","any":0,"values":["cat"]}}]}
        """)
      let none = try await bed.post(
        "mauticform[formId]=1&mauticform[pet]=none&mauticform[pet_name]=Tom")
      #expect(none.json["results"] == ["pet": "none"], "\(none.text)")
      let cat = try await bed.post("mauticform[formId]=1&mauticform[pet]=cat")
      #expect(cat.json["validationErrors"]?.asObject?.keys == ["pet_name"])
    }
  }

  @Test("Too many submissions from one address are refused")
  func limits() async throws {
    var configuration = APIConfiguration()
    configuration.formsPerMinute = 2
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      for _ in 0..<2 {
        #expect(try await bed.post(Self.mail + "a@example.com").status == 200)
      }
      // A slow machine earns another one every half minute.
      var status = 200
      for _ in 0..<20 where status == 200 {
        status = try await bed.post(Self.mail + "a@example.com").status
      }
      #expect(status == 429)
    }
  }

  @Test(
    "What follows a submission: actions in order, campaigns, points, the history (FRM-30 to FRM-33)"
  )
  func follows() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let segment = try await bed.make("/api/segments", #"{"name":"Readers"}"#, "list")
      _ = try await bed.send(
        "POST", "/api/points/new",
        #"{"name":"Signs up","type":"form.submit","delta":5,"properties":{"forms":[1]}}"#)
      let form = try await bed.send(
        "POST", "/api/forms/new",
        """
        {"name":"Sign up","fields":[{"label":"Email","type":"email","mappedField":"email"}],
         "actions":[
           {"type":"lead.pointschange","properties":{"operator":"plus","points":10}},
           {"type":"asset.download"},
           {"type":"lead.pointschange","properties":{"operator":"times","points":3}},
           {"type":"lead.changetags","properties":{"add_tags":["reader"]}},
           {"type":"lead.changelist","properties":{"addToLists":[\(segment)]}},
           {"type":"lead.addutmtags"}]}
        """)
      #expect(form.status == 201, "\(form.text)")
      let campaign = try await bed.send(
        "POST", "/api/campaigns/new",
        """
        {"name":"Welcome","forms":[{"id":1}],"lists":[],"events":[
          {"id":"new1","name":"Submits","type":"form.submit","eventType":"decision",
           "properties":{"forms":[1]}},
          {"id":"new2","name":"Tag","type":"lead.changetags","eventType":"action","parent":"new1",
           "decisionPath":"yes","triggerMode":"immediate","properties":{"add_tags":["welcome"]}}]}
        """)
      #expect(campaign.status == 201, "\(campaign.text)")
      #expect(campaign.json["campaign"]?["forms"]?.elements?.first?["alias"] == "sign_up")
      let answer = try await bed.post(
        "mauticform[formId]=1&mauticform[email]=ann@example.com"
          + "&mauticform[return]=https://example.com/?utm_source=news%26utm_medium=mail")
      #expect(answer.json["success"] == true)
      let tags: SQL = "SELECT tag FROM contact_tags JOIN tags ON tags.id = tag_id ORDER BY tag"
      let isDone = try await eventually(within: .seconds(20)) {
        try await bed.pool.query(tags).count == 2
      }
      #expect(isDone)
      let contact = try await bed.send("GET", "/api/contacts/1").json["contact"]
      #expect(contact?["points"] == 35, "\(String(describing: contact?["points"]))")
      #expect(contact?["utmtags"]?.elements?.first?["utmSource"] == "news")
      let events = try await bed.send("GET", "/api/contacts/1/activity").json["events"]
      #expect(events?.elements?.contains { $0["event"] == "form.submitted" } == true)
      let members = try await bed.send("GET", "/api/campaigns/1/contacts").json
      #expect(members["total"] == "1")
      let stats = try await bed.send("GET", "/api/stats/form_submissions").json
      #expect(stats["stats"]?.elements?.first?["form_id"] == "1", "\(stats)")
    }
  }

  @Test("Unknown members are ignored; what is not to be saved is only mapped (FRM-05)")
  func savesLess() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send(
        "POST", "/api/forms/new",
        #"{"name":"x","fields":[{"label":"City","type":"text","saveResult":false,"mappedField":"city"}]}"#
      )
      let answer = try await bed.post(
        "mauticform[formId]=1&mauticform[city]=Rome&mauticform[x][y]=z")
      #expect(answer.json["success"] == true && answer.json["results"] == [])
      let submission = try #require(try await bed.submissions().first)
      #expect(submission["results"] == [] && submission["lead"]?["city"] == "Rome")
    }
  }

  @Test(
    "A campaign that is not published takes nobody in, and one of an unknown form is refused (FRM-34)"
  )
  func unpublished() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let events =
        #""lists":[],"events":[{"id":"new1","name":"a","type":"lead.changetags","eventType":"action","#
        + #""triggerMode":"immediate","properties":{"add_tags":["x"]}}]"#
      let unknown = try await bed.send(
        "POST", "/api/campaigns/new", #"{"name":"a","forms":[{"id":9}],\#(events)}"#)
      #expect(unknown.status == 422, "\(unknown.text)")
      let campaign = try await bed.make(
        "/api/campaigns", #"{"name":"a","isPublished":false,"forms":[{"id":1}],\#(events)}"#,
        "campaign")
      _ = try await bed.post(Self.mail + "ann@example.com")
      let isDone = try await eventually(within: .seconds(20)) {
        try await bed.pool.query("SELECT FROM jobs WHERE name = 'forms.follow' AND state = 0")
          .isEmpty
      }
      #expect(isDone)
      let members = try await bed.send("GET", "/api/campaigns/\(campaign)/contacts").json
      #expect(members["total"] == "0", "\(members)")
    }
  }
}
