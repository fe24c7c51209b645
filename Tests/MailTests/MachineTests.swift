import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Mail

@Suite("People, not machines (email.md 12.1)")
struct MachineTests {
  static let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"
  static let gmail =
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
  static let three = """
    <a href='https://a.example/'>a</a><a href='https://b.example/'>b</a>\
    <a href='https://c.example/'>c</a>
    """

  private static var settings: MailSettings {
    var settings = MailSettings()
    settings.machines.prefetchAgents = ["=Mozilla/5.0", "Edge/12.246 Mozilla/5.0"]
    settings.machines.prefetchNetworks = IPNetwork.list("17.0.0.0/8") ?? []
    settings.machines.scannerAgents = ["HeadlessChrome"]
    settings.machines.scannerNetworks = IPNetwork.list("67.231.144.0/20") ?? []
    // An hour, beside which the time that a test takes is nothing.
    settings.machines.deliverySeconds = 3_600
    return settings
  }

  private func links(_ bed: MailBed) async throws -> [Int64] {
    try await bed.pool.query("SELECT id FROM links ORDER BY url").map { try $0.decode(at: 0) }
  }

  private func click(
    _ link: Int64, _ hash: UUID, _ at: Date, from address: String? = "198.51.100.1",
    agent: String? = browser
  ) -> MailEngagement {
    MailEngagement(.click(link: link), hash: hash, at: at, address: address, agent: agent)
  }

  private func reasons(_ bed: MailBed, _ table: String) async throws -> [String] {
    try await bed.texts(
      "SELECT coalesce(machine_reason, '-') FROM \(identifier: table) ORDER BY at, id")
  }

  // MARK: Opens

