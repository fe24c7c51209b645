import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Tracking

@testable import API

@Suite("What pages are given with their hits (tracking.md 14), and views of videos")
struct VisitorContentsAPITests {
  private static let form = "Content-Type: application/x-www-form-urlencoded"
  private static let script = "X-Requested-With: XMLHttpRequest"

  private func post(
    _ bed: APIBed, _ body: String, _ path: String = "/mtc/event", headers: [String] = []
  ) async throws -> RawResponse {
    try await bed.server.request(
      "POST", path, as: nil, headers: [PageTrackingAPITests.browser, Self.form] + headers,
      body: Array(body.utf8))
  }

  /// Leaves a focus item for a contact.
  private func leave(_ bed: APIBed, _ item: Int64, for contact: Int) async throws {
    try await bed.jobs.transaction { transaction in
      _ = try await VisitorContentStore.leave(
        [.focusItem(item)], for: [Int64(contact)], in: transaction)
    }
  }

  @Test("A visit decides, and the next hit brings what the campaign left, once")
  func campaign() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let first = try await post(bed, "page_url=%2Fstart")
      let id = try #require(first.json["id"]?.integer)
      let device = try #require(first.json["device_id"]?.text)
      let item = try await bed.make(
        "/api/focus", #"{"name":"Hello","type":"notice","style":"bar"}"#, "focus")
      let campaign = try await bed.campaign(
        #"{"id":"new1","name":"visit","type":"page.pagehit","eventType":"decision","properties":{"url":"/shop"}},"#
          + #"{"id":"new2","name":"tell","type":"tracking.pixel.send","eventType":"action","parent":"new1","decisionPath":"yes","properties":{"services":["google_analytics","facebook_pixel"],"category":"C","action":"A","label":"L"}},"#
          + #"{"id":"new3","name":"show","type":"focus.show","eventType":"action","parent":"new2","properties":{"focus":\#(item)}}"#
      )
      _ = try await bed.send("POST", "/api/campaigns/\(campaign)/contact/\(id)/add")
      let isOpen = try await eventually {
        try await !bed.pool.query("SELECT FROM campaign_log WHERE contact_id = \(Int64(id))")
          .isEmpty
      }
      #expect(isOpen)
      let visit = try await post(bed, "page_url=%2Fshop&mautic_device_id=\(device)")
      #expect(visit.json["events"] == [])
      let isLeft = try await eventually {
        try await bed.pool.query("SELECT FROM visitor_contents").count == 3
      }
      #expect(isLeft)
      let next = try await post(bed, "page_url=%2Fnext&mautic_device_id=\(device)")
      let event: JSONValue = ["action": "A", "category": "C", "label": "L"]
      let pixel: JSONValue = ["action": "A", "label": "L"]
      let shown: JSONValue = [
        "id": .int(item), "js": .string("https://mail.example.com/focus/\(item).js"),
      ]
      let events = next.json["events"]
      #expect(events?["google_analytics"] == [event], "\(next.text)")
      #expect(events?["facebook_pixel"] == [pixel])
      #expect(events?["focus_item"] == [shown])
      let last = try await post(bed, "page_url=%2Flast&mautic_device_id=\(device)")
      #expect(last.json["events"] == [])
    }
  }

  @Test("An answer that the page cannot read takes nothing; an image gives back what was taken")
  func unread() async throws {
    var configuration = APIConfiguration()
    configuration.origins = { AllowedOrigins(list: ["https://www.example.com"]) }
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      let first = try await post(bed, "page_url=%2Fstart")
      let id = try #require(first.json["id"]?.integer)
      let device = try #require(first.json["device_id"]?.text)
      let hit = "page_url=x&mautic_device_id=\(device)"
      try await leave(bed, 1, for: id)
      let unread: [(String, [String])] = [
        (hit, ["Origin: https://evil.example", Self.script]), (hit + "&events=0", []),
        (hit, ["Origin: https://www.example.com"]),
      ]
      for (body, headers) in unread {
        #expect(try await post(bed, body, headers: headers).json["events"] == [])
      }
      let name = hit + "&hit_id=\(UUID().uuidString)"
      let taken = try await post(
        bed, name, headers: ["Origin: https://www.example.com", Self.script])
      #expect(taken.json["events"]?["focus_item"]?.elements?.count == 1)
      #expect(try await post(bed, hit).json["events"] == [])
      let image = try await bed.server.request(
        "GET", "/mtracking.gif?\(name)", as: nil, headers: [PageTrackingAPITests.browser])
      #expect(image.status == 200)
      let own = try await post(bed, hit, headers: ["Origin: https://mail.example.com"])
      #expect(own.json["events"]?["focus_item"]?.elements?.count == 1)
    }
  }

  @Test("The script loads the services that are switched on")
  func services() async throws {
    var settings = TrackingSettings()
    settings.services.analytics.id = "G-AB12"
    settings.services.analytics.onTrackedPages = true
    try await APIBed.with(trackingSettings: settings) { (bed) async throws in
      let script = try await bed.server.request("GET", "/mtc.js", as: nil)
      #expect(script.text.contains("gtag/js?id=G-AB12") && !script.text.contains("fbevents"))
      let video = try await bed.server.request("GET", "/mtc-video.js", as: nil)
      #expect(video.headers["content-type"] == "application/javascript")
      #expect(video.text.contains("/video/hit"))
    }
  }

  @Test("A video tells how far it was watched: one row, in the history and the raw rows")
  func video() async throws {
    try await APIBed.with { (bed) async throws in
      let first = try await post(
        bed, "guid=v-1&url=https%3A%2F%2Fv.example%2Fa.mp4&duration=60.5&total_watched=10",
        "/video/hit")
      #expect(first.status == 200 && first.json == ["success": true], "\(first.text)")
      let device = try await bed.pool.query("SELECT tracking_id FROM video_hits")[0]
        .decode(at: 0, as: String.self)
      let body =
        "guid=v-1&url=https%3A%2F%2Fv.example%2Fa.mp4&duration=60.5&total_watched=30"
      #expect(try await post(bed, body, "/video/hit").json == ["success": false])
      let own = try await post(bed, body + "&mautic_device_id=\(device)", "/video/hit")
      #expect(own.json == ["success": true])
      let rows = try await bed.server.request("GET", "/api/stats/video_hits")
      #expect(rows.json["stats"]?.elements?.map { $0["time_watched"] } == ["30"], "\(rows.text)")
      let activity = try await bed.server.request(
        "GET", "/api/contacts/activity?filters[includeEvents][]=page.videohit")
      #expect(activity.json["total"] == 1)
    }
  }

  @Test("Wrong views are refused by the names of their members; users and robots leave no trace")
  func badVideos() async throws {
    try await APIBed.with { (bed) async throws in
      for (body, members) in [
        ("", ["guid", "url"]), ("guid=a%20b&url=x", ["guid"]),
        ("guid=a&url=x&duration=-1&total_watched=1e300", ["duration", "total_watched"]),
        ("guid=a&url=x&total_watched=nan", ["total_watched"]),
      ] {
        let answer = try await post(bed, body, "/video/hit")
        #expect(answer.status == 400 && answer.json["success"] == false, "\(body)")
        for member in members { #expect(answer.text.contains("\"\(member)\""), "\(answer.text)") }
      }
      let user = try await bed.server.request(
        "POST", "/video/hit", headers: [PageTrackingAPITests.browser, Self.form],
        body: Array("guid=a&url=x&total_watched=1".utf8))
      #expect(user.json == ["success": false])
      #expect(try await bed.pool.query("SELECT FROM video_hits").isEmpty)
    }
  }

  @Test("A form for a video is its markup alone")
  func videoForm() async throws {
    try await APIBed.with { (bed) async throws in
      let form = try await bed.make(
        "/api/forms",
        #"{"name":"F","fields":[{"label":"E-mail","alias":"email","type":"email"}]}"#,
        "form")
      let plain = try await bed.server.request("GET", "/form/embed/\(form)", as: nil)
      let video = try await bed.server.request("GET", "/form/embed/\(form)?video=1", as: nil)
      #expect(plain.status == 200 && video.status == 200)
      #expect(plain.text.contains("<script") && !video.text.contains("<script"))
      #expect(video.text.contains("mauticform[email]") && video.text.contains("<style"))
      let none = try await bed.server.request("GET", "/form/embed/99?video=1", as: nil)
      #expect(none.status == 404)
    }
  }
}
