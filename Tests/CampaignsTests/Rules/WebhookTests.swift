import Contacts
import Foundation
import JobQueue
import Primitives
import Synchronization
import TestSupport
import Testing
import Transfer

@testable import Campaigns

@Suite("Webhooks")
struct WebhookTests {
  private static func answer(_ status: String) -> String {
    "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n"
  }

  private static func properties(
    _ url: String, _ method: String, headers: [String: String] = [:], timeout: Int64 = 60,
    data: [String: String] = ["name": "{contactfield=firstname|nobody}", "city": "Bad Ems & more"]
  ) -> JSONValue {
    .object([
      "url": .string(url), "method": .string(method), "timeout": .integer(timeout),
      "headers": .object(headers.mapValues(JSONValue.string)),
      "additional_data": .object(data.mapValues(JSONValue.string)),
    ])
  }

  private func perform(
    _ properties: JSONValue, tokens: [String: String] = [:], private isAllowed: Bool = true
  ) async -> Result<Void, ActionFailure> {
    let hook = SendWebhook(client: HTTPClient())
    var settings = CampaignSettings(companies: CompanyRules())
    settings.allowsPrivateWebhooks = isAllowed
    let event = CampaignEvent(
      id: 7, kind: .action, type: "campaign.sendwebhook", name: "call", properties: properties)
    return await hook.perform(
      event, ExternalContact(id: 1, tokens: tokens), key: "campaign-7-1-1",
      settings)
  }

  @Test("CAM-450, CAM-451: data as query, form or JSON, by method and header; tokens are filled in")
  func forms() async throws {
    let stub = try HTTPStub { _ in Self.answer("200 OK") }
    let tokens = ["firstname": "Zoë/1"]
    let form = "city=Bad%20Ems%20%26%20more&name=Zo%C3%AB%2F1"
    let json = #"{"city":"Bad Ems & more","name":"Zoë/1"}"#
    let cases: [(JSONValue, line: String, body: String, type: String?)] = [
      (Self.properties(stub.url("/a"), "get"), "GET /a?\(form) HTTP/1.1", "", nil),
      (Self.properties(stub.url("/a?b=1"), "GET"), "GET /a?b=1&\(form) HTTP/1.1", "", nil),
      (
        Self.properties(stub.url("/{contactfield=firstname}"), "post"),
        "POST /Zo%C3%AB%2F1 HTTP/1.1", form, "application/x-www-form-urlencoded"
      ),
      (
        Self.properties(stub.url(), "put", headers: ["CONTENT-TYPE": "application/json"]),
        "PUT / HTTP/1.1", json, "application/json"
      ),
      (
        Self.properties(stub.url(), "patch", headers: ["content-type": "application/json"]),
        "PATCH / HTTP/1.1", json, "application/json"
      ),
      (Self.properties(stub.url(), "delete"), "DELETE / HTTP/1.1", "", nil),
    ]
    for (properties, line, body, type) in cases {
      guard case .success = await perform(properties, tokens: tokens) else {
        Issue.record("\(line) failed")
        continue
      }
      let asked = try #require(stub.asked.withLock { $0.last })
      #expect(asked.line == line)
      #expect(asked.body == body)
      let sent = asked.headers.first { $0.lowercased().hasPrefix("content-type:") }
      #expect(sent?.dropFirst(14) == type.map { $0[...] })
      // CAM-453.
      #expect(asked.headers.contains("Idempotency-Key: campaign-7-1-1"))
    }
  }

  @Test("CAM-450: a value cannot end its header and start another")
  func headers() async throws {
    let stub = try HTTPStub { _ in Self.answer("200 OK") }
    _ = await perform(
      Self.properties(
        stub.url(), "get",
        headers: ["X-Name": "{contactfield=firstname}", "Idempotency-Key": "mine"]),
      tokens: ["firstname": "a\r\nX-Evil: b"])
    let asked = try #require(stub.asked.withLock { $0.last })
    #expect(asked.headers.contains("X-Name: aX-Evil: b"))
    #expect(asked.headers.filter { $0.lowercased().hasPrefix("idempotency-key") }.count == 1)
    #expect(!asked.headers.contains { $0.hasPrefix("X-Evil") })
  }

  @Test("CAM-452, CAM-454: any 2xx passes; other statuses, timeouts, private addresses fail")
  func outcomes() async throws {
    let stub = try HTTPStub { asked in
      if asked.line.contains("/silence") { Thread.sleep(forTimeInterval: 4) }
      return Self.answer(asked.line.contains("/204") ? "204 Gone" : "500 Oh")
    }
    func failure(
      _ url: String, within seconds: Int64 = 60, private isAllowed: Bool = true
    ) async -> String? {
      if case .failure(let failure) = await perform(
        Self.properties(url, "get", timeout: seconds), private: isAllowed)
      {
        return failure.reason
      }
      return nil
    }
    #expect(await failure(stub.url("/204")) == nil)
    #expect(await failure(stub.url("/500")) == "the receiver answered with status 500")
    #expect(await failure(stub.url("/silence"), within: 1) != nil)
    #expect(await failure("http://127.0.0.1:1/") != nil)
    let before = stub.asked.withLock { $0.count }
    #expect(await failure(stub.url("/204"), private: false) != nil)
    #expect(stub.asked.withLock { $0.count } == before)
  }