  @Test(
    "EML-361: opens of prefetching proxies are a machine's, Gmail's proxy is a person's",
    arguments: [
      ("Mozilla/5.0", "104.28.0.1", true),
      ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "17.58.98.1", true),
      (
        "Mozilla/5.0 (Windows NT 10.0) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
        "66.249.84.1", true
      ),
      (gmail, "66.249.84.1", false), (browser, "198.51.100.1", false),
    ])
  func prefetched(agent: String, address: String, isMachine: Bool) async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne()
      try await bed.record([
        MailEngagement(
          .open(inBrowser: false), hash: hash, at: bed.now, address: address, agent: agent)
      ])
      #expect(try await reasons(bed, "email_opens") == [isMachine ? "prefetch" : "-"])
      #expect(
        try await bed.texts("SELECT concat_ws(' ', read_count, machine_read_count) FROM emails")
          == [isMachine ? "1 1" : "1 0"])
      // A machine is no activity of the contact, nor is its address one of the contact's.
      let places = try await bed.texts("SELECT 'place' FROM contact_ips")
      #expect(places.isEmpty == isMachine)
      let isActive = try await bed.texts("SELECT 'yes' FROM contacts WHERE last_active IS NOT NULL")
      #expect(isActive.isEmpty == isMachine)
    }
  }

  @Test("EML-361: a person's open after a machine's makes the send one that a person has opened")
  func opensAgain() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne()
      for (agent, expected) in [("Mozilla/5.0", "1 1 t 1"), (Self.gmail, "1 0 f 1")] {
        try await bed.record([
          MailEngagement(
            .open(inBrowser: false), hash: hash, at: bed.now, address: "104.28.0.1", agent: agent)
        ])
        let row = try await bed.texts(
          """
          SELECT concat_ws(' ', read_count, machine_read_count, is_machine_read, machine_open_count)
          FROM emails e JOIN email_sends s ON s.email_id = e.id
          """)
        #expect(row == [expected])
      }
      #expect(bed.told == ["opened 1", "opened again 1"])
    }
  }

  @Test("EML-361: a person's click on what machines alone have opened is a person's open, once")
  func clickAfterPrefetch() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let link = try await links(bed)[0]
      bed.clock.advance(.seconds(600))
      try await bed.record([
        MailEngagement(
          .open(inBrowser: false), hash: hash, at: bed.now, address: "104.28.0.1",
          agent: "Mozilla/5.0")
      ])
      #expect(bed.told == ["opened 1"])
      for _ in 0..<2 {
        bed.clock.advance(.seconds(60))
        try await bed.record([click(link, hash, bed.now)])
      }
      let clicked = "clicked 1 https://a.example/"
      #expect(bed.told == [clicked, clicked, "opened 1", "opened again 1"])
    }
  }

  // MARK: Clicks

  @Test(
    "EML-360, EML-362: all links within seconds of the hand-over: a scanner, which decides nothing")
  func scanner() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let found = try await links(bed)
      try await bed.record(
        found.enumerated().map { number, link in
          click(
            link, hash, bed.now.addingTimeInterval(Double(number)), from: "203.0.113.\(number)")
        })
      #expect(
        try await reasons(bed, "link_hits") == Array(repeating: "allLinks,delivery", count: 3))
      #expect(bed.told.isEmpty)
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', click_count, machine_click_count, read_count) FROM emails")
          == ["3 3 0"])
      #expect(try await bed.texts("SELECT sum(machine_hits)::text FROM links") == ["3"])
      // The person comes an hour later.
      bed.clock.advance(.seconds(3_700))
      try await bed.record([click(found[1], hash, bed.now)])
      #expect(bed.told == ["clicked 1 https://b.example/", "opened 1"])
      let statistics = try await EmailStatistics.read(1, on: bed.pool)
      #expect(statistics.segments.map(\.clicked) == [1])
      #expect(statistics.segments.map(\.clickedByPeople) == [1])
      #expect(statistics.links.reduce(0) { $0 + $1.machineClicks } == 3)
      // What is counted is what the rows say.
      try await bed.pool.query("UPDATE emails SET machine_click_count = 9, machine_read_count = 9")
      try await bed.pool.query("UPDATE links SET machine_hits = 9")
      try await bed.jobs.enqueue(RepairCounters())
      try await bed.sendAll()
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', machine_click_count, machine_read_count) FROM emails") == ["3 0"])
      #expect(try await bed.texts("SELECT sum(machine_hits)::text FROM links") == ["3"])
    }
  }

  @Test(
    "EML-362: one sign does not make a machine",
    arguments: [
      // One link soon after the hand-over; all links, but much later; a listed agent, much later.
      (1, 0.0, browser, "-"), (3, 4_000, browser, "-"), (1, 4_000, "HeadlessChrome/125", "-"),
      (1, 0.0, "HeadlessChrome/125", "agent,delivery"),
    ])
  func signs(count: Int, later: TimeInterval, agent: String, reason: String) async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let at = bed.now.addingTimeInterval(later)
      try await bed.record(
        try await links(bed).prefix(count).map { click($0, hash, at, agent: agent) })
      #expect(try await reasons(bed, "link_hits") == Array(repeating: reason, count: count))
    }
  }

  @Test("EML-362: network and agent together tell a scanner at any time")
  func network() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let link = try await links(bed)[0]
      try await bed.record([
        click(
          link, hash, bed.now.addingTimeInterval(90_000), from: "67.231.150.1",
          agent: "HeadlessChrome/125")
      ])
      #expect(try await reasons(bed, "link_hits") == ["agent,network"])
    }
  }

  @Test("EML-363: a click waits for those that follow it, and is judged with them")
  func waits() async throws {
    // Minutes, beside which the time that the test takes is nothing.
    var settings = Self.settings
    settings.machines.windowSeconds = 500
    try await MailBed.with(settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let found = try await links(bed)
      let handler = EngagementHandler(environment: bed.environment)
      try await EngagementStore.append([click(found[0], hash, bed.now)], to: bed.pool)
      try await handler.drain {}
      #expect(try await bed.texts("SELECT 'waits' FROM email_acts").count == 1)
      bed.clock.advance(.seconds(400))
      try await EngagementStore.append([click(found[1], hash, bed.now)], to: bed.pool)
      try await EngagementStore.append([click(found[2], hash, bed.now)], to: bed.pool)
      bed.clock.advance(.seconds(200))
      // The first is ripe, the others are not yet, but what they say is heard.
      try await handler.drain {}
      #expect(try await reasons(bed, "link_hits") == ["allLinks,delivery"])
      #expect(try await bed.texts("SELECT 'waits' FROM email_acts").count == 2)
      bed.clock.advance(.seconds(400))
      try await handler.drain {}
      #expect(try await reasons(bed, "link_hits").count == 3)
      #expect(bed.told.isEmpty)
    }
  }

  @Test("EML-363: clicks that wait are heard however many opens wait before them")
  func longQueue() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      try await bed.pool.query(
        """
        INSERT INTO email_acts (act, kind, hash, at)
        SELECT gen_random_uuid(), 'open', gen_random_uuid(), \(bed.now)::timestamptz
        FROM generate_series(1, 20001)
        """)
      let waiting = click(try await links(bed)[0], hash, bed.now)
      try await EngagementStore.append([waiting], to: bed.pool)
      let found = try await bed.pool.withConnection {
        try await EngagementStore.waitingClicks(of: [hash], on: $0)
      }
      #expect(found.map(\.id) == [waiting.id])
    }
  }

  @Test("EML-363: a worker comes back for a click that waits")
  func comesBack() async throws {
    var settings = Self.settings
    settings.machines.windowSeconds = 1
    try await MailBed.with(settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let link = try await links(bed)[0]
      try await EngagementStore.append([click(link, hash, bed.now)], to: bed.pool)
      try await bed.working {
        try await bed.jobs.enqueue(RecordEngagements())
        let isRecorded = try await eventually {
          try await bed.texts("SELECT 'hit' FROM link_hits").count == 1
        }
        #expect(isRecorded)
      }
    }
  }

  @Test("EML-364: who follows the link that nobody sees is a machine, before and afterwards")
  func trap() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let found = try await links(bed)
      bed.clock.advance(.seconds(4_000))
      // At first it seems to be a person, who opens and clicks.
      try await bed.record([
        MailEngagement(
          .open(inBrowser: false), hash: hash, at: bed.now, address: "203.0.113.9",
          agent: Self.browser),
        click(found[0], hash, bed.now, from: "203.0.113.9"),
      ])
      #expect(bed.told.count == 2)
      try await bed.record([
        MailEngagement(
          .trap, hash: hash, at: bed.now.addingTimeInterval(60), address: "203.0.113.9", agent: nil)
      ])
      #expect(try await reasons(bed, "link_hits") == ["trap"])
      #expect(try await reasons(bed, "email_opens") == ["scanner"])
      let numbers: SQL = """
        SELECT concat_ws(' ', e.click_count, e.machine_click_count, e.read_count,
          e.machine_read_count, l.machine_hits, s.machine_open_count, s.machine_click_count)
        FROM emails e JOIN email_sends s ON s.email_id = e.id JOIN links l ON l.hits > 0
        """
      #expect(try await bed.texts(numbers) == ["1 1 1 1 1 1 1"])
      // The recipient, from another address, is a person; the numbers go back.
      try await bed.record([click(found[0], hash, bed.now.addingTimeInterval(300))])
      #expect(try await reasons(bed, "link_hits") == ["trap", "-"])
      #expect(try await bed.texts(numbers) == ["2 1 1 0 1 1 1"])
    }
  }

  @Test("EML-364: messages have it if the setting is on, where nobody sees or hears it")
  func hidden() async throws {
    for isOn in [false, true] {
      var settings = Self.settings
      settings.machines.hasTrap = isOn
      try await MailBed.with(settings) { bed in
        let hash = try await bed.sentOne(html: "<p>Hi</p>")
        let message = try bed.message(to: "user1@example.com")
        let link =
          #"<a href="https://mail.example.com/r/\#(bed.environment.signer.trapKey(hash))?ct="#
        #expect(message.html.contains(link) == isOn)
        #expect(message.html.contains(#"aria-hidden="true" tabindex="-1""#) == isOn)
        #expect(!message.plain.contains("/r/"))
        #expect(bed.environment.isTrap(bed.environment.signer.trapKey(hash), hash))
        #expect(!bed.environment.isTrap(bed.environment.signer.trapKey(UUID()), hash))
        let page = try #require(try await WebVersions(environment: bed.environment).page(hash))
        #expect(!String(decoding: page, as: UTF8.self).contains("aria-hidden"))
      }
    }
  }

  // MARK: Unsubscribing

  @Test(
    "EML-365: a link unsubscribes a person at once, and asks where a machine may have followed it")
  func doubts() async throws {
    try await MailBed.with(Self.settings) { bed in
      let hash = try await bed.sentOne(html: Self.three)
      let subject = try #require(
        try await MailSubjects(environment: bed.environment).find(hash: SendHash.text(hash)))
      let check = FollowedLinkCheck(environment: bed.environment)
      func isDoubtful(_ address: String?, _ agent: String?) async throws -> Bool {
        try await check.isDoubtful(subject, address: address, agent: agent)
      }
      #expect(try await !isDoubtful("198.51.100.1", Self.browser))
      #expect(try await isDoubtful("198.51.100.1", nil))
      #expect(try await isDoubtful("67.231.150.1", Self.browser))
      #expect(try await isDoubtful("198.51.100.1", "HeadlessChrome/125"))
      // Something else of the message was followed a moment ago.
      let link = try await links(bed)[0]
      try await EngagementStore.append([click(link, hash, bed.now)], to: bed.pool)
      #expect(try await isDoubtful("203.0.113.1", Self.browser))
      bed.clock.advance(.seconds(100))
      #expect(try await !isDoubtful("203.0.113.1", Self.browser))
      try await bed.record([
        MailEngagement(.trap, hash: hash, at: bed.now, address: "203.0.113.1", agent: nil)
      ])
      bed.clock.advance(.seconds(100))
      #expect(try await isDoubtful("203.0.113.1", Self.browser))
      #expect(try await !isDoubtful("198.51.100.1", Self.browser))
    }
  }
}
