import Foundation
import TestSupport
import Testing

@testable import API

@Suite("Large input and its answers") struct LargeInputTests {
  @Test("Errors do not grow with what is wrong")
  func problems() {
    let many = APIError.validation((0..<250_000).map { ("field\($0)", ["is wrong"]) })
    #expect(many.details.count == 100)
    #expect(many.message.hasSuffix("and 249900 more problems"))
    #expect(many.response.wholeBody.map { $0.readableBytes < 20_000 } == true)
    let one = APIError.validation((0..<1_000).map { ("f", ["problem \($0)"]) })
    #expect(one.details.count == 1 && one.details[0].messages.count == 100)
    let long = APIError.validation([
      (String(repeating: "n", count: 100_000), [String(repeating: "m", count: 100_000)])
    ])
    #expect(long.response.wholeBody.map { $0.readableBytes < 5_000 } == true)
    let mixed = APIError.validation([("a", ["1"]), ("b", ["2"]), ("a", ["3"])])
    #expect(mixed.details.map(\.field) == ["a", "b"])
    #expect(mixed.details[0].messages == ["1", "3"])
  }

  @Test("Errors of requests do not grow either")
  func answers() async throws {
    try await APIBed.with { bed in
      let events = (0..<50_000).map { "\"\($0)\":{}" }.joined(separator: ",")
      let ones = Array(repeating: "1", count: 20_000).joined(separator: ",")
      let bodies: [(method: String, path: String, body: String)] = [
        ("POST", "/api/points/triggers/new", #"{"name":"T","events":{"# + events + "}}"),
        ("POST", "/api/contacts/new", #"{"frequencyRules":["# + ones + "]}"),
        ("POST", "/api/contacts/new", #"{"doNotContact":["# + ones + "]}"),
      ]
      for (method, path, body) in bodies {
        let response = try await bed.server.request(
          method, path, headers: ["Content-Type: application/json"], body: Array(body.utf8))
        #expect(response.status == 400, "\(path)")
        #expect(response.body.count < 200_000, "\(path): \(response.body.count)")
      }
    }
  }

  @Test("Objects grow at the same cost per member")
  func objects() {
    // Were it quadratic, this would take minutes.
    var object = JSONObject()
    for number in 0..<200_000 { object["member\(number)"] = .int(number) }
    for number in 0..<200_000 { object["member\(number)"] = .int(-number) }
    #expect(object.count == 200_000)
    #expect(object["member199999"] == .int(-199_999))
    object.append("member5", .int(1))
    #expect(object["member5"] == .int(1), "the last one counts")
    object["member5"] = .int(2)
    #expect(object.members.last?.value == .int(2))
    object["member5"] = nil
    #expect(object["member5"] == nil && object.count == 199_999)
    object["member5"] = .int(3)
    #expect(object["member5"] == .int(3) && object.count == 200_000)
  }

  @Test("Options, tags and channels are bounded where each answer repeats them")
  func bounds() async throws {
    try await APIBed.with { bed in
      func post(_ path: String, _ json: JSONValue) async throws -> RawResponse {
        try await bed.server.request(
          "POST", path, headers: ["Content-Type: application/json"], body: json.rendered)
      }
      func options(_ count: Int) -> JSONValue {
        [
          "label": .string("Select \(count)"), "type": "select",
          "properties": ["list": .array((0..<count).map { .string("o\($0)") })],
        ]
      }
      #expect(try await post("/api/fields/contact/new", options(5_001)).status == 400)
      #expect(try await post("/api/fields/contact/new", options(5_000)).status == 201)
      let fat: JSONValue = [
        "label": "Fat", "type": "text",
        "properties": ["x": .string(String(repeating: "x", count: 600_000))],
      ]
      #expect(try await post("/api/fields/contact/new", fat).status == 400)

      func tags(_ range: Range<Int>) -> JSONValue { .array(range.map { .string("t\($0)") }) }
      let tooMany = try await post("/api/contacts/new", ["tags": tags(0..<501)])
      #expect(tooMany.status == 400)
      #expect(tooMany.error["details"]?["tags"] != nil)
      let full = try await post("/api/contacts/new", ["tags": tags(0..<500)])
      #expect(full.status == 201)
      let id = full.json["contact"]?["id"]?.integer ?? 0
      let more = try await bed.server.request(
        "PATCH", "/api/contacts/\(id)/edit", headers: ["Content-Type: application/json"],
        body: JSONValue.object(["tags": ["one more"]]).rendered)
      #expect(more.status == 400)
      let swap = try await bed.server.request(
        "PATCH", "/api/contacts/\(id)/edit", headers: ["Content-Type: application/json"],
        body: JSONValue.object(["tags": ["-t0", "one more"]]).rendered)
      #expect(swap.status == 200)

      func channels(_ count: Int) -> JSONValue {
        .array((0..<count).map { ["channel": .string("c\($0)"), "reason": 3] })
      }
      #expect(try await post("/api/contacts/new", ["doNotContact": channels(201)]).status == 400)
      #expect(try await post("/api/contacts/new", ["doNotContact": channels(200)]).status == 201)
    }
  }

  @Test("A long list comes whole though it is written in pieces")
  func pieces() async throws {
    try await APIBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO tags (tag, description, date_added)
        SELECT 't' || number, repeat('x', 20000), now() FROM generate_series(1, 200) AS number
        """)
      let response = try await bed.server.request("GET", "/api/tags?limit=200")
      #expect(response.status == 200)
      #expect(response.headers["transfer-encoding"] == "chunked")
      #expect(response.body.count > 4_000_000)
      #expect(response.json["tags"]?.elements?.count == 200)
      #expect(response.json["total"]?.integer == 200)
      let small = try await bed.server.request("GET", "/api/tags?limit=2")
      #expect(small.headers["content-length"] != nil)
      #expect(small.json["tags"]?.elements?.count == 2)
      let none = try await bed.server.request("GET", "/api/tags?search=nothing")
      #expect(none.json["total"]?.integer == 0)
    }
  }

  @Test("Texts have bounds that are checked before they are cleaned")
  func texts() async throws {
    try await APIBed.with { bed in
      let made = try await bed.server.request(
        "POST", "/api/contacts/new", headers: ["Content-Type: application/json"],
        body: Array(#"{"firstname":"A"}"#.utf8))
      let id = made.json["contact"]?["id"]?.integer ?? 0
      let long = String(repeating: "<a", count: 300_000)
      for (path, member, limit) in [
        ("/api/contacts/\(id)/points/plus/1", "eventName", 191),
        ("/api/contacts/\(id)/points/plus/1", "actionname", 191),
        ("/api/contacts/\(id)/dnc/email/add", "comments", 10_000),
        ("/api/contacts/\(id)/utm/add", "utm_campaign", 255),
        ("/api/contacts/\(id)/utm/add", "url", 10_000),
      ] {
        func status(_ text: String) async throws -> Int {
          try await bed.server.request(
            "POST", path, headers: ["Content-Type: application/json"],
            body: JSONValue.object(JSONObject([(member, .string(text))])).rendered
          ).status
        }
        #expect(try await status(long) == 400, "\(member)")
        #expect(try await status(String(repeating: "x", count: limit + 1)) == 400, "\(member)")
        #expect(try await status(String(repeating: "x", count: limit)) == 200, "\(member)")
      }
    }
  }

  @Test("Numbers in queries may have any size")
  func numbers() async throws {
    try await APIBed.with { bed in
      let extremes = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "-1", "0",
        "4294967296", "99999999999999999999",
      ]
      for path in [
        "/api/jobs", "/api/queues/imports/dead", "/api/contacts", "/api/companies", "/api/segments",
        "/api/campaigns", "/api/emails", "/api/tags", "/api/stages", "/api/imports", "/api/exports",
        "/api/points", "/api/points/triggers", "/api/points/groups", "/api/categories",
        "/api/notes",
        "/api/devices", "/api/fields/contact", "/api/contacts/activity",
        "/api/contacts/list/owners",
        "/api/stats/points_log", "/api/campaigns/events/contact/1",
      ] {
        for number in extremes {
          for query in [
            "start=\(number)", "start=\(number)&limit=\(number)", "limit=\(number)&page=\(number)",
          ] {
            let response = try await bed.server.request("GET", "\(path)?\(query)")
            #expect(response.status < 500, "\(path)?\(query)")
          }
        }
      }
      let job = try await bed.server.request("GET", "/api/jobs?start=9223372036854775807")
      #expect(job.status == 200)
      let dead = try await bed.server.request(
        "GET", "/api/queues/imports/dead?start=9223372036854775807&limit=1")
      #expect(dead.status == 404, "the queue is not known")
    }
  }

  @Test("A regular expression that is no text is refused as any other value")
  func patterns() async throws {
    try await APIBed.with { bed in
      for value in ["[]", "{}", "null", "[[]]", "{\"a\":[]}", "1", "true", "\"(\""] {
        for operation in ["regexp", "!regexp"] {
          let body =
            #"{"name":"R","filters":[{"glue":"and","field":"firstname","object":"lead","type":"text","operator":"\#(operation)","properties":{"filter":\#(value)}}]}"#
          let response = try await bed.server.request(
            "POST", "/api/segments/new", headers: ["Content-Type: application/json"],
            body: Array(body.utf8))
          #expect(response.status < 500, "\(value)")
          if value == "[]" || value == "{}" { #expect(response.status == 400, "\(value)") }
        }
      }
    }
  }
}
