import Foundation
import Postgres
import TestSupport
import Testing
import Webhooks

@testable import API

@Suite(
  "What visitors and others get of a submission (points-stages-forms.md 3.2, api.md 8.13 and 9)")
struct FormFollowTests {
  private static let site = "https://martlet.example.com"

  /// A form that gives an asset, by its action's properties.
  private func makeForm(
    _ bed: APIBed, _ properties: String, _ more: String = ""
  ) async throws -> Int {
    try await bed.make(
      "/api/forms",
      """
      {"name":"Paper","fields":[{"label":"Email","alias":"email","type":"email","isRequired":true,
        "mappedField":"email"}],"actions":[{"type":"asset.download","properties":\(properties)}]\(more)}
      """, "form")
  }

  private func makeAsset(_ bed: APIBed, _ title: String, _ more: String = "") async throws -> Int {
    try await bed.make(
      "/api/assets",
      #"{"title":"\#(title)","storageLocation":"remote","file":"https://cdn.example.com/\#(title).pdf"\#(more)}"#,
      "asset")
  }

  @Test(
    "The visitor gets the asset, and the download counts for its contact, with its points (FRM-18)")
  func downloads() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let asset = try await makeAsset(bed, "paper")
      _ = try await bed.send(
        "POST", "/api/points/new",
        #"{"name":"Reads","type":"asset.download","delta":7,"properties":{"assets":[\#(asset)]}}"#)
      let form = try await makeForm(bed, #"{"asset":\#(asset)}"#)
      let answer = try await bed.post(
        "mauticform[formId]=\(form)&mauticform[email]=ann@example.com")
      let link = try #require(answer.json["download"]?.text)
      #expect(link.hasPrefix("\(Self.site)/asset/\(asset):paper?form="), "\(link)")
      // By a browser that keeps no cookies.
      let path = String(link.dropFirst(Self.site.count))
      let file = try await bed.server.request(
        "GET", path, as: nil, headers: ["User-Agent: Mozilla/5.0"])
      #expect(file.status == 302 && file.headers["location"] == "https://cdn.example.com/paper.pdf")
      let isDone = try await eventually(within: .seconds(20)) {
        try await bed.pool.query("SELECT FROM contacts WHERE points = 7").count == 1
      }
      #expect(isDone)
      let rows = try await bed.send("GET", "/api/stats/asset_downloads").json["stats"]?.elements
      #expect(rows?.first?["source"] == "form" && rows?.first?["source_id"] == .string("\(form)"))
      // A name that was not made here is nobody's.
      _ = try await bed.server.request(
        "GET", "\(path.dropLast())0", as: nil, headers: ["User-Agent: Mozilla/5.0"])
      let all = try await bed.pool.query("SELECT FROM asset_downloads WHERE contact_id IS NULL")
      #expect(all.count == 1)
    }
  }

