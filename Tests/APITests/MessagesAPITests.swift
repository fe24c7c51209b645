import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Tracking

@testable import API

@Suite("Messages on the wire, as Segment's libraries send them (tracking.md 20)")
struct MessagesAPITests {
  private func key(
    _ bed: APIBed, isServer: Bool = false, origins: [String] = []
  ) async throws -> String {
    try await bed.jobs.transaction { transaction in
      try await WriteKeyStore.create(
        name: "app", isServer: isServer, origins: origins, in: transaction)
    }.secret
  }

  private func post(
    _ bed: APIBed, _ path: String, _ body: String, key: String? = nil, headers: [String] = []
  ) async throws -> RawResponse {
    let login = key.map { ["Authorization: \(TestServer.basic($0, ""))"] } ?? []
    let type =
      headers.contains { $0.hasPrefix("Content-Type") } ? [] : ["Content-Type: application/json"]
    // `basic` adds a password, which does not count.
    return try await bed.server.request(
      "POST", path, as: nil, headers: login + type + headers, body: Array(body.utf8))
  }

  private func events(_ bed: APIBed) async throws -> [String] {
    #expect(try await eventually { try await bed.tracking.backlog.isEmpty() })
    return try await bed.pool.query("SELECT name FROM tracked_events ORDER BY at, id").map {
      try $0.decode(at: 0)
    }
  }

  @Test("MSG-01: a key as the user's name, in the body, in a header or in the query; each path")
  func keys() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let key = try await key(bed)
      let body = #""anonymousId":"a","event":"E","timestamp":"2024-03-01T09:30:00.000Z""#
      let first = try await post(bed, "/v1/track", "{\(body)}", key: key)
      #expect(first.status == 200 && first.json == ["success": true], "\(first.text)")
      let second = try await post(
        bed, "/v1/t", #"{\#(body),"writeKey":"\#(key)"}"#, headers: ["Content-Type: text/plain"])
      #expect(second.status == 200)
      let third = try await post(bed, "/api/s/track", "{\(body)}", headers: ["X-Write-Key: \(key)"])
      #expect(third.status == 200)
      let fourth = try await post(
        bed, "/beacon/v1/batch?writeKey=\(key)", #"{"batch":[{"type":"track",\#(body)}]}"#)
      #expect(fourth.status == 200)
      for wrong in ["x", ""] {
        let refused = try await post(bed, "/v1/track", "{\(body)}", key: wrong)
        #expect(refused.status == 401 && refused.json["success"] == false)
      }
      #expect(try await events(bed) == ["E", "E", "E", "E"])
      let activity = try await bed.server.request(
        "GET", "/api/contacts/activity?filters[includeEvents][]=event.track")
      #expect(activity.json["total"] == 4)
    }
  }

