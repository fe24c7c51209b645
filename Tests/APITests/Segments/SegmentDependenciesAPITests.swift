import Testing

@testable import API

@Suite("States and dependencies of segments (API page, 8.3)")
struct SegmentDependenciesAPITests {
  private static func make(
    _ bed: APIBed, _ name: String, of segment: Int? = nil, as user: String = "admin",
    isGlobal: Bool = true
  ) async throws -> Int {
    var body: JSONObject = ["name": .string(name), "isGlobal": .bool(isGlobal)]
    if let segment {
      body["filters"] = [
        [
          "glue": "and", "field": "leadlist", "object": "lead", "type": "leadlist",
          "operator": "in", "properties": ["filter": [.int(segment)]],
        ]
      ]
    }
    let answer = try await bed.server.request(
      "POST", "/api/segments/new", as: user, headers: ["Content-Type: application/json"],
      body: Array(JSONValue.object(body).rendered))
    #expect(answer.status == 201, "\(answer.text)")
    return answer.json["list"]?["id"]?.integer ?? 0
  }

  @Test("What it is made of comes with negative distances, what is made of it with positive ones")
  func chain() async throws {
    try await APIBed.with { (bed) async throws in
      let base = try await Self.make(bed, "Base")
      let middle = try await Self.make(bed, "Middle", of: base)
      let top = try await Self.make(bed, "Top", of: middle)
      _ = try await Self.make(bed, "Other")
      let answer = try await bed.server.request("GET", "/api/segments/\(middle)/dependencies")
      #expect(answer.status == 200)
      let segments = answer.json["segments"]?.elements ?? []
      #expect(segments.map { $0["id"]?.integer } == [base, middle, top])
      #expect(segments.map { $0["distance"]?.integer } == [-1, 0, 1])
      #expect(segments.last?["references"] == [.int(middle)])
      #expect(answer.json["uses"] == [])
      #expect(
        try await bed.server.request("GET", "/api/segments/99/dependencies").status == 404)
    }
  }

  @Test("A segment mailed to names the e-mail and can still be unpublished")
  func emails() async throws {
    try await APIBed.with { (bed) async throws in
      let segment = try await Self.make(bed, "Readers")
      let email = try await bed.server.request(
        "POST", "/api/emails/new", headers: ["Content-Type: application/json"],
        body: Array(
          #"{"name":"News","subject":"News","emailType":"list","lists":[\#(segment)]}"#.utf8))
      #expect(email.status == 201, "\(email.text)")
      let path = "/api/segments/\(segment)"
      let answer = try await bed.server.request("GET", path + "/dependencies")
      let use = answer.json["uses"]?.elements?.first { $0["kind"] == "emails" }
      #expect(use?["records"]?.elements?.first?["name"] == "News")
      let unpublished = try await bed.server.request(
        "PATCH", path + "/edit", headers: ["Content-Type: application/json"],
        body: Array(#"{"isPublished":false}"#.utf8))
      #expect(unpublished.status == 200)
    }
  }

  @Test("Forms, point triggers and steps of campaigns that name it are told, each by its kind")
  func uses() async throws {
    try await APIBed.with { (bed) async throws in
      let segment = try await Self.make(bed, "Readers")
      let other = try await Self.make(bed, "Other")
      let bodies = [
        (
          "/api/forms/new",
          #"{"name":"Sign-up","fields":[{"label":"E-mail","alias":"email","type":"email"}],"actions":[{"type":"lead.changelist","name":"Add","properties":{"addToLists":["\#(segment)"]}}]}"#
        ),
        (
          "/api/points/triggers/new",
          #"{"name":"Keen","points":50,"events":[{"name":"Add","type":"lead.changelists","properties":{"removeFromLists":[\#(segment)]}}]}"#
        ),
        (
          "/api/campaigns/new",
          #"{"name":"Welcome","lists":[{"id":\#(other)}],"events":[{"id":"new1","name":"In it?","type":"lead.segments","eventType":"condition","properties":{"segments":[\#(segment)]}}]}"#
        ),
      ]
      for (path, body) in bodies {
        let answer = try await bed.server.request(
          "POST", path, headers: ["Content-Type: application/json"], body: Array(body.utf8))
        #expect(answer.status == 201, "\(answer.text)")
      }
      let uses =
        try await bed.server.request("GET", "/api/segments/\(segment)/dependencies")
        .json["uses"]?.elements ?? []
      #expect(
        uses.map {
          "\($0["kind"]?.text ?? "") \($0["records"]?.elements?.first?["name"]?.text ?? "")"
        }
          == ["campaignEvents Welcome", "forms Sign-up", "pointTriggers Keen"])
      let source = try await bed.server.request("GET", "/api/segments/\(other)/dependencies")
      #expect(source.json["uses"]?.elements?.map { $0["kind"]?.text } == ["campaigns"])
    }
  }

  @Test("States of several segments by id; those that are not there are left out")
  func states() async throws {
    try await APIBed.with { (bed) async throws in
      let first = try await Self.make(bed, "A")
      let second = try await Self.make(bed, "B")
      let answer = try await bed.server.request(
        "GET", "/api/segments/states?ids=\(first),\(second),99")
      #expect(answer.status == 200)
      #expect(answer.json["states"]?.asObject?.members.map(\.key) == ["\(first)", "\(second)"])
      #expect(answer.json["states"]?["\(first)"]?["members"] == 0)
      #expect(
        try await bed.server.request("GET", "/api/segments/states").json["states"] == [])
      let many = (1...201).map(String.init).joined(separator: ",")
      #expect(
        try await bed.server.request("GET", "/api/segments/states?ids=\(many)").status == 400)
    }
  }
}