  @Test("CAM-453, CAM-501, CAM-910: workers retry a failed call with the same key")
  func retry() async throws {
    let stub = try HTTPStub { _ in Self.answer("200 OK") }
    let broken = try HTTPStub { _ in Self.answer("503 DeferredReference") }
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([
        E.action(
          "call", "campaign.sendwebhook",
          ["url": .string(broken.url("/{contactfield=email}")), "method": .string("post")]),
        E.points("then", under: "call"),
      ])
      try await bed.working {
        try await bed.add([1, 2, 3], to: campaign.id)
        let isWaiting = try await eventually {
          try await bed.log(campaign.id).map(\.state) == ["scheduled", "scheduled", "scheduled"]
        }
        #expect(isWaiting)
        let event = try #require(campaign.events.first { $0.name == "call" })
        try await bed.edit(
          campaign, "call",
          [
            "properties": .object([
              "url": .string(stub.url("/{contactfield=email}")), "method": .string("post"),
            ])
          ])
        bed.clock.now = bed.now.addingTimeInterval(3_700)
        await bed.runtime.timers.stage([TimerBucket(event: event.id, at: bed.now)])
        let isDone = try await eventually {
          try await bed.log(campaign.id).filter { $0.state == "executed" }.count == 6
        }
        #expect(isDone)
      }
      func keys(_ stub: HTTPStub) -> [String] {
        stub.asked.withLock { asked in
          asked.compactMap { $0.headers.first { $0.hasPrefix("Idempotency-Key") } }.sorted()
        }
      }
      #expect(keys(broken).count == 3)
      #expect(keys(broken) == keys(stub))
    }
  }

  @Test("CAM-501: unreadable settings do not count as an attempt; the call follows once readable")
  func settingsAway() async throws {
    let stub = try HTTPStub { _ in Self.answer("200 OK") }
    let isAway = Mutex(false)
    try await CampaignBed.with(reading: { if isAway.withLock({ $0 }) { throw Away() } }) { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.action(
          "call", "campaign.sendwebhook",
          ["url": .string(stub.url()), "method": .string("post")], after: (1, "h"))
      ])
      try await bed.add([1], to: campaign.id)
      let event = try #require(campaign.events.first?.id)
      bed.clock.now = bed.now.addingTimeInterval(3_660)
      isAway.withLock { $0 = true }
      await #expect(throws: Away.self) {
        try await DueHandler(bed.runtime).executeBatch(event, campaign.id)
      }
      #expect(try await bed.log(campaign.id).map(\.state) == ["scheduled"])
      isAway.withLock { $0 = false }
      _ = try await DueHandler(bed.runtime).executeBatch(event, campaign.id)
      #expect(try await bed.log(campaign.id).map(\.state) == ["executed"])
      #expect(try await bed.attempts(campaign.id) == [0])
    }
  }
  private struct Away: Error {}

  @Test(
    "CAM-462, CAM-501: a call interrupted by a stopping worker is no attempt and is repeated")
  func brokenOff() async throws {
    let held = HeldCalls()
    var types = EventTypes.standard(mail: nil, http: HTTPClient())
    types.add("trial.held", .external(held))
    try await CampaignBed.with(types: types) { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.action("call", "trial.held", [:])])
      try await bed.add([1], to: campaign.id)
      let event = try #require(campaign.events.first?.id)
      let worker = Task { try await DueHandler(bed.runtime).executeBatch(event, campaign.id) }
      let isHeld = await eventually { held.isCalled.withLock { $0 } }
      #expect(isHeld)
      worker.cancel()
      await #expect(throws: CancellationError.self) { try await worker.value }
      #expect(try await bed.log(campaign.id).map(\.state) == ["running"])
      #expect(try await bed.attempts(campaign.id) == [0])
      // The lease ends.
      held.answers.withLock { $0 = true }
      bed.clock.now = bed.now.addingTimeInterval(13)
      _ = try await DueHandler(bed.runtime).executeBatch(event, campaign.id)
      #expect(try await bed.log(campaign.id).map(\.state) == ["executed"])
    }
  }

  @Test(
    "Calls for other modules: none for a deleted contact, the winner's data after a merge")
  func callsForOthers() async throws {
    let receiver = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let properties: JSONValue = [
        "url": .string(receiver.url("/{contactfield=email}")), "method": "get",
      ]
      try await bed.jobs.transaction { transaction in
        try CampaignService.callWebhook(properties, about: [1, 2], key: "k", transaction.outbox)
      }
      try await bed.delete([1])
      try await bed.merge(2, into: 3)
      try await bed.working {
        let isDone = try await eventually {
          try await bed.pool.query("SELECT FROM jobs WHERE state <> 2").isEmpty
        }
        #expect(isDone)
      }
      #expect(receiver.asked.withLock { $0.count } == 1)
      #expect(receiver.asked.withLock { $0.first?.line.contains("3%40example.com") } == true)
    }
  }

  /// Calls that get no response until they are cancelled.
  private final class HeldCalls: PlainExternalAction {
    let isCalled = Mutex(false)
    let answers = Mutex(false)

    func perform(
      _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
    ) async -> Result<Void, ActionFailure> {
      isCalled.withLock { $0 = true }
      if answers.withLock({ $0 }) { return .success(()) }
      do { try await Task.sleep(for: .seconds(600)) } catch {}
      return .failure(ActionFailure("broken off"))
    }
  }
}
