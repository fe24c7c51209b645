import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Tracking

@testable import API

@Suite("Web tracking on the wire (tracking.md 1 to 6)")
struct PageTrackingAPITests {
  static let browser = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Firefox/125.0"
  private static let form = "Content-Type: application/x-www-form-urlencoded"

  private func get(
    _ bed: APIBed, _ path: String, headers: [String] = []
  ) async throws -> RawResponse {
    try await bed.server.request("GET", path, as: nil, headers: [Self.browser] + headers)
  }

  private func post(
    _ bed: APIBed, _ body: String, headers: [String] = []
  ) async throws -> RawResponse {
    try await bed.server.request(
      "POST", "/mtc/event", as: nil, headers: [Self.browser, Self.form] + headers,
      body: Array(body.utf8))
  }

  private func hits(_ bed: APIBed) async throws -> [String] {
    await bed.tracking.backlog.settle()
    return try await bed.pool.query("SELECT url FROM page_hits ORDER BY at, id").map {
      try $0.decode(at: 0)
    }
  }

  @Test(
    "The image: 43 bytes that nobody keeps, whatever was sent; the history shows the hit at once")
  func image() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let answer = try await get(bed, "/mtracking.gif?page_url=https%3A%2F%2Fa.example%2F")
      #expect(answer.status == 200 && answer.body.count == 43)
      #expect(answer.headers["content-type"] == "image/gif")
      #expect(answer.headers["content-length"] == "43")
      #expect(
        answer.headers["cache-control"]
          == "private, no-cache, no-cache=Set-Cookie, proxy-revalidate")
      let activity = try await bed.server.request(
        "GET", "/api/contacts/activity?filters[includeEvents][]=page.hit")
      #expect(activity.json["total"] == 1)
      for path in [
        "/mtracking.gif", "/index.php/mtracking.gif?d=%FF%00", "/mtracking.gif?ct=nonsense",
        "/mtracking.gif?url=%2Fold",
      ] {
        let answer = try await get(bed, path, headers: ["Referer: https://r.example/p"])
        #expect(answer.status == 200 && answer.body.count == 43, "\(path)")
      }
      #expect(
        try await hits(bed) == [
          "https://a.example/", "https://r.example/p", "https://r.example/p", "https://r.example/p",
          "/old",
        ])
    }
  }

  @Test("The script's hit: who it is, in the body and in cookies that bring the browser back")
  func event() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let first = try await post(bed, "page_url=%2Fa&page_title=A")
      let id = try #require(first.json["id"]?.integer)
      let device = try #require(first.json["device_id"]?.text)
      #expect(first.json["success"] == 1 && first.json["sid"] == .string(device))
      #expect(first.json["events"] == [])
      #expect(first.headers["content-type"] == "application/json")
      let second = try await post(
        bed, "page_url=%2Fb", headers: ["Cookie: x=1; mautic_device_id=\(device); y=2"])
      #expect(second.json["id"]?.integer == id)
      let who = try await get(bed, "/mtc", headers: ["Cookie: mautic_device_id=\(device)"])
      #expect(who.json["id"]?.integer == id && who.json["device_id"] == .string(device))
      let query = try await get(bed, "/mtc/event?page_url=%2Fc&mautic_device_id=\(device)")
      #expect(query.json["id"]?.integer == id)
      #expect(try await hits(bed) == ["/a", "/b", "/c"])
      let rows = try await bed.server.request("GET", "/api/stats/page_hits")
      #expect(rows.json["total"] == "3")
    }
  }

  @Test("Cookies have the names, lives and attributes of tracking.md 5")
  func cookies() async throws {
    let seen = Shared<String>("")
    try await APIBed.with { (bed) async throws in
      let connection = try bed.server.connect()
      try await connection.send(
        TestServer.head("GET", "/mtracking.gif?page_url=x", as: nil, headers: [Self.browser]))
      seen.value = try await connection.rawText(until: "\r\n\r\n")
    }
    let cookies = seen.value.split(separator: "\r\n").filter { $0.hasPrefix("Set-Cookie: ") }
      .map { $0.dropFirst("Set-Cookie: ".count) }
    let names = cookies.map { cookie in String(cookie.prefix { $0 != "=" }) }
    let attributes = cookies.map { cookie in String(cookie.drop { $0 != ";" }) }
    #expect(names == ["mautic_device_id", "mtc_id", "mtc_sid", "mautic_referer_id"])
    #expect(
      attributes == [
        "; Max-Age=31536000; Path=/; SameSite=None; Secure", "; Path=/; SameSite=None; Secure",
        "; Path=/; SameSite=None; Secure", "; Max-Age=1800; Path=/; SameSite=None; Secure",
      ])
  }

  @Test("CORS: the origin itself for scripts of listed sites, nothing for others (tracking.md 6)")
  func cors() async throws {
    var configuration = APIConfiguration()
    configuration.origins = {
      AllowedOrigins(
        isRestricted: true, list: ["https://www.example.com", "https://*.shop.example"])
    }
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      let script = "X-Requested-With: XMLHttpRequest"
      for (origin, isAllowed) in [
        ("https://www.example.com", true), ("https://WWW.example.com", true),
        ("https://a.shop.example", true), ("https://evil.example", false),
        ("https://www.example.com.evil.example", false), ("null", false),
      ] {
        let answer = try await post(
          bed, "page_url=x", headers: ["Origin: \(origin)", script])
        #expect(answer.status == 200 && answer.json["success"] == 1)
        #expect(
          answer.headers["access-control-allow-origin"] == (isAllowed ? origin : nil), "\(origin)")
        #expect(answer.headers["access-control-allow-credentials"] == (isAllowed ? "true" : nil))
        let before = try await bed.server.request(
          "OPTIONS", "/mtc/event", as: nil,
          headers: ["Origin: \(origin)", "Access-Control-Request-Headers: x-requested-with"])
        #expect(before.status == 204)
        #expect(before.headers["access-control-allow-origin"] == (isAllowed ? origin : nil))
      }
      let plain = try await post(bed, "page_url=x", headers: ["Origin: https://www.example.com"])
      #expect(plain.headers["access-control-allow-origin"] == nil)
      let bare = try await bed.server.request(
        "OPTIONS", "/any/path", as: nil, headers: ["Origin: https://www.example.com"])
      #expect(bare.status == 204 && bare.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test(
    "CAM-406, PTS-12: users, robots, and what nobody looks at yet get an answer and leave no trace")
  func untracked() async throws {
    var settings = TrackingSettings()
    settings.excludedAgents = ["Googlebot"]
    try await APIBed.with(trackingSettings: settings, withWorker: true) { (bed) async throws in
      let user = ["Authorization: \(TestServer.basic("admin", "secret"))"]
      #expect(try await post(bed, "page_url=x", headers: user).json["success"] == 0)
      #expect(try await get(bed, "/mtc", headers: user).json == [:])
      #expect(try await post(bed, "page_url=x&ct=broken").json["success"] == 0)
      #expect(try await post(bed, "page_url=x&d=broken").json["success"] == 0)
      let robot = try await bed.server.request(
        "GET", "/mtracking.gif?page_url=x", as: nil, headers: ["User-Agent: Googlebot/2.1"])
      #expect(robot.status == 200 && robot.headers["set-cookie"] == nil)
      for header in ["Sec-Purpose: prefetch;prerender", "Purpose: prefetch", "X-Moz: prefetch"] {
        let answer = try await get(bed, "/mtc/event?page_url=x", headers: [header])
        #expect(answer.json["success"] == 1 && answer.json["id"] == .null, "\(header)")
      }
      let head = try await bed.server.request(
        "HEAD", "/mtracking.gif?page_url=x", as: nil, headers: [Self.browser])
      #expect(head.status == 200)
      let private1 = try await get(
        bed, "/mtc/event?page_url=private", headers: ["Sec-GPC: 1"])
      #expect(private1.json["id"] == .null && private1.headers["set-cookie"] == nil)
      #expect(try await hits(bed) == ["private"])
      let contacts = try await bed.pool.query("SELECT count(*)::integer FROM contacts")
      #expect(try contacts[0].decode(at: 0, as: Int.self) == 0)
    }
  }

  @Test("The scripts are served with this host's address")
  func script() async throws {
    try await APIBed.with { (bed) async throws in
      for path in ["/mtc.js", "/mtc-lite.js"] {
        let answer = try await get(bed, path)
        #expect(answer.headers["content-type"] == "application/javascript")
        #expect(answer.text.contains("//mail.example.com"))
      }
    }
  }

  @Test("CAM-430: a visit decides, and so does its device; a screen's name is matched as text")
  func decisions() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let answer = try await post(bed, "page_url=screen%3Ahome")
      let id = try #require(answer.json["id"]?.integer)
      let device = try #require(answer.json["device_id"]?.text)
      let created = try await bed.server.request(
        "POST", "/api/campaigns/new", headers: ["Content-Type: application/json"],
        body: Array(
          """
          {"name":"Visits","isPublished":true,"lists":[{"id":1}],"events":[
          {"id":"new1","name":"visit","type":"page.pagehit","eventType":"decision","order":1,
          "properties":{"url":"screen:*"},"parent":null},
          {"id":"new2","name":"came","type":"lead.changepoints","eventType":"action","order":2,
          "properties":{"points":5},"parent":{"id":"new1"},"decisionPath":"yes","triggerMode":"immediate"},
          {"id":"new3","name":"device","type":"page.devicehit","eventType":"decision","order":3,
          "properties":{"device_type":["desktop"]},"parent":null},
          {"id":"new4","name":"desk","type":"lead.changepoints","eventType":"action","order":4,
          "properties":{"points":30},"parent":{"id":"new3"},"decisionPath":"yes","triggerMode":"immediate"}
          ]}
          """.utf8))
      #expect(created.status == 201, "\(created.text)")
      let campaign = try #require(created.json["campaign"]?["id"]?.integer)
      _ = try await bed.server.request("POST", "/api/campaigns/\(campaign)/contact/\(id)/add")
      let isOpen = try await eventually {
        try await bed.pool.query("SELECT FROM campaign_log WHERE contact_id = \(Int64(id))").count
          == 2
      }
      #expect(isOpen)
      _ = try await post(bed, "page_url=screen%3Abasket&mautic_device_id=\(device)")
      let isDecided = try await eventually {
        try await bed.pool.query("SELECT points FROM contacts WHERE id = \(Int64(id))")[0]
          .decode(at: 0, as: Int.self) == 35
      }
      #expect(isDecided)
    }
  }
}
