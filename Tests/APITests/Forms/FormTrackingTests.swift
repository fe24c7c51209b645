import Foundation
import Postgres
import TestSupport
import Testing
import Tracking

@testable import API

@Suite("Visitors who send forms (tracking.md 4, 5, 6 and 12)") struct FormTrackingTests {
  /// A browser that tells its model beside its agent.
  private static let browser = [
    PageTrackingAPITests.browser, #"Sec-CH-UA-Platform: "Android""#, #"Sec-CH-UA-Model: "Pixel 7""#,
  ]
  private static let page = "mauticform[formId]=1&mauticform[your_e_mail]="

  /// Visits a page, and returns the contact and the device.
  private func visit(
    _ bed: APIBed, cookie: String? = nil
  ) async throws -> (contact: Int, device: String) {
    var headers = Self.browser
    if let cookie { headers.append("Cookie: mautic_device_id=\(cookie)") }
    let answer = try await bed.server.request(
      "GET", "/mtc/event?page_url=https%3A%2F%2Fshop.example%2F", as: nil, headers: headers)
    return (
      try #require(answer.json["id"]?.integer), try #require(answer.json["device_id"]?.text)
    )
  }

  /// Posts the form with the same browser.
  private func post(
    _ bed: APIBed, _ address: String, cookie: String? = nil, more: String = "",
    headers: [String] = []
  ) async throws -> RawResponse {
    var all = Self.browser
    all.append("Content-Type: application/x-www-form-urlencoded")
    if let cookie { all.append("Cookie: mautic_device_id=\(cookie)") }
    return try await bed.server.request(
      "POST", "/form/submit/ajax", as: nil, headers: all + headers,
      body: Array("\(Self.page)\(address)\(more)".utf8))
  }

  private func count(_ bed: APIBed, _ table: String) async throws -> Int {
    try await bed.pool.query("SELECT count(*) FROM \(identifier: table)")[0].decode(at: 0)
  }

  @Test("A visitor becomes who it says it is, and stays one contact (FRM-06)")
  func identifies() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let visitor = try await visit(bed)
      let answer = try await post(bed, "ann@example.com", cookie: visitor.device)
      #expect(answer.json["success"] == true, "\(answer.text)")
      #expect(answer.headers["set-cookie"]?.hasPrefix("mtc_sid=\(visitor.device)") == true)
      let submission = try #require(try await bed.submissions().first)
      #expect(submission["lead"]?["id"]?.integer == visitor.contact)
      #expect(submission["trackingId"] == .string(visitor.device))
      #expect(try await count(bed, "contacts") == 1)
      #expect(try await count(bed, "devices") == 1)
    }
  }

  @Test(
    "A visitor who proves to be somebody known is merged, with its history, and so tracked from then on"
  )
  func merges() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let ann = try await bed.make(
        "/api/contacts", #"{"email":"ann@example.com"}"#, "contact")
      let visitor = try await visit(bed)
      #expect(visitor.contact != ann)
      // As an app that keeps no cookies sends it.
      let answer = try await post(
        bed, "ann@example.com", more: "&mautic_device_id=\(visitor.device)")
      #expect(answer.json["success"] == true, "\(answer.text)")
      let again = try await visit(bed, cookie: visitor.device)
      #expect(again.contact == ann && again.device == visitor.device)
      #expect(try await count(bed, "contacts") == 1)
      let activity = try await bed.send("GET", "/api/contacts/\(ann)/activity").json["events"]
      let events = Set((activity?.elements ?? []).compactMap { $0["event"]?.text })
      #expect(events.isSuperset(of: ["page.hit", "form.submitted"]), "\(events)")
    }
  }

  @Test("A browser that nobody knows gets cookies, and the contact its device; at a kiosk neither")
  func newVisitor() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let answer = try await post(bed, "ann@example.com")
      let device = try #require(try await bed.submissions().first?["trackingId"]?.text)
      #expect(answer.headers["set-cookie"]?.hasPrefix("mtc_sid=\(device)") == true)
      let contact = try #require(try await bed.submissions().first?["lead"]?["id"]?.integer)
      let back = try await visit(bed, cookie: device)
      #expect(back.contact == contact)
      _ = try await bed.send("PATCH", "/api/forms/1/edit", #"{"inKioskMode":true}"#)
      let kiosk = try await post(bed, "bob@example.com", cookie: device)
      #expect(kiosk.json["success"] == true && kiosk.headers["set-cookie"] == nil)
      let last = try await bed.submissions("?orderBy=id&orderByDir=desc").first
      #expect(last?["trackingId"] == .null && last?["lead"]?["id"]?.integer != contact)
    }
  }

  @Test(
    "Known contacts who send forms at the same time and bring no cookies have one device for each browser"
  )
  func sameBrowser() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      for number in 0..<5 {
        _ = try await bed.make(
          "/api/contacts", #"{"email":"n\#(number)@example.com"}"#, "contact")
      }
      func send(_ numbers: Range<Int>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in numbers {
            group.addTask {
              let answer = try await post(bed, "n\(number % 5)@example.com")
              #expect(answer.json["success"] == true, "\(answer.text)")
              #expect(answer.headers["set-cookie"]?.hasPrefix("mtc_sid=") == true)
            }
          }
          try await group.waitForAll()
        }
      }
      let owned: SQL = """
        SELECT FROM form_submissions s
        JOIN devices d ON d.tracking_id = s.tracking_id AND d.contact_id = s.contact_id
        """
      try await send(0..<20)
      #expect(try await count(bed, "contacts") == 5)
      #expect(try await count(bed, "devices") == 5)
      #expect(try await bed.pool.query(owned).count == 20)
      // As of devices that came with UTM tags.
      try await bed.pool.query("UPDATE devices SET tracking_id = NULL")
      try await send(20..<30)
      #expect(try await count(bed, "devices") == 5)
      #expect(try await bed.pool.query(owned).count == 10)
    }
  }

  @Test("A submission of a browser that is not tracked is stored without tracking")
  func excluded() async throws {
    var settings = TrackingSettings()
    settings.anonymizesAddresses = true
    try await APIBed.with(trackingSettings: settings) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let answer = try await post(bed, "ann@example.com", headers: ["Sec-GPC: 1"])
      #expect(answer.json["success"] == true && answer.headers["set-cookie"] == nil)
      let submission = try #require(try await bed.submissions().first)
      #expect(submission["trackingId"] == .null && submission["ipAddress"] == .null)
      #expect(try await count(bed, "devices") == 0)
    }
  }

  @Test("A campaign that waits for a form decides when a tracked visitor sends it (FRM-32)")
  func decides() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let visitor = try await visit(bed)
      let segment = try await bed.make("/api/segments", #"{"name":"All"}"#, "list")
      let campaign = try await bed.make(
        "/api/campaigns",
        """
        {"name":"Waits","isPublished":true,"forms":[],"lists":[{"id":\(segment)}],"events":[
          {"id":"new1","name":"Submits","type":"form.submit","eventType":"decision",
           "properties":{"forms":[1]}},
          {"id":"new2","name":"Tag","type":"lead.changetags","eventType":"action","parent":"new1",
           "decisionPath":"yes","triggerMode":"immediate","properties":{"add_tags":["sent"]}}]}
        """, "campaign")
      let added = try await bed.send(
        "POST", "/api/campaigns/\(campaign)/contact/\(visitor.contact)/add")
      #expect(added.status == 200, "\(added.text)")
      let contact = Int64(visitor.contact)
      let isWaiting = try await eventually(within: .seconds(20)) {
        try await !bed.pool.query("SELECT FROM campaign_log WHERE contact_id = \(contact)").isEmpty
      }
      #expect(isWaiting)
      _ = try await post(bed, "ann@example.com", cookie: visitor.device)
      let tags: SQL = "SELECT FROM contact_tags WHERE contact_id = \(contact)"
      let isDone = try await eventually(within: .seconds(20)) {
        try await !bed.pool.query(tags).isEmpty
      }
      #expect(isDone)
    }
  }

  @Test("A script of a listed site may read the answer (tracking.md 6)")
  func origins() async throws {
    var configuration = APIConfiguration()
    configuration.origins = { AllowedOrigins(list: ["https://www.example.com"]) }
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", FormsAPITests.payload)
      let script = "X-Requested-With: XMLHttpRequest"
      let allowed = try await post(
        bed, "ann@example.com", headers: ["Origin: https://www.example.com", script])
      #expect(
        allowed.headers["access-control-allow-origin"] == "https://www.example.com")
      #expect(allowed.headers["access-control-allow-credentials"] == "true")
      let other = try await post(
        bed, "bob@example.com", headers: ["Origin: https://other.example", script])
      #expect(other.json["success"] == true)
      #expect(other.headers["access-control-allow-origin"] == nil)
    }
  }
}
