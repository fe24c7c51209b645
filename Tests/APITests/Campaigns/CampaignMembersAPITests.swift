import TestSupport
import Testing

@testable import API

@Suite("Members of campaigns and their log (API page, 8.2 and 8.4)")
struct CampaignMembersAPITests {
  private static let events =
    Event.points("new1") + "," + Event.visit + ","
    + Event.points(
      "new2",
      #","parent":"new1","triggerMode":"interval","triggerInterval":1,"triggerIntervalUnit":"d""#)

  @Test(
    "CAM-804: adding and removing, by new and old paths; twice changes nothing; rows are strings")
  func members() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      for path in [
        "contact/1/add", "contact/1/add", "contact/add/2", "contact/3/add", "contact/3/remove",
        "contact/remove/3",
      ] {
        let answer = try await bed.send("POST", "/api/campaigns/\(id)/\(path)")
        #expect(answer.status == 200 && answer.json == ["success": 1], "\(path)")
      }
      let rows = try await bed.send("GET", "/api/campaigns/\(id)/contacts")
      #expect(rows.json["total"] == "2")
      let row = try #require(rows.json["contacts"]?.elements?.first)
      guard case .object(let members) = row else { return }
      #expect(
        members.keys == [
          "campaign_id", "lead_id", "date_added", "date_last_exited", "manually_removed",
          "manually_added", "rotation",
        ])
      #expect(row["lead_id"] == "1" && row["manually_added"] == "1" && row["rotation"] == "1")
      #expect(row["date_added"]?.text?.count == 19 && row["date_last_exited"] == .null)
      let second = try await bed.send(
        "GET",
        "/api/campaigns/\(id)/contacts?limit=1&order[0][col]=lead_id&order[0][dir]=desc")
      #expect(second.json["contacts"]?.elements?.map { $0["lead_id"] } == ["2"])
      let own = try await bed.send("GET", "/api/contacts/1/campaigns")
      #expect(own.json["total"] == 1)
      #expect(own.json["campaigns"]?["\(id)"]?["listMembership"] == [1])
      #expect(try await bed.send("GET", "/api/contacts/3/campaigns").json["campaigns"] == [])
      let found = try await bed.send("GET", "/api/contacts?search=campaign:\(id)")
      #expect(found.json["total"] == "2")
      let progress = try await bed.send("GET", "/api/campaigns/\(id)/members")
      #expect(progress.json["members"]?.elements?.map { $0["finished"] } == [false, false])
    }
  }

  @Test("Quirk 14: all events of a campaign, with an empty contactLog where nothing happened")
  func eventsOfAContact() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      let path = "/api/campaigns/\(id)/events/contact/1"
      #expect(try await bed.send("GET", path).status == 409)
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      let answer = try await bed.send("GET", path)
      let events = try #require(answer.json["events"]?.elements)
      #expect(events.map { $0["contactLog"]?.elements?.count } == [1, 0, 1])
      #expect(events[0]["contactLog"]?.elements?.first?["isScheduled"] == false)
      let scheduled = events[2]["contactLog"]?.elements?.first
      #expect(scheduled?["isScheduled"] == true && scheduled?["dateTriggered"] == .null)
      let membership = try #require(answer.json["membership"]?.elements?.first)
      #expect(membership["manuallyAdded"] == true && membership["manuallyRemoved"] == false)
      let log = try await bed.send("GET", "/api/campaigns/events/contact/1")
      #expect(log.json["total"] == 2)
      #expect(log.json["events"]?.elements?.first?["campaign"]?["name"] == "C")
      let all = try await bed.send("GET", "/api/campaigns/events?limit=2")
      #expect(all.json["total"] == 3 && all.json["events"]?.elements?.count == 2)
      let one = try await bed.send("GET", "/api/campaigns/events/1")
      #expect(one.json["event"]?["campaign"]?["id"] == .int(id))
      #expect(try await bed.send("GET", "/api/campaigns/events/99").status == 404)
    }
  }

  @Test("CAM-702, CAM-703, CAM-706: changing entries, one by one and in a batch")
  func entries() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      func put(_ event: Int, _ contact: Int, _ body: String) async throws -> RawResponse {
        try await bed.send(
          "PUT", "/api/campaigns/events/\(event)/contact/\(contact)/edit", body)
      }
      let moved = try await put(
        3, 1, #"{"triggerDate":"2099-01-02 03:04:05","ipAddress":"192.0.2.7"}"#)
      #expect(moved.status == 200, "\(moved.text)")
      let log = moved.json["event"]?["contactLog"]?.elements?.first
      #expect(log?["triggerDate"] == "2099-01-02T03:04:05+00:00" && log?["isScheduled"] == true)
      #expect(log?["ipAddress"]?["ipAddress"] == "192.0.2.7")
      let before = try await bed.campaignState()
      #expect(try await put(3, 1, #"{"triggerDate":"2001-01-01"}"#).status == 422)
      #expect(try await put(3, 2, #"{"triggerDate":"2099-01-01"}"#).status == 409)
      #expect(try await put(1, 1, #"{"triggerDate":"2099-01-01"}"#).status == 409)
      #expect(try await put(2, 1, #"{"triggerDate":"2099-01-01"}"#).status == 409)
      #expect(try await put(3, 99, #"{"triggerDate":"2099-01-01"}"#).status == 404)
      #expect(try await put(99, 1, #"{"triggerDate":"2099-01-01"}"#).status == 404)
      #expect(try await put(3, 1, #"{"triggerDate":"soon"}"#).status == 400)
      #expect(try await put(3, 1, #"{"triggerDate":"2099-01-01","ipAddress":"x"}"#).status == 422)
      #expect(try await bed.send("DELETE", "/api/campaigns/events/1/contact/1").status == 409)
      #expect(try await bed.campaignState() == before)
      let batch = try await bed.send(
        "PUT", "/api/campaigns/events/batch/edit",
        #"[{"eventId":1,"contactId":1,"triggerDate":"2099-01-01"},{"eventId":3,"contactId":1,"triggerDate":"2098-01-01"},{"eventId":3}]"#
      )
      #expect(batch.status == 200 && batch.json["events"]?.elements?.count == 1)
      #expect(
        batch.json["errors"]?["0"]?["code"] == 409 && batch.json["errors"]?["2"]?["code"] == 400)
      let cancelled = try await bed.send("DELETE", "/api/campaigns/events/3/contact/1")
      #expect(cancelled.json == ["success": 1])
      let progress = try await bed.send("GET", "/api/campaigns/\(id)/contact/1/progress")
      #expect(
        progress.json["progress"]?["entries"]?.elements?.map { $0["state"] } == [
          "executed", "waiting", "cancelled",
        ])
      let activity = try await bed.send("GET", "/api/contacts/1/activity")
      let kinds = Set(activity.json["events"]?.elements?.compactMap { $0["event"]?.text } ?? [])
      #expect(
        kinds.isSuperset(of: ["campaign.event", "campaign.event.scheduled", "campaign_membership"]))
    }
  }

  /// The steps of the suite of the PHP library (`testCampaignContactEditEvent`).
  @Test(
    "CAM-706: an entry may be written down with a time in the past, and moved until it is taken")
  func past() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(
        #"{"id":"new_43","type":"dwc.decision","eventType":"decision","properties":{"dwc_slot_name":"dwc"},"children":["new_44"]},"#
          + Event.points(
            "new_44",
            #","parent":"new_43","decisionPath":"yes","triggerMode":"interval","triggerInterval":1"#
          ))
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      let path = "/api/campaigns/events/2/contact/1/edit"
      let first = try await bed.send("PUT", path, #"{"triggerDate":"2016-01-10 00:00:00"}"#)
      #expect(first.status == 201, "\(first.text)")
      let log = first.json["event"]?["contactLog"]?.elements?.first
      #expect(log?["triggerDate"] == "2016-01-10T00:00:00+00:00" && log?["isScheduled"] == true)
      let batch = try await bed.send(
        "PUT", "/api/campaigns/events/batch/edit",
        #"[{"contactId":1,"eventId":1,"dateTriggered":"2016-01-10 00:00:00"},{"contactId":1,"eventId":2,"triggerDate":"2016-01-11 00:00:00"}]"#
      )
      #expect(batch.json["errors"] == nil, "\(batch.text)")
      #expect(
        batch.json["events"]?.elements?.last?["contactLog"]?.elements?.first?["triggerDate"]
          == "2016-01-11T00:00:00+00:00")
      // It is due.
      try await bed.campaigns.runtime.layTimers()
      #expect(
        try await eventually {
          let answer = try await bed.send("GET", "/api/contacts/1")
          return answer.json["contact"]?["points"] == 1
        })
      #expect(
        try await bed.send("PUT", path, #"{"triggerDate":"2016-01-12 00:00:00"}"#).status == 409)
    }
  }

  @Test("The change of an entry must be readable: nothing is stored that is not shown")
  func badEntries() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      let before = try await bed.campaignState()
      let long = String(repeating: "x", count: 70_000)
      for (body, status, member) in [
        (#"{"metadata":"x"}"#, 400, "metadata"), (#"{"metadata":[1]}"#, 400, "metadata"),
        (#"{"metadata":{"a":"\#(long)"}}"#, 400, "metadata"),
        (#"{"channel":"\#(long)"}"#, 400, "channel"),
        (#"{"dateTriggered":"2199-01-01"}"#, 422, "dateTriggered"),
      ] {
        let answer = try await bed.send(
          "PUT", "/api/campaigns/events/3/contact/1/edit", body)
        #expect(
          answer.status == status && answer.error["details"]?[member] != nil, "\(answer.text)")
      }
      #expect(try await bed.campaignState() == before)
    }
  }

  @Test("The log of a contact is searched, ordered and limited as other lists are")
  func logList() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add")
      func names(_ query: String) async throws -> [String] {
        let answer = try await bed.send("GET", "/api/campaigns/events/contact/1?\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["events"]?.elements?.compactMap { $0["event"]?["name"]?.text } ?? []
      }
      #expect(try await names("") == ["new2", "new1"])
      #expect(try await names("orderBy=dateTriggered&orderByDir=ASC") == ["new1", "new2"])
      #expect(try await names("orderBy=name&orderByDir=DESC&limit=1") == ["new2"])
      #expect(try await names("search=new2") == ["new2"])
      #expect(
        try await names("where[0][col]=isScheduled&where[0][expr]=eq&where[0][val]=0") == ["new1"])
      #expect(
        try await bed.send("GET", "/api/campaigns/events/contact/1?orderBy=x").status == 400)
      let short = try await bed.send("GET", "/api/campaigns?minimal=1")
      #expect(short.json["campaigns"]?["1"]?["events"] == nil, "\(short.text)")
      #expect(short.json["campaigns"]?["1"]?["name"] == "C")
    }
  }

  @Test("CAM-805: the path of a contact in its current run, in order; earlier runs on request")
  func progress() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 2)
      let id = try await bed.campaign(
        #"{"id":"new0","name":"fax","type":"fax.send","eventType":"action","order":1},"#
          + #"{"id":"new3","name":"ask","type":"lead.tags","eventType":"condition","order":2,"#
          + #""properties":{"tags":["x"]}},"# + Self.events, #","allowRestart":true"#)
      for _ in 0..<2 { _ = try await bed.send("POST", "/api/campaigns/\(id)/contact/1/add") }
      let path = "/api/campaigns/\(id)/contact/1/progress"
      let progress = try #require(try await bed.send("GET", path).json["progress"])
      #expect(progress["contactId"] == 1 && progress["campaign"]?["id"] == .int(id))
      #expect(progress["active"] == true && progress["rotation"] == 2)
      let entries = try #require(progress["entries"]?.elements)
      #expect(entries.allSatisfy { $0["rotation"] == 2 })
      var byName: [String: API.JSONValue] = [:]
      for entry in entries { byName[entry["name"]?.text ?? ""] = entry }
      #expect(
        byName.mapValues { $0["state"]?.text } == [
          "fax": "executed", "ask": "executed", "new1": "executed", "visit": "waiting",
          "new2": "scheduled",
        ])
      #expect(byName["ask"]?["path"] == "no" && byName["fax"]?["path"] == .null)
      #expect(byName["fax"]?["note"]?.text?.contains("not installed") == true)
      #expect(
        byName["new2"]?["triggerDate"]?.text != nil && byName["new2"]?["dateTriggered"] == .null)
      #expect(byName["new1"]?["dateTriggered"]?.text != nil)
      // Past events come before planned ones.
      let foreseen = entries.firstIndex { $0["name"] == "new2" }
      let done = entries.lastIndex { $0["state"] == "executed" }
      #expect(try #require(done) < #require(foreseen))
      let whole = try await bed.send("GET", "\(path)?all=1").json["progress"]?["entries"]?.elements
      let earlier = try #require(whole).filter { $0["rotation"] == 1 }
      #expect(
        Set(earlier.compactMap { $0["state"]?.text }) == ["executed", "cancelled"])
      #expect(earlier.contains { $0["cancelReason"] == "restarted" })
      #expect(try await bed.send("GET", "/api/campaigns/\(id)/contact/2/progress").status == 409)
    }
  }

  @Test("CAM-801 to CAM-803, CAM-806: statistics, upcoming events, and requested work")
  func numbers() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      try await bed.prepare()
      let id = try await bed.campaign(Self.events)
      let bulk = try await bed.send(
        "POST", "/api/contacts/bulk", #"{"action":"campaigns","ids":[1,2],"add":[\#(id)]}"#)
      #expect(bulk.status == 202, "\(bulk.text)")
      let path = "/api/campaigns/\(id)/stats"
      #expect(
        try await eventually {
          try await bed.send("GET", path).json["stats"]?["members"] == 2
        })
      let stats = try await bed.send("GET", path).json["stats"]
      let events = try #require(stats?["events"]?.elements)
      #expect(events.map { $0["executed"] } == [2, 0, 0])
      #expect(events.map { $0["scheduled"] } == [0, 2, 2])
      #expect(events[0]["percent"] == 100 && events[1]["yesPercent"] == 0)
      #expect(stats?["labels"]?.elements?.count == 30 && stats?["added"]?.elements?.last == 2)
      #expect(try await bed.send("GET", "\(path)?dateFrom=soon").status == 400)
      #expect(
        try await bed.send("GET", "\(path)?dateFrom=2020-01-01&dateTo=2019-01-01").status == 400)
      let upcoming = try await bed.send("GET", "/api/campaigns/upcoming?limit=1")
      #expect(upcoming.json["events"]?.elements?.map { $0["state"] } == ["scheduled"])
      for work in ["trigger", "statistics/repair"] {
        let answer = try await bed.send("POST", "/api/campaigns/\(id)/\(work)")
        #expect(answer.status == 202)
        let job = try #require(answer.json["job"]?["id"]?.text)
        #expect(
          try await eventually {
            try await bed.send("GET", "/api/jobs/\(job)").json["job"]?["state"] == "succeeded"
          }, "\(work)")
      }
      _ = try await bed.send("PATCH", "/api/campaigns/\(id)/edit", #"{"isPublished":false}"#)
      #expect(try await bed.send("POST", "/api/campaigns/\(id)/trigger").status == 409)
      let unpublish = try await bed.send("PATCH", "/api/segments/1/edit", #"{"isPublished":false}"#)
      #expect(unpublish.status == 422 && unpublish.text.contains("campaigns"))
    }
  }
}
