import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import UserAgents

@testable import Contacts

/// A user agent, and the device that it describes.
private struct Agent: Sendable, CustomTestStringConvertible {
  var text: String
  var device: String
  var brand: String?
  var model: String?
  var system: String
  var browser: String?

  var testDescription: String { system }

  static let iPhone = """
    Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/16.5 Mobile/15E148 Safari/604.1
    """
  static let webKit = "AppleWebKit/537.36 (KHTML, like Gecko)"

  static let common = [
    Agent(
      text: iPhone, device: "smartphone", brand: "Apple", model: "iPhone", system: "iOS 16.5",
      browser: "Safari"),
    Agent(
      text: "Mozilla/5.0 (Linux; Android 13; SM-G991B) \(webKit) Chrome/112.0 Mobile Safari/537.36",
      device: "smartphone", brand: "Samsung", model: "SM-G991B", system: "Android 13",
      browser: "Chrome"),
    Agent(
      text: "Mozilla/5.0 (Linux; Android 10; K) \(webKit) Chrome/120.0.0.0 Safari/537.36",
      device: "tablet", system: "Android 10", browser: "Chrome"),
    Agent(
      text: "Mozilla/5.0 (iPad; CPU OS 15_2 like Mac OS X) \(webKit) CriOS/97.0 Safari/604.1",
      device: "tablet", brand: "Apple", model: "iPad", system: "iPadOS 15.2", browser: "Chrome"),
    Agent(
      text: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(webKit) Chrome/120.0 Safari/537 Edg/120.0",
      device: "desktop", system: "Windows 10", browser: "Microsoft Edge"),
    Agent(
      text: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:109.0) Gecko Firefox/119.0",
      device: "desktop", brand: "Apple", system: "Mac 10.15", browser: "Firefox"),
    Agent(
      text: "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko Firefox/115.0", device: "desktop",
      system: "GNU/Linux ", browser: "Firefox"),
    Agent(
      text: "Mozilla/5.0 (PlayStation 5 3.11) \(webKit)", device: "console",
      system: "PlayStation 5"),
    Agent(
      text: "Mozilla/5.0 (Web0S; Linux/SmartTV) \(webKit) Chrome/79.0 Safari/537.36", device: "tv",
      system: "webOS ", browser: "Chrome"),
  ]
}

@Suite struct DeviceTests {
  @Test(arguments: Agent.common)
  fileprivate func readsUserAgents(agent: Agent) throws {
    let found = try #require(AgentReader().read(agent.text).device)
    #expect(found.device == agent.device)
    #expect(found.brand == agent.brand)
    #expect(found.model == agent.model)
    #expect("\(found.osName ?? "") \(found.osVersion ?? "")" == agent.system)
    #expect(found.clientInfo?["name"]?.text == agent.browser)
  }

  /// With the lists, models have the names that people know.
  @Test func readsUserAgentsByLists() throws {
    let path = try TestAssets.path(AgentDataFile.name)
    let reader = AgentReader(lists: UserAgentParser(try AgentDataFile.read(path)))
    let phone = "Mozilla/5.0 (Linux; Android 13; SM-G991B) \(Agent.webKit) Chrome/112.0 Mobile"
    let found = try #require(reader.read("\(phone) Safari/537.36").device)
    #expect(found.device == "smartphone")
    #expect(found.brand == "Samsung" && found.model == "Galaxy S21 5G")
    #expect(found.osName == "Android" && found.osShortName == "AND" && found.osVersion == "13")
    #expect(found.clientInfo?["name"]?.text == "Chrome Mobile")
    #expect(found.clientInfo?["short_name"]?.text == "CM")
    for agent in ["", "curl/8.0", "something else"] {
      #expect(reader.read(agent) == AgentReader.Known())
    }
    #expect(
      reader.read("Mozilla/5.0 (compatible; Googlebot/2.1)")
        == AgentReader.Known(device: nil, isBot: true))
  }

  @Test(arguments: [
    "", "curl/8.0", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "something else", "python-requests/2.31",
  ])
  func findsNoDeviceIfThereIsNone(text: String) {
    #expect(AgentReader().read(text) == AgentReader.Known())
  }

  /// Any text is parsed without failure: random combinations of pieces of real ones.
  @Test func readsAnyText() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("user agent seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let pieces: [String] = [
      "Android ", "; ", "Build/", ")", "(", "Windows NT ", "10.0", "iPhone", "Version/", "Safari/",
      "_", "\u{0}", "é", "K", "SM-", "Mobile", " ", "CPU OS ", "9",
      String(repeating: "x", count: 300),
    ]
    for _ in 0..<2_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      let model = AgentReader().read(text).device?.model ?? ""
      #expect(model.count <= 191, "seed \(seed)")
    }
  }

  @Test func recordsADeviceOnceAndMarksTheContact() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
      let device = try #require(AgentReader().read(Agent.iPhone).device)
      for _ in 0..<2 {
        try await TransactionRunner(pool).transaction(at: testNow) { transaction in
          try await DeviceStore.record(device, of: 1, in: transaction)
        }
      }
      let devices: Int? = try await pool.query("SELECT count(*) FROM devices WHERE contact_id = 1")
        .first?.decode(at: 0)
      #expect(devices == 1)
      let marks: Int? = try await pool.query(
        "SELECT count(*) FROM contact_changes WHERE topics = '{devices}' AND contact_ids = '{1}'"
      ).first?.decode(at: 0)
      #expect(marks == 1)
    }
  }

  /// api.md 8.9.
  @Test func createsChangesAndDeletes() async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.query("INSERT INTO contacts (date_added) VALUES (\(testNow))")
      let devices = DeviceStore(transactions: TransactionRunner(pool))
      let made = try await devices.create(
        DeviceDescription(
          clientInfo: .object(["a": .integer(1)]), device: "tv", brand: " <b>Acme</b> ", model: ""),
        of: 1, now: testNow)
      #expect(made.description.brand == "Acme" && made.description.model == nil)
      let changed = try await devices.update(made.id, to: { $0.device = "tablet" }, now: testNow)
      #expect(changed?.description.device == "tablet")
      #expect(changed?.description.clientInfo == .object(["a": .integer(1)]))
      await #expect {
        _ = try await devices.update(made.id, to: { $0.device = "toaster" }, now: testNow)
      } throws: { ($0 as? InvalidInput)?.problems.first?.member == "device" }
      await #expect {
        _ = try await devices.create(DeviceDescription(), of: 5, now: testNow)
      } throws: { ($0 as? InvalidInput)?.problems.first?.member == "lead" }
      #expect(try await devices.page(limit: 5).devices == [try #require(changed)])
      #expect(try await devices.delete(made.id, now: testNow) == changed)
      #expect(try await devices.update(made.id, to: { _ in }, now: testNow) == nil)
      #expect(try await devices.page(limit: 5).total == 0)
    }
  }
}
