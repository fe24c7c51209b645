import Foundation
import Synchronization
import TestSupport
import Testing
import Webhooks

@testable import API

@Suite("/api/hooks (API page, 9)") struct WebhooksAPITests {
  private static let whole =
    #"{"name":"CRM","webhookUrl":"https://crm.example.com/in?x=1","eventsOrderbyDir":"DESC","#
    + #""triggers":["mautic.lead_points_change","mautic.lead_post_save_new"]}"#

  @Test("One webhook, exactly; triggers in the order in which they were given")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      let created = try await bed.send("POST", "/api/hooks/new", Self.whole)
      #expect(created.status == 201 && created.headers["location"] == "/api/hooks/1")
      let hook = try #require(created.json["hook"]?.asObject)
      #expect(
        hook.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "description", "webhookUrl", "secret",
          "eventsOrderbyDir", "category", "triggers", "batchSize", "isPaused", "failures",
          "disabledReason",
        ])
      #expect(hook["triggers"] == ["mautic.lead_points_change", "mautic.lead_post_save_new"])
      #expect(hook["eventsOrderbyDir"] == "DESC" && hook["isPublished"] == true)
      #expect((hook["secret"]?.text ?? "").count == 64)
      let list = try await bed.send("GET", "/api/hooks?search=crm").json
      #expect(list["total"] == 1 && list["hooks"]?["1"]?["name"] == "CRM")
    }
  }

  @Test("PATCH adds triggers, PUT drops those not named and keeps the secret")
  func edits() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send("POST", "/api/hooks/new", Self.whole).json["hook"]
      let patched = try await bed.send(
        "PATCH", "/api/hooks/1/edit", #"{"triggers":["mautic.page_on_hit"]}"#
      ).json["hook"]
      #expect(
        patched?["triggers"] == [
          "mautic.lead_points_change", "mautic.lead_post_save_new", "mautic.page_on_hit",
        ])
      let put = try await bed.send(
        "PUT", "/api/hooks/1/edit",
        #"{"name":"New","webhookUrl":"https://x.example.com","triggers":["mautic.page_on_hit"]}"#
      ).json["hook"]
      #expect(put?["triggers"] == ["mautic.page_on_hit"] && put?["eventsOrderbyDir"] == .null)
      #expect(put?["secret"] == made?["secret"])
      let missing = try await bed.send("PUT", "/api/hooks/9/edit", Self.whole)
      #expect(missing.status == 201 && missing.json["hook"]?["id"] == 2)
      let deleted = try await bed.send("DELETE", "/api/hooks/1/delete").json["hook"]
      #expect(deleted?["id"] == .null && deleted?["name"] == "New")
      #expect(try await bed.send("GET", "/api/hooks/1").status == 404)
    }
  }

  @Test("A refusal names its member")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let url = #""webhookUrl":"https://x.test""#
      let bad: [(String, String)] = [
        (#"{\#(url)}"#, "name"), (#"{"name":"x"}"#, "webhookUrl"),
        (#"{"name":"x","webhookUrl":"ftp://x.test"}"#, "webhookUrl"),
        (#"{"name":"x","webhookUrl":"https:///path"}"#, "webhookUrl"),
        (#"{"name":"x","webhookUrl":"https://x.test/a b"}"#, "webhookUrl"),
        (#"{"name":"x",\#(url),"eventsOrderbyDir":"UP"}"#, "eventsOrderbyDir"),
        (#"{"name":"x",\#(url),"triggers":["mautic.other"]}"#, "triggers"),
        (#"{"name":"x",\#(url),"triggers":[{}]}"#, "triggers"),
        (#"{"name":"x",\#(url),"batchSize":0}"#, "batchSize"),
        (#"{"name":"x",\#(url),"batchSize":501}"#, "batchSize"),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "/api/hooks/new", body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["details"]?[member] != nil, "\(body)")
      }
      #expect(try await bed.send("GET", "/api/hooks").json["total"] == 0)
    }
  }

  @Test("The triggers, each with its label")
  func triggers() async throws {
    try await APIBed.with { (bed) async throws in
      let triggers = try await bed.send("GET", "/api/hooks/triggers").json["triggers"]?.asObject
      #expect(triggers?.keys == WebhookEvent.allCases.map(\.rawValue))
      #expect(triggers?["mautic.lead_post_save_new"]?["label"] == "Contact identified")
    }
  }

  @Test("A delivery shows the contact as the API does; the log, sent again, paused")
  func delivers() async throws {
    try await APIBed.with { (bed) async throws in
      let stub = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
      _ = try await bed.send(
        "POST", "/api/hooks/new",
        #"{"name":"CRM","webhookUrl":"\#(stub.url())","triggers":["mautic.lead_post_save_new"]}"#)
      let contact = try await bed.send(
        "POST", "/api/contacts/new", #"{"email":"kim@example.com","tags":["vip"]}"#
      ).json["contact"]
      let dispatcher = WebhookDispatcher(
        jobs: bed.jobs, origin: "https://martlet.example.com",
        records: RenderedRecords(
          contacts: bed.contacts, companies: bed.companies, pool: bed.pool),
        settings: { WebhookSettings(allowsPrivateAddresses: true) }, logger: .silent)
      let task = Task { await dispatcher.run() }
      let isSent = try await eventually {
        try await bed.send("GET", "/api/hooks/1/deliveries?state=delivered").json["total"] == 1
      }
      #expect(isSent)
      let body = try JSONParser.parse(
        Array((stub.asked.withLock { $0.first?.body } ?? "").utf8))
      let told = body["mautic.lead_post_save_new"]?.elements?.first
      #expect(told?["contact"] == contact && told?["timestamp"]?.text?.hasSuffix("+00:00") == true)
      let log = try await bed.send("GET", "/api/hooks/1/deliveries").json["deliveries"]?.elements
      #expect(log?.first?["statusCode"] == 200 && log?.first?["attempts"] == 1)
      let whole = try await bed.send("GET", "/api/hooks/1/deliveries/1").json["delivery"]
      #expect(whole?["body"]?.text == stub.asked.withLock { $0.first?.body })
      #expect(whole?["requests"]?.elements?.first?["statusCode"] == 200)
      #expect(try await bed.send("GET", "/api/hooks/1/deliveries/9").status == 404)
      let state = try await bed.send("GET", "/api/hooks/1/state").json["state"]
      #expect(state?["delivered"] == 1 && state?["waiting"] == 0 && state?["queued"] == 0)
      let again = try await bed.send(
        "POST", "/api/hooks/1/deliveries/replay", #"{"ids":[1]}"#)
      #expect(again.status == 200)
      #expect(try await eventually { stub.asked.withLock { $0.count } == 2 })
      let paused = try await bed.send("POST", "/api/hooks/1/pause").json["hook"]
      #expect(paused?["isPaused"] == true)
      let rows = try await bed.send("GET", "/api/stats/webhook_logs").json["stats"]?.elements
      #expect(rows?.first?["webhook_id"] == "1" && rows?.first?["status_code"] == "200")
      #expect(try await bed.send("POST", "/api/hooks/9/pause").status == 404)
      #expect(
        try await bed.send("POST", "/api/hooks/1/deliveries/replay", #"{"ids":["x"]}"#).status
          == 400)
      task.cancel()
      await task.value
    }
  }

  @Test("A test is sent at once, told, and not kept")
  func tests() async throws {
    try await APIBed.with { (bed) async throws in
      let stub = try HTTPStub { _ in "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy" }
      _ = try await bed.send(
        "POST", "/api/hooks/new",
        #"{"name":"CRM","webhookUrl":"\#(stub.url())","isPublished":false,"triggers":["mautic.lead_points_change","mautic.page_on_hit"]}"#
      )
      let answer = try await bed.send("POST", "/api/hooks/1/test").json["test"]
      #expect(answer?["isSuccess"] == false && answer?["statusCode"] == 503)
      #expect(answer?["note"] == "HTTP 503: busy")
      let body = try JSONParser.parse(Array((stub.asked.withLock { $0.first?.body } ?? "").utf8))
      #expect(body["mautic.lead_points_change"]?.elements?.first?["isTest"] == true)
      #expect(body["mautic.page_on_hit"]?.elements?.first?["hit"] != nil)
      #expect(try await bed.send("GET", "/api/hooks/1/deliveries").json["total"] == 0)
      #expect(try await bed.send("GET", "/api/hooks/1").json["hook"]?["failures"] == 0)
      #expect(try await bed.send("POST", "/api/hooks/9/test").status == 404)
    }
  }

  @Test("What failed is sent at once on wish, and not only when its pause is over")
  func retries() async throws {
    try await APIBed.with { (bed) async throws in
      let isUp = Mutex(false)
      let stub = try HTTPStub { _ in
        isUp.withLock { $0 }
          ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
          : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
      }
      _ = try await bed.send(
        "POST", "/api/hooks/new",
        #"{"name":"CRM","webhookUrl":"\#(stub.url())","triggers":["mautic.lead_post_save_new"]}"#)
      _ = try await bed.send("POST", "/api/contacts/new", #"{"email":"kim@example.com"}"#)
      let dispatcher = WebhookDispatcher(
        jobs: bed.jobs, origin: "https://martlet.example.com",
        records: RenderedRecords(
          contacts: bed.contacts, companies: bed.companies, pool: bed.pool),
        settings: { WebhookSettings(allowsPrivateAddresses: true) }, logger: .silent)
      let task = Task { await dispatcher.run() }
      #expect(
        try await eventually {
          try await bed.send("GET", "/api/hooks/1/state").json["state"]?["failing"] == 1
        })
      let state = try await bed.send("GET", "/api/hooks/1/state").json["state"]
      #expect(state?["dateRetry"] != .null && state?["failures"] == 1)
      isUp.withLock { $0 = true }
      #expect(try await bed.send("POST", "/api/hooks/1/retry").status == 200)
      #expect(
        try await eventually {
          try await bed.send("GET", "/api/hooks/1/state").json["state"]?["delivered"] == 1
        })
      task.cancel()
      await task.value
    }
  }
}
