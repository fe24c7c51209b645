import Testing

@testable import API

@Suite("Bad input to campaigns (campaigns.md 14): the status, and nothing changed")
struct CampaignBadInputTests {
  /// A line of the table: what is sent, and the answer.
  struct Line: Sendable, CustomTestStringConvertible {
    var name: String
    var body: String
    var status: Int
    var says: String
    var type: String?

    var testDescription: String { name }

    init(_ name: String, _ status: Int, _ says: String, events: String) {
      self.init(
        name, status, says, body: #"{"name":"C","lists":[1],"events":[\#(events)]}"#)
    }

    init(_ name: String, _ status: Int, _ says: String, body: String) {
      (self.name, self.body, self.status, self.says) = (name, body, status, says)
      type = status == 422 ? "validation" : nil
    }
  }

  private static func points(_ more: String) -> String { Event.points("new1", "," + more) }

  /// An action, a visit below it, and another action.
  private static func visited(_ more: String) -> String {
    [Event.points("new1"), Event.visit, Event.points("new3", more)].joined(separator: ",")
  }

  private static let jumpBack =
    #"{"id":"new2","type":"campaign.jump_to_event","properties":{"jumpToEvent":"new1"},"parent":"new1"}"#

  static let lines: [Line] = [
    Line("no name", 400, "name", body: #"{"lists":[1],"events":[\#(Event.points("new1"))]}"#),
    Line("no events", 400, "events", body: #"{"name":"C","lists":[1]}"#),
    Line("no sources", 400, "lists", body: #"{"name":"C","events":[\#(Event.points("new1"))]}"#),
    Line(
      "events that are no list", 400, "events", body: #"{"name":"C","lists":[1],"events":"x"}"#),
    Line("lists that are none", 400, "lists", body: #"{"name":"C","lists":["x"],"events":[]}"#),
    Line(
      "kind and type do not fit", 422, "is no condition but a action",
      events: #"{"id":"new1","type":"lead.changepoints","eventType":"condition"}"#),
    Line("no type", 422, "type: is required", events: #"{"id":"new1","eventType":"action"}"#),
    Line("a parent that is missing", 422, "parent", events: points(#""parent":"new9""#)),
    Line("a parent of nobody", 422, "parent", events: points(#""parent":4711"#)),
    Line("its own parent", 422, "own ancestor", events: points(#""parent":"new1""#)),
    Line(
      "a path that is missing", 422, "decisionPath",
      events: visited(#","parent":"newvisit","triggerMode":"interval","triggerInterval":1"#)),
    Line(
      "immediate on a no path", 422, "cannot be immediate",
      events: visited(#","parent":"newvisit","decisionPath":"no""#)),
    Line(
      "restart without delay", 422, "cannot be immediate",
      events: #"{"id":"new1","type":"campaign.addremovelead","properties":{"addTo":["this"]}}"#),
    Line(
      "restart after 29 minutes", 422, "30 minutes, not 29",
      events:
        #"{"id":"new1","type":"campaign.addremovelead","properties":{"addTo":["this"]},"triggerMode":"interval","triggerInterval":29,"triggerIntervalUnit":"i"}"#
    ),
    Line(
      "a negative interval", 422, "triggerInterval",
      events: points(#""triggerMode":"interval","triggerInterval":-1"#)),
    Line("half an interval", 422, "triggerInterval", events: points(#""triggerInterval":1.5"#)),
    Line("a huge interval", 422, "1000000", events: points(#""triggerInterval":1000001"#)),
    Line("an unknown unit", 422, "i, h, d, m, y", events: points(#""triggerIntervalUnit":"w""#)),
    Line("no hour", 422, "HH:MM", events: points(#""triggerHour":"25:00""#)),
    Line("no window", 422, "HH:MM", events: points(#""triggerRestrictedStartHour":"x""#)),
    Line("weekday 7", 422, "-1 to 6", events: points(#""triggerRestrictedDaysOfWeek":[7]"#)),
    Line("a date that is missing", 422, "triggerDate", events: points(#""triggerMode":"date""#)),
    Line(
      "an unknown segment as source", 422, "there is no segment 99",
      body: #"{"name":"C","lists":[99],"events":[\#(Event.points("new1"))]}"#),
    Line(
      "an unknown segment in an event", 422, "there is no 99",
      events:
        #"{"id":"new1","type":"lead.changelist","properties":{"addToLists":[99]}}"#),
    Line(
      "an unknown campaign in an event", 422, "there is no campaign 99",
      events:
        #"{"id":"new1","type":"campaign.addremovelead","properties":{"addTo":[99]},"triggerMode":"interval","triggerInterval":1}"#
    ),
    Line(
      "an unknown stage in an event", 422, "there is no 99",
      events: #"{"id":"new1","type":"lead.stages","properties":{"stages":[99]}}"#),
    Line(
      "a jump to itself", 422, "jumps to itself",
      events:
        #"{"id":"new1","type":"campaign.jump_to_event","properties":{"jumpToEvent":"new1"}}"#),
    Line(
      "a circle without time", 422, "leads back to itself",
      events: "\(Event.points("new1")),\(jumpBack)"
    ),
    Line(
      "an end before the beginning", 422, "publishDown",
      body:
        #"{"name":"C","lists":[1],"events":[\#(Event.points("new1"))],"publishUp":"2030-01-02","publishDown":"2030-01-01"}"#
    ),
    Line(
      "points that are none", 422, "points",
      events: #"{"id":"new1","type":"lead.changepoints","properties":{"points":"many"}}"#),
    Line(
      "a date that is none", 400, "publishUp",
      body: #"{"name":"C","publishUp":"soon","lists":[1],"events":[\#(Event.points("new1"))]}"#),
  ]

  @Test("Each line, sent to make a campaign and to change one")
  func refusals() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 1)
      let id = try await bed.campaign(Event.points("new1"))
      let before = try await bed.campaignState()
      for line in Self.lines {
        for (method, path) in [
          ("POST", "/api/campaigns/new"), ("PUT", "/api/campaigns/\(id)/edit"),
        ] {
          let answer = try await bed.send(method, path, line.body)
          #expect(answer.status == line.status, "\(line.name): \(answer.text)")
          let error = answer.json["errors"]?.elements?.first
          #expect(
            error?["message"]?.text?.contains(line.says) == true, "\(line.name): \(answer.text)")
          #expect(error?["type"] == API.JSONValue(line.type), "\(line.name)")
        }
      }
      #expect(try await bed.campaignState() == before)
    }
  }

  @Test("Events of a PUT name themselves; those of a POST need not")
  func identity() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let events = #"{"type":"lead.changepoints","properties":{"points":1}}"#
      let id = try await bed.campaign("\(events),\(events)")
      let before = try await bed.campaignState()
      let put = try await bed.send(
        "PUT", "/api/campaigns/\(id)/edit", #"{"name":"C","lists":[1],"events":[\#(events)]}"#)
      #expect(put.status == 400 && put.text.contains("each event must have an id"))
      #expect(try await bed.campaignState() == before)
    }
  }

  @Test("Contacts and campaigns that do not exist: 404; members of nothing: nothing")
  func unknown() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 1)
      let id = try await bed.campaign(Event.points("new1"))
      let before = try await bed.campaignState()
      for (method, path, status) in [
        ("POST", "/api/campaigns/\(id)/contact/99/add", 404),
        ("POST", "/api/campaigns/\(id)/contact/99/remove", 404),
        ("POST", "/api/campaigns/99/contact/1/add", 404),
        ("GET", "/api/campaigns/99/contacts", 404), ("GET", "/api/campaigns/99/stats", 404),
        ("GET", "/api/campaigns/99/members", 404), ("POST", "/api/campaigns/99/trigger", 404),
        ("GET", "/api/contacts/99/campaigns", 404),
        ("GET", "/api/campaigns/events/contact/99", 404),
        ("GET", "/api/campaigns/\(id)/contact/1/progress", 409),
        ("DELETE", "/api/campaigns/events/1/contact/1", 404),
        ("POST", "/api/campaigns/\(id)/contact/1/remove", 200),
      ] {
        let answer = try await bed.send(method, path)
        #expect(answer.status == status, "\(method) \(path): \(answer.text)")
      }
      #expect(try await bed.campaignState() == before)
    }
  }
}
