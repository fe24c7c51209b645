import Testing

@testable import API

@Suite("Bad input to campaigns (campaigns.md 14): the status, and nothing changed")
struct CampaignBadInputTests {
  /// A line of the table: the request and the answer.
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

  private static func points(_ more: String) -> String {
    Event.points("new1", more.isEmpty ? "" : "," + more)
  }

  /// Properties that could not be used when the event fires, or would match everything.
  static let properties: [(type: String, properties: String, says: String)] = [
    ("lead.changepoints", #"{"points":3000000000}"#, "points"),
    ("lead.changepoints", #"{"points":1,"group":[7]}"#, "group"),
    ("lead.scorecontactscompanies", #"{"score":-3000000000}"#, "score"),
    ("lead.changetags", #"{"add_tags":[{}]}"#, "add_tags"),
    ("lead.updatecompany", #"{"companyemail":"x"}"#, "companyemail"),
    ("lead.updatecompany", #"{"companycountry":"Nowhere"}"#, "companycountry"),
    ("campaign.addremovelead", #"{"removeFrom":[99]}"#, "removeFrom: there is no campaign 99"),
    ("campaign.addremovelead", #"{"removeFrom":["all"]}"#, "removeFrom"),
    ("campaign.sendwebhook", #"{"url":"http://"}"#, "url"),
    ("campaign.sendwebhook", #"{"url":"http://example.com","timeout":"soon"}"#, "timeout"),
    ("campaign.sendwebhook", #"{"url":"http://example.com","headers":"X: 1"}"#, "headers"),
    ("campaign.sendwebhook", #"{"url":"http://example.com","additional_data":"x"}"#, "additional"),
    ("lead.field_value", #"{"field":"points","operator":"gt","value":"x"}"#, "value"),
    ("lead.field_value", #"{"field":"city","operator":"regexp","value":"("}"#, "value"),
    ("lead.tags", #"{"tags":[{}]}"#, "tags"),
    ("lead.campaigns", #"{"campaigns":["x"]}"#, "campaigns"),
    ("lead.campaigns", #"{"campaigns":[99]}"#, "there is no campaign 99"),
    ("lead.campaigns", #"{"campaigns":[1],"dateAdded":"soon"}"#, "dateAdded"),
    (
      "lead.campaigns", #"{"campaigns":[1],"dateAdded":"2024-01-01","dateAddedOperator":"near"}"#,
      "dateAddedOperator"
    ),
    ("lead.points", #"{"score":1,"group":[7]}"#, "group"),
    ("lead.device", #"{"device_type":[{}]}"#, "device_type"),
    ("lead.dnc", #"{"channels":["e mail"]}"#, "channels"),
    ("lead.dnc", #"{"channels":["email"],"reason":99999}"#, "reason"),
    ("page.pagehit", #"{"pages":["x"]}"#, "pages"),
    ("page.pagehit", #"{"url":["x"]}"#, "url"),
    ("page.devicehit", #"{"device_os":[{}]}"#, "device_os"),
    ("form.submit", #"{"forms":["x"]}"#, "forms"),
    ("asset.download", #"{"assets":"x"}"#, "assets"),
    ("sms.reply", #"{"pattern":["x"]}"#, "pattern"),
  ]

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
    Line("an id that occurs twice", 422, "occurs twice", events: "\(points("")),\(points(""))"),
    Line(
      "a name that is none", 422, "name: must be a text",
      events: #"{"id":"new1","name":[1],"type":"lead.changepoints","properties":{"points":1}}"#),
    Line(
      "properties with a NUL", 422, "“N”: properties.add_tags[1].value: not valid text",
      events:
        #"{"id":"new1","name":"N","type":"lead.changetags","properties":{"add_tags":["a",{"value":"b\u0000"}]}}"#
    ),
    Line(
      "a property whose name holds a NUL", 422, "“N”: properties.x: not valid text",
      events:
        #"{"id":"new1","name":"N","type":"lead.changepoints","properties":{"points":1,"x":{"a\u0000":1}}}"#
    ),
    Line(
      "a trigger with a NUL", 422, "triggerContactField: not valid text",
      events: points(#""triggerContactField":"a\u0000""#)),
    Line(
      "a canvas with a NUL", 422, "canvasSettings.nodes[0].id",
      body:
        #"{"name":"C","lists":[1],"events":[\#(Event.points("new1"))],"canvasSettings":{"nodes":[{"id":"\u0000"}]}}"#
    ),
    Line(
      "a name that is too long", 422, "longer than 191",
      events:
        #"{"id":"new1","name":"\#(String(repeating: "x", count: 192))","type":"lead.changepoints","properties":{"points":1}}"#
    ),
    Line("an order that is none", 422, "order", events: points(#""order":"first""#)),
    Line("an order that is too large", 422, "order", events: points(#""order":4294967296"#)),
    Line("a list of parents", 422, "parent: must be", events: points(#""parent":["new1"]"#)),
    Line("a parent without a number", 422, "parent: must be", events: points(#""parent":true"#)),
    Line("a unit that is a list", 422, "triggerMode", events: points(#""triggerMode":["date"]"#)),
    Line(
      "properties that are none", 422, "properties: must be an object",
      events: #"{"id":"new1","type":"lead.deletecontact","properties":"all"}"#),
    Line(
      "a date of the contact that there is not", 422, "no date field",
      events: points(#""triggerMode":"contact_date","triggerContactField":"birthday""#)),
    Line(
      "a date of the contact that is no date", 422, "no date field",
      events: points(#""triggerMode":"contact_date","triggerContactField":"city""#)),
    Line(
      "a date that is none", 400, "publishUp",
      body: #"{"name":"C","publishUp":"soon","lists":[1],"events":[\#(Event.points("new1"))]}"#),
  ]

  @Test("Each line, sent to create a campaign and to change one")
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

  @Test("Properties that an event could not use are refused when it is saved, by their name")
  func unusableProperties() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      _ = try await bed.campaign(Event.points("new1"))
      let before = try await bed.campaignState()
      for (type, properties, says) in Self.properties {
        let answer = try await bed.send(
          "POST", "/api/campaigns/new",
          #"{"name":"C","lists":[1],"events":[{"id":"new1","type":"\#(type)","properties":\#(properties)}]}"#
        )
        let error = answer.json["errors"]?.elements?.first
        #expect(answer.status == 422 && error?["type"] == "validation", "\(type): \(answer.text)")
        #expect(
          error?["message"]?.text?.contains("properties.\(says.hasPrefix("there") ? "" : says)")
            == true && error?["message"]?.text?.contains(says) == true,
          "\(type) \(properties): \(answer.text)")
      }
      #expect(try await bed.campaignState() == before)
    }
  }

  @Test("Names of events are kept without markup (API page, section 1.6)")
  func markup() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 0)
      let id = try await bed.campaign(
        #"{"id":"new1","name":"<b>Sam & Sons</b>","description":"<p>x</p><script>y</script>","type":"lead.changepoints","properties":{"points":1}}"#
      )
      let event = try await bed.send("GET", "/api/campaigns/\(id)").json["campaign"]?["events"]?
        .elements?.first
      #expect(event?["name"] == "Sam & Sons" && event?["description"] == "<p>x</p>")
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