  @Test("MSG-02, MSG-04: a packed batch in its order, once, by the server's clock")
  func batch() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let key = try await key(bed, isServer: true)
      // The client's clock is a year behind: it was an hour ago, and a minute ago.
      let body = #"""
        {"sentAt":"2020-01-01T01:00:00.000Z","batch":[
        {"type":"track","event":"First","userId":7,"messageId":"m1","timestamp":"2020-01-01T00:00:00.250Z"},
        {"type":"identify","userId":"7","messageId":"m2","traits":{"email":"a@example.com"}},
        {"type":"track","event":"Second","userId":"7","messageId":"m3","originalTimestamp":"2020-01-01T00:59:00.000Z"},
        {"type":"page","userId":"7","messageId":"m4","properties":{"url":"/p"}}]}
        """#
      for _ in 0..<2 {
        let packed = try Gzip.pack(body)
        let answer = try await bed.server.request(
          "POST", "/v1/batch", as: nil,
          headers: [
            "Authorization: \(TestServer.basic(key, ""))", "Content-Type: application/json",
            "Content-Encoding: gzip",
          ], body: packed)
        #expect(answer.status == 200, "\(answer.text)")
      }
      #expect(try await events(bed) == ["First", "Second"])
      // What counts is how long before the sending each was: an hour but a quarter of a second, and a minute.
      let times = try await bed.pool.query("SELECT at FROM tracked_events ORDER BY at").map {
        try $0.decode(at: 0, as: Date.self)
      }
      #expect(times.count == 2 && abs(times[1].timeIntervalSince(times[0]) - 3_539.75) < 0.002)
      #expect(times[1] <= Date().addingTimeInterval(-59) && times[1] > Date() - 3_600)
      let emails = try await bed.pool.query("SELECT email FROM contacts")
      #expect(try emails.map { try $0.decode(at: 0, as: String?.self) } == ["a@example.com"])
    }
  }

  @Test("MSG-04: a message is recorded whatever its clock says, and never before 1970")
  func clocks() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let key = try await key(bed)
      for times in [
        #""timestamp":"0000-01-01T00:00:00Z","sentAt":"9999-12-31T23:59:59Z""#,
        #""timestamp":"0000-01-01T00:00:00Z""#, #""timestamp":"1969-12-31T23:59:59+23:59""#,
      ] {
        let answer = try await post(
          bed, "/v1/track", #"{"event":"E","userId":"u",\#(times)}"#, key: key)
        #expect(answer.status == 200, "\(answer.text)")
      }
      #expect(try await events(bed) == ["E", "E", "E"])
      let early = try await bed.pool.query(
        "SELECT FROM tracked_events WHERE at <> timestamptz 'epoch'")
      #expect(early.isEmpty)
      let future = try await post(
        bed, "/v1/track",
        #"{"event":"F","userId":"u","timestamp":"9999-12-31T23:59:59Z","sentAt":"0000-01-01T00:00:00Z"}"#,
        key: key)
      #expect(future.status == 200)
      #expect(try await events(bed).last == "F")
      let late = try await bed.pool.query("SELECT FROM tracked_events WHERE at > now()")
      #expect(late.isEmpty)
    }
  }

  @Test("MSG-08: what is wrong is named, and changes nothing")
  func problems() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      let key = try await key(bed)
      let long = String(repeating: "x", count: 33_000)
      let many = Array(repeating: #"{"type":"track","event":"E","userId":"u"}"#, count: 2_501)
        .joined(separator: ",")
      let deep = String(repeating: "{\"a\":", count: 20) + "1" + String(repeating: "}", count: 20)
      for (path, body, field) in [
        ("/v1/track", #"{"userId":"u"}"#, "event"), ("/v1/track", #"{"event":"E"}"#, "userId"),
        ("/v1/track", #"{"event":"E","userId":"u","timestamp":"soon"}"#, "timestamp"),
        ("/v1/track", #"{"event":"E","userId":"u","properties":[1]}"#, "properties"),
        ("/v1/track", #"{"event":"E","userId":"u","properties":\#(deep)}"#, "properties"),
        ("/v1/track", #"{"event":"E","userId":"u","properties":{"a":"\u0000"}}"#, "properties.a"),
        ("/v1/identify", #"{"userId":["u"]}"#, "userId"),
        ("/v1/alias", #"{"userId":"u"}"#, "previousId"),
        ("/v1/group", #"{"userId":"u"}"#, "groupId"), ("/v1/screen", #"{"userId":"u"}"#, "name"),
        ("/v1/batch", #"{"userId":"u"}"#, "batch"),
        ("/v1/batch", #"{"batch":[\#(many)]}"#, "batch"),
        (
          "/v1/batch", #"{"batch":[{"type":"track","event":"E","userId":"u"},{"type":"x"}]}"#,
          "batch[1].type"
        ),
        (
          "/v1/batch",
          #"{"batch":[{"type":"track","event":"E","userId":"u","properties":{"a":"\#(long)"}}]}"#,
          "batch[0].type"
        ),
      ] {
        let answer = try await post(bed, path, body, key: key)
        #expect(answer.status == 400, "\(body.prefix(90))")
        #expect(answer.json["success"] == false)
        #expect(answer.error["details"]?[field] != nil, "\(answer.text)")
      }
      for (path, body) in [
        ("/v1/track", #"{"event":"E","userId":"u","properties":{"a":"\#(long)"}}"#),
        ("/v1/track", "nonsense"), ("/v1/track", "[]"),
        ("/v1/batch", #"{"batch":[],"x":"\#(String(repeating: "x", count: 600_000))"}"#),
      ] {
        #expect(try await post(bed, path, body, key: key).status == 400)
      }
      #expect(try await events(bed) == [])
      let contacts = try await bed.pool.query("SELECT FROM contacts")
      #expect(contacts.count == 0)
    }
  }

  @Test("MSG-09: scripts of any site may ask; a key with origins counts for those alone")
  func origins() async throws {
    try await APIBed.with { (bed) async throws in
      let key = try await key(bed, origins: ["https://*.example.com"])
      let before = try await bed.server.request(
        "OPTIONS", "/v1/track", as: nil,
        headers: ["Origin: https://a.example.com", "Access-Control-Request-Headers: content-type"])
      #expect(before.status == 204)
      #expect(before.headers["access-control-allow-origin"] == "https://a.example.com")
      let body = #"{"event":"E","userId":"u"}"#
      for (origin, status) in [
        (["Origin: https://a.example.com"], 200), (["Origin: https://evil.example"], 403),
        ([], 403),
      ] {
        let answer = try await post(bed, "/v1/track", body, key: key, headers: origin)
        #expect(answer.status == status)
      }
      let other = try await bed.server.request(
        "OPTIONS", "/mtc/event", as: nil,
        headers: ["Origin: https://a.example.com", "Access-Control-Request-Headers: content-type"])
      #expect(other.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test("CAM-432: an event decides by its name and its properties")
  func decisions() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let key = try await key(bed)
      _ = try await post(bed, "/v1/track", #"{"event":"Start","userId":"u"}"#, key: key)
      await bed.tracking.backlog.settle()
      let id: Int64 = try await bed.pool.query("SELECT id FROM contacts")[0].decode(at: 0)
      let created = try await bed.server.request(
        "POST", "/api/campaigns/new", headers: ["Content-Type: application/json"],
        body: Array(
          """
          {"name":"Orders","isPublished":true,"lists":[{"id":1}],"events":[
          {"id":"new1","name":"order","type":"event.track","eventType":"decision","order":1,
          "properties":{"event":"Order *","conditions":[{"property":"total","operator":"gte","value":50},
          {"property":"items.0.sku","operator":"=","value":"A1"}]},"parent":null},
          {"id":"new2","name":"came","type":"lead.changepoints","eventType":"action","order":2,
          "properties":{"points":5},"parent":{"id":"new1"},"decisionPath":"yes","triggerMode":"immediate"}
          ]}
          """.utf8))
      #expect(created.status == 201, "\(created.text)")
      let campaign = try #require(created.json["campaign"]?["id"]?.integer)
      _ = try await bed.server.request("POST", "/api/campaigns/\(campaign)/contact/\(id)/add")
      let isOpen = try await eventually {
        try await bed.pool.query("SELECT FROM campaign_log WHERE contact_id = \(id)").count == 1
      }
      #expect(isOpen)
      for (event, total) in [("Order Paid", 49), ("Login", 60), ("Order Paid", 50)] {
        _ = try await post(
          bed, "/v1/track",
          #"{"event":"\#(event)","userId":"u","properties":{"total":\#(total),"items":[{"sku":"a1"}]}}"#,
          key: key)
        await bed.tracking.backlog.settle()
        let points = try await bed.pool.query("SELECT points FROM contacts WHERE id = \(id)")[0]
          .decode(at: 0, as: Int.self)
        if total < 50 || event == "Login" { #expect(points == 0) }
      }
      let isDecided = try await eventually {
        try await bed.pool.query("SELECT points FROM contacts WHERE id = \(id)")[0]
          .decode(at: 0, as: Int.self) == 5
      }
      #expect(isDecided)
    }
  }
}