  @Test(
    "A browser without scripts gets a page that begins the download; of a category the newest asset is given"
  )
  func plain() async throws {
    try await APIBed.with { (bed) async throws in
      let category = try await bed.make(
        "/api/categories", #"{"title":"Papers","bundle":"asset"}"#, "category")
      _ = try await makeAsset(bed, "old", #","category":\#(category)"#)
      let newest = try await makeAsset(bed, "new", #","category":\#(category)"#)
      _ = try await makeAsset(bed, "draft", #","category":\#(category),"isPublished":false"#)
      let form = try await makeForm(
        bed, #"{"category":\#(category)}"#,
        #","postAction":"redirect","postActionProperty":"https://example.org/thanks""#)
      let body = "mauticform[formId]=\(form)&mauticform[email]=ann@example.com"
      let page = try await bed.post(body, to: "/form/submit")
      #expect(page.status == 200 && page.text.contains("/asset/\(newest):new?form="))
      #expect(page.headers["refresh"]?.contains("/asset/\(newest):new?form=") == true)
      #expect(page.text.contains("https://example.org/thanks"))
      let script = try await bed.post(body + "&mauticform[messenger]=1", to: "/form/submit")
      #expect(script.text.contains("download") && script.text.contains("example.org"))
      _ = try await bed.send("PATCH", "/api/assets/\(newest)/edit", #"{"isPublished":false}"#)
      let other = try await makeForm(bed, #"{"asset":\#(newest)}"#)
      let none = try await bed.post("mauticform[formId]=\(other)&mauticform[email]=a@example.com")
      #expect(none.json["success"] == true && none.json["download"] == nil)
      let bad = try await bed.send(
        "POST", "/api/forms/new",
        #"{"name":"x","actions":[{"type":"asset.download","properties":{"asset":"paper"}}]}"#)
      #expect(bad.text.contains("properties.asset"), "\(bad.text)")
    }
  }

  @Test("Companies are offered by the beginning of their names, by forms that ask for one (FRM-19)")
  func suggests() async throws {
    try await APIBed.with { (bed) async throws in
      for name in ["Acme", "ACME Rome", "Ac%me", "Other"] {
        _ = try await bed.send("POST", "/api/companies/new", #"{"companyname":"\#(name)"}"#)
      }
      let form = try await bed.make(
        "/api/forms",
        #"{"name":"x","fields":[{"label":"C","alias":"c","type":"companyLookup","mappedField":"company"}]}"#,
        "form")
      let plain = try await makeForm(bed, "{}")
      func ask(_ text: String, _ form: Int) async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/form/company-lookup/autocomplete", as: nil,
          headers: ["Content-Type: application/json"],
          body: Array(#"{"search":"\#(text)","formId":\#(form)}"#.utf8))
      }
      let found = try await ask("acm", form)
      #expect(found.status == 200, "\(found.text)")
      #expect(found.json.elements?.map { $0["companyname"] } == ["Acme", "ACME Rome"])
      #expect(try await ask("ac%", form).json.elements?.count == 1)
      #expect(try await ask("ac", form).status == 400)
      #expect(try await ask("acme", plain).status == 404)
      #expect(try await ask("acme", 99).status == 404)
      let sent = try await bed.post("mauticform[formId]=\(form)&mauticform[c]=acme")
      #expect(sent.json["success"] == true)
      let row = try await bed.pool.query("SELECT company FROM contacts WHERE company IS NOT NULL")
      #expect(try row[0].decode(at: 0) == "Acme")
    }
  }

  @Test("A webhook is told of a submission as the API shows it")
  func tells() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let stub = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
      _ = try await bed.send(
        "POST", "/api/hooks/new",
        #"{"name":"CRM","webhookUrl":"\#(stub.url())","triggers":["mautic.form_on_submit"]}"#)
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      _ = try await bed.post("mauticform[formId]=1&mauticform[your_e_mail]=ann@example.com")
      let dispatcher = WebhookDispatcher(
        jobs: bed.jobs, origin: Self.site,
        records: RenderedRecords(
          contacts: bed.contacts, companies: bed.companies, pool: bed.pool),
        settings: { WebhookSettings(allowsPrivateAddresses: true) }, logger: .silent)
      let task = Task { await dispatcher.run() }
      let isSent = try await eventually(within: .seconds(20)) {
        try await bed.send("GET", "/api/hooks/1/deliveries?state=delivered").json["total"] == 1
      }
      #expect(isSent)
      let body = try JSONParser.parse(
        Array((stub.asked.withLock { $0.first?.body } ?? "").utf8))
      let told = body["mautic.form_on_submit"]?.elements?.first
      #expect(told?.asObject?.keys == ["submission", "timestamp"])
      let submission = try #require(told?["submission"])
      #expect(submission["form"]?["alias"] == "sign_up")
      #expect(submission["results"] == ["your_e_mail": "ann@example.com"])
      #expect(submission["lead"]?["email"] == "ann@example.com")
      // The form's action has given points by then.
      let shown = try await bed.send("GET", "/api/forms/1/submissions/1").json["submission"]
      #expect(submission == shown)
      task.cancel()
      await task.value
    }
  }

  @Test("The results leave as a workbook too, filtered as the list is")
  func exports() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      for name in ["Ann", "Bob", "=1+1"] {
        let address = "\(name.filter(\.isLetter))@example.com"
        _ = try await bed.post(
          "mauticform[formId]=1&mauticform[your_e_mail]=x\(address)&mauticform[first]="
            + name.replacing("=", with: "%3D"))
      }
      let file = try await bed.send("GET", "/api/forms/1/submissions?format=xlsx")
      #expect(file.status == 200 && file.body.starts(with: Array("PK".utf8)))
      #expect(
        file.headers["content-type"]
          == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
      #expect(file.headers["content-disposition"]?.contains("form-1-submissions.xlsx") == true)
      let some = try await bed.send(
        "GET",
        "/api/forms/1/submissions?format=csv&where[0][col]=r.first&where[0][expr]=neq&where[0][val]=Bob"
      )
      #expect(some.text.contains("Ann") && !some.text.contains("Bob"), "\(some.text)")
      #expect(some.text.contains("'=1+1"))
      let ordered = try await bed.submissions("?orderBy=r.first&orderByDir=desc")
      #expect(ordered.map { $0["results"]?["first"] } == ["Bob", "Ann", "=1+1"])
    }
  }
}
