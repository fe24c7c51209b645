import Foundation
import JobQueue
import Postgres
import Redis
import TestSupport
import Testing

@testable import Mail

@Suite("Opens, clicks and replies")
struct EngagementTests {
  @Test(
    "The first open sets flag, time and counter; later ones and the web version count on (EML-341, EML-343)"
  )
  func opens() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let first = bed.now
      let engagements = (0..<3).map { number in
        MailEngagement(
          .open(inBrowser: number == 2), hash: hash, at: first.addingTimeInterval(Double(number)),
          address: "203.0.113.7", agent: "Mail \(number)")
      }
      // In any order, and some of them repeated.
      try await bed.record([engagements[2], engagements[0]])
      try await bed.record([engagements[1], engagements[0], engagements[2]])
      let row = try await bed.pool.query(
        "SELECT is_read, read_at, open_count, last_opened_at, viewed_in_browser FROM email_sends")[
          0]
      #expect(try row.decode(at: 0, as: Bool.self) && row.decode(at: 4, as: Bool.self))
      #expect(abs(try row.decode(at: 1, as: Date.self).timeIntervalSince(first)) < 0.001)
      #expect(try row.decode(at: 2, as: Int.self) == 3)
      #expect(
        abs(try row.decode(at: 3, as: Date.self).timeIntervalSince(first.addingTimeInterval(2)))
          < 0.001)
      #expect(try await bed.texts("SELECT read_count::text FROM emails") == ["1"])
      #expect(bed.told == ["opened 1", "opened again 1", "opened again 1"])
      #expect(
        try await bed.texts(
          """
          SELECT host(ip.address) FROM contact_ips c JOIN ip_addresses ip ON ip.id = c.ip_id
          """) == ["203.0.113.7"])
      #expect(
        try await bed.texts("SELECT user_agent FROM email_opens ORDER BY at")
          == ["Mail 0", "Mail 1", "Mail 2"])
    }
  }

  @Test("Simultaneous opens count twice, but only one is the first (EML-345)")
  func concurrentOpens() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let at = bed.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await bed.record([
              MailEngagement(.open(inBrowser: false), hash: hash, at: at, address: nil, agent: nil)
            ])
          }
        }
        try await group.waitForAll()
      }
      #expect(try await bed.texts("SELECT open_count::text FROM email_sends") == ["8"])
      #expect(bed.told.filter { $0 == "opened 1" }.count == 1)
      #expect(try await bed.texts("SELECT read_count::text FROM emails") == ["1"])
    }
  }

  @Test("Engagements that arrive late keep their own time (EML-344)")
  func late() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let then = bed.now
      bed.clock.advance(.seconds(3600))
      try await bed.record([
        MailEngagement(.open(inBrowser: false), hash: hash, at: then, address: nil, agent: nil)
      ])
      let row = try await bed.pool.query(
        "SELECT read_at, (SELECT last_active FROM contacts WHERE id = 1) FROM email_sends")[0]
      #expect(abs(try row.decode(at: 0, as: Date.self).timeIntervalSince(then)) < 0.001)
      #expect(abs(try row.decode(at: 1, as: Date.self).timeIntervalSince(then)) < 0.001)
    }
  }

  @Test("Each click counts, unique ones once per send, and implies an open (EML-353)")
  func clicks() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne(html: "<a href='https://a.example/'>x</a>")
      let link: Int64 = try await bed.pool.query("SELECT id FROM links")[0].decode(at: 0)
      let engagements = (0..<3).map { _ in
        MailEngagement(.click(link: link), hash: hash, at: bed.now, address: nil, agent: nil)
      }
      try await bed.record([engagements[0]])
      try await bed.record(engagements)
      // A click on an unknown link is not recorded.
      try await bed.record([
        MailEngagement(.click(link: 999), hash: hash, at: bed.now, address: nil, agent: nil)
      ])
      #expect(try await bed.texts("SELECT hits || ' ' || unique_hits FROM links") == ["3 1"])
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', read_count, click_count, unique_click_count) FROM emails")
          == ["1 3 1"])
      #expect(
        try await bed.texts("SELECT click_count || ' ' || open_count FROM email_sends") == ["3 1"])
      #expect(
        bed.told == [
          "clicked 1 https://a.example/", "clicked 1 https://a.example/",
          "clicked 1 https://a.example/", "opened 1",
        ])
    }
  }

  @Test("An open proves that a message with an unknown outcome was sent (email.md 8)")
  func provesSent() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      try await bed.pool.query("UPDATE email_sends SET state = 4")
      try await bed.record([
        MailEngagement(.open(inBrowser: false), hash: hash, at: bed.now, address: nil, agent: nil),
        MailEngagement(
          .open(inBrowser: false), hash: UUID(), at: bed.now, address: nil, agent: nil),
      ])
      #expect(try await bed.states() == ["1:sent"])
    }
  }

  @Test("Engagements are accepted and recorded by a job, each once; Redis may be emptied (EML-340)")
  func buffer() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let buffer = EngagementBuffer(environment: bed.environment)
      let at = bed.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<700 {
          group.addTask {
            try await buffer.append(
              MailEngagement(
                .open(inBrowser: false), hash: hash, at: at, address: "1.2.3.4", agent: "a"))
          }
        }
        try await group.waitForAll()
      }
      _ = try await bed.redis.connection.send("DEL", bed.environment.keys.engagements)
      #expect(try await bed.texts("SELECT count(*)::text FROM email_acts") == ["700"])
      let handler = EngagementHandler(environment: bed.environment)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { try await handler.drain {} } }
        try await group.waitForAll()
      }
      try await handler.drain {}
      #expect(try await bed.texts("SELECT open_count::text FROM email_sends") == ["700"])
      #expect(try await bed.texts("SELECT count(*)::text FROM email_acts") == ["0"])
    }
  }

  @Test(
    "Engagements that the database refuses go to Redis; a dead worker's entries are taken over (EML-340)"
  )
  func standIn() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let buffer = EngagementBuffer(environment: bed.environment)
      try await bed.pool.query("ALTER TABLE email_acts RENAME TO away")
      for _ in 0..<20 {
        try await buffer.append(
          MailEngagement(
            .open(inBrowser: false), hash: hash, at: bed.now, address: "1.2.3.4", agent: "a"))
      }
      try await bed.pool.query("ALTER TABLE away RENAME TO email_acts")
      // A worker reads some of them, records them, and dies before it acknowledges them.
      let handler = EngagementHandler(environment: bed.environment)
      _ = try await bed.redis.connection.send(
        "XGROUP", "CREATE", bed.environment.keys.engagements, EngagementBuffer.group, "0",
        "MKSTREAM")
      let reply = try await bed.redis.connection.send(
        "XREADGROUP", "GROUP", EngagementBuffer.group, EngagementBuffer.consumer, "COUNT", "5",
        "STREAMS",
        bed.environment.keys.engagements, ">")
      let read = try #require(reply.array?.first?.array?[1].array)
      try await bed.record(
        read.compactMap { $0.array.flatMap { $0[1].array }.flatMap(MailEngagement.init(fields:)) })
      // An unreadable entry does not block the others.
      _ = try await bed.redis.connection.send(
        "XADD", bed.environment.keys.engagements, "*", "k", "what")
      try await handler.drain(rest: .seconds(60)) {}
      #expect(try await bed.texts("SELECT open_count::text FROM email_sends") == ["20"])
      let pending = try await bed.redis.connection.send("XLEN", bed.environment.keys.engagements)
      #expect(pending.int == 5)
      try await handler.drain(rest: .zero) {}
      #expect(try await bed.texts("SELECT open_count::text FROM email_sends") == ["20"])
      #expect(
        try await bed.redis.connection.send("XLEN", bed.environment.keys.engagements).int == 0)
    }
  }

  private struct Broken: Error, CustomStringConvertible {
    var description: String { "no such thing" }
  }

  /// Opens of contacts, in order.
  private func opens(_ bed: MailBed, _ contacts: [Int64]) async throws -> [MailEngagement] {
    var engagements: [MailEngagement] = []
    for contact in contacts {
      let hash: UUID = try await bed.pool.query(
        "SELECT hash FROM email_sends WHERE contact_id = \(contact)")[0].decode(at: 0)
      engagements.append(
        MailEngagement(.open(inBrowser: false), hash: hash, at: bed.now, address: nil, agent: nil))
    }
    return engagements
  }

  @Test(
    "EML-346: an engagement that always fails is set aside, and the others continue",
    arguments: [false, true])
  func setsAside(inRedis: Bool) async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      let engagements = try await opens(bed, [1, 2, 3])
      if inRedis {
        for engagement in engagements {
          _ = try await bed.redis.connection.send(
            [RedisArgument("XADD"), bed.environment.keys.engagements, "*"] + engagement.fields)
        }
      } else {
        try await EngagementStore.append(engagements, to: bed.pool)
      }
      bed.observer.trouble.withLock { $0 = { contact, _ in if contact == 2 { throw Broken() } } }
      let handler = EngagementHandler(environment: bed.environment)
      func reads() async throws -> [String] {
        try await bed.texts(
          "SELECT contact_id || ' ' || open_count FROM email_sends ORDER BY contact_id")
      }
      func aside() async throws -> [String] {
        try await bed.texts(
          """
          SELECT concat_ws(' ', attempts, error, CASE WHEN retry_at IS NULL THEN 'for good' END)
          FROM email_acts_aside
          """)
      }
      try await handler.drain {}
      #expect(try await reads() == ["1 1", "2 0", "3 1"])
      #expect(try await aside() == ["1 no such thing"])
      #expect(try await bed.texts("SELECT 'left' FROM email_acts").isEmpty)
      #expect(
        try await bed.redis.connection.send("XLEN", bed.environment.keys.engagements).int == 0)
      // It is retried an hour later, not before, and five times in all.
      for attempt in 2...5 {
        try await handler.putBack()
        #expect(try await bed.texts("SELECT 'back' FROM email_acts").isEmpty)
        bed.clock.advance(.seconds(3_601))
        try await handler.putBack()
        try await handler.drain {}
        #expect(
          try await aside() == ["\(attempt) no such thing\(attempt == 5 ? " for good" : "")"])
      }
      // The cause was repaired.
      bed.observer.trouble.withLock { $0 = nil }
      try await bed.pool.query("UPDATE email_acts_aside SET retry_at = \(bed.now)")
      try await handler.putBack()
      try await handler.drain {}
      #expect(try await reads() == ["1 1", "2 1", "3 1"])
      #expect(try await aside().isEmpty)
    }
  }

  @Test("EML-346: an unavailable server is not held against an engagement")
  func waitsForServers() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.dispatch(try await bed.email(), to: [1, 2])
      try await bed.sendAll()
      try await EngagementStore.append(try await opens(bed, [1, 2]), to: bed.pool)
      let troubles: [@Sendable (PostgresConnection) async throws -> Void] = [
        { try await $0.query("SELECT pg_terminate_backend(pg_backend_pid())") },
        { connection in
          try await connection.query("SET LOCAL statement_timeout = 1")
          try await connection.query("SELECT pg_sleep(1)")
        },
        { _ in throw RedisError(.connection, "it is away") }, { _ in throw CancellationError() },
      ]
      for trouble in troubles {
        bed.observer.trouble.withLock {
          $0 = { contact, connection in if contact == 2 { try await trouble(connection) } }
        }
        await #expect(throws: (any Error).self) {
          try await EngagementHandler(environment: bed.environment).drain {}
        }
        #expect(try await bed.texts("SELECT count(*)::text FROM email_acts") == ["2"])
        #expect(try await bed.texts("SELECT 'aside' FROM email_acts_aside").isEmpty)
      }
    }
  }

  @Test("A worker is enqueued without waiting for the periodic job (EML-357)")
  func wakes() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let waking = Task { await EngagementWaker(environment: bed.environment).run() }
      defer { waking.cancel() }
      try await bed.working {
        try await EngagementBuffer(environment: bed.environment).append(
          MailEngagement(.open(inBrowser: false), hash: hash, at: bed.now, address: nil, agent: nil)
        )
        #expect(
          try await eventually(within: .seconds(5)) {
            try await bed.texts("SELECT open_count::text FROM email_sends") == ["1"]
          })
      }
    }
  }

  @Test("Excluded addresses, networks, patterns and programs (EML-342, EML-355)")
  func filter() {
    var settings = MailSettings()
    settings.ignoredAddresses = ["1.2.3.4", "10.1.0.0/16", "192.168.*.7", "2001:db8::1"]
    settings.ignoredAgents = ["Googlebot"]
    let filter = EngagementFilter(settings)
    for address in ["1.2.3.4", "10.1.255.3", "192.168.20.7", "2001:db8::1"] {
      #expect(filter.ignores(address: address, agent: "Mozilla"), "\(address)")
    }
    for address in ["1.2.3.5", "10.2.0.1", "192.168.20.8", "192.169.1.7", "2001:db8::2", "x"] {
      #expect(!filter.ignores(address: address, agent: "Mozilla"), "\(address)")
    }
    #expect(filter.ignores(address: nil, agent: "Mozilla Googlebot/2"))
    #expect(!filter.ignores(address: nil, agent: nil))
    let all = EngagementFilter(addresses: ["a/b", "0.0.0.0/0"], agents: [])
    #expect(all.ignores(address: "8.8.8.8", agent: nil) && !all.ignores(address: "a", agent: nil))
  }

  @Test("Networks of IPv6 are excluded too, and IPv4 in either form (EML-342)")
  func networks() {
    var settings = MailSettings()
    settings.ignoredAddresses = ["2001:db8::/32", "10.0.0.0/8", "fd00:1::1"]
    let filter = EngagementFilter(settings)
    for address in ["2001:db8:1::7", "::ffff:10.9.8.7", "10.9.8.7", "fd00:1:0::1"] {
      #expect(filter.ignores(address: address, agent: nil), "\(address)")
    }
    for address in ["2001:db9::7", "11.0.0.1", "fd00:1::2", ""] {
      #expect(!filter.ignores(address: address, agent: nil), "\(address)")
    }
  }

  @Test(
    "Targets: tokens filled on click, UTM values, the request's parameters (EML-208, EML-352, EML-353)"
  )
  func targets() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.pool.query(
        "UPDATE contacts SET website = 'https://own.example/me' WHERE id = 1")
      let email = try await bed.email(
        html: """
          <a href="https://a.example/?x=1&amp;utm_source=own#end">1</a>
          <a href="{contactfield=website}">2</a>
          <a href="https://b.example/{contactfield=firstname}">3</a>
          """, ", utm_source, utm_campaign", ", 'mail', 'for {contactfield=firstname}'")
      try await bed.dispatch(email, to: [1])
      try await bed.sendAll()
      let hash = try #require(bed.transport.accepted.first?.hash)
      let reference = bed.environment.signer.clickthrough(hash, contact: 1)
      let targets = LinkTargets(environment: bed.environment)
      var urls: [String] = []
      for row in try await bed.pool.query("SELECT key FROM links ORDER BY url DESC") {
        let key: String = try row.decode(at: 0)
        let target = try #require(
          try await targets.find(key, reference: reference, parameters: [("y", "2 3")]))
        #expect(target.hash == hash)
        urls.append(target.url)
      }
      let more = "utm_source=mail&utm_campaign=for%20Name1&y=2%203"
      #expect(
        urls.sorted() == [
          "https://a.example/?x=1&utm_source=own&utm_campaign=for%20Name1&y=2%203#end",
          "https://b.example/Name1?\(more)", "https://own.example/me?\(more)",
        ])
      // A forged reference leads on without a contact (EML-354).
      let key = try await bed.texts("SELECT key FROM links WHERE url LIKE 'https://a%'")[0]
      let forged = try #require(try await targets.find(key, reference: "forged", parameters: []))
      #expect(forged.hash == nil && !forged.url.contains("ct="))
      let own = try await bed.texts("SELECT key FROM links WHERE url LIKE '{%'")[0]
      #expect(try await targets.find(own, reference: nil, parameters: []) == nil)
      #expect(try await targets.find("unknown", reference: nil, parameters: []) == nil)
      try await bed.pool.query("UPDATE links SET is_published = false")
      #expect(try await targets.find(key, reference: nil, parameters: []) == nil)
    }
  }

  @Test("Only web addresses are targets (EML-354)")
  func webAddresses() {
    for url in ["https://a.example", "http://a", "https://a.example/x?y#z"] {
      #expect(LinkTargets.isWebAddress(url))
    }
    for url in [
      "", "javascript:alert(1)", "//a.example", "ftp://a", "https://", "https:///x", "http://?x",
      "https://a.example/\r\nX: y", "data:text/html,x",
    ] { #expect(!LinkTargets.isWebAddress(url), "\(url)") }
  }

  @Test("A reply is recorded for its send (api.md 8.12)")
  func replies() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let recorder = ReplyRecorder(environment: bed.environment)
      #expect(try await recorder.record(hash: SendHash.text(hash)))
      #expect(try await !recorder.record(hash: SendHash.text(UUID())))
      #expect(try await !recorder.record(hash: "nonsense"))
      #expect(bed.told == ["replied 1"])
    }
  }

  @Test("The web version shows what was sent at the time (EML-311)")
  func webVersion() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne(
        html: "<p>Hi {contactfield=firstname}, <a href='https://a.example/'>x</a> {webview_url}</p>"
      )
      try await bed.pool.query("UPDATE contacts SET firstname = 'Changed'")
      try await bed.pool.query("UPDATE emails SET html = 'new', revision = revision + 1")
      let page = String(
        decoding: try #require(try await WebVersions(environment: bed.environment).page(hash)),
        as: UTF8.self)
      #expect(page.contains("<p>Hi Name1, <a href='https://mail.example.com/r/"))
      #expect(!page.contains(".gif") && page.contains("/email/view/\(SendHash.text(hash))"))
      #expect(try await WebVersions(environment: bed.environment).page(UUID()) == nil)
      try await bed.pool.query("DELETE FROM emails")
      #expect(try await WebVersions(environment: bed.environment).page(hash) != nil)
    }
  }

  @Test(
    "A link written with blanks or non-ASCII characters leads where it should (EML-353)")
  func untidyTargets() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let email = try await bed.email(
        html: """
          <a href="https://a.example/my file.pdf?q=grün">1</a>
          <a href=" https://b.example/a&#10;b	c ">2</a>
          <a href="https://exämple.de/x">3</a>
          """)
      try await bed.dispatch(email, to: [1])
      try await bed.sendAll()
      var urls: [String] = []
      for key in try await bed.texts("SELECT key FROM links") {
        let target = try await LinkTargets(environment: bed.environment).find(
          key, reference: nil, parameters: [])
        urls.append(target?.url ?? "nowhere")
      }
      #expect(
        urls.sorted() == [
          "https://a.example/my%20file.pdf?q=gr%C3%BCn", "https://b.example/abc",
          "https://ex%C3%A4mple.de/x",
        ])
    }
  }

  @Test("The web version has the signature of the message (EML-311, EML-330)")
  func webVersionSignature() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, email, first_name, last_name, password_hash, signature,
          date_added) VALUES (9, 'olga', 'olga@example.com', 'Olga', 'Ray', 'x', 'Yours, |FROM_NAME|',
          \(bed.now))
        """)
      try await bed.pool.query("UPDATE contacts SET owner_id = 9")
      let email = try await bed.email(html: "<p>{signature}</p>", ", use_owner_as_mailer", ", true")
      try await bed.dispatch(email, to: [1])
      try await bed.sendAll()
      #expect(try bed.message(to: "user1@example.com").html.contains("<p>Yours, Olga Ray</p>"))
      let hash = try #require(bed.transport.accepted.first?.hash)
      let page = try #require(try await WebVersions(environment: bed.environment).page(hash))
      #expect(String(decoding: page, as: UTF8.self).contains("<p>Yours, Olga Ray</p>"))
    }
  }

  @Test("A reference moved to a link of another e-mail counts for no contact (EML-354)")
  func foreignReference() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne(html: "<a href='https://a.example/'>x</a>")
      try await bed.dispatch(
        try await bed.email(html: "<a href='https://b.example/'>x</a>"), to: [1], key: "other")
      try await bed.sendAll()
      for row in try await bed.pool.query("SELECT id FROM links ORDER BY id") {
        try await bed.record([
          MailEngagement(
            .click(link: try row.decode(at: 0)), hash: hash, at: bed.now, address: nil, agent: nil)
        ])
      }
      #expect(
        try await bed.texts("SELECT url || ' ' || hits FROM links ORDER BY 1")
          == ["https://a.example/ 1", "https://b.example/ 0"])
      #expect(bed.told == ["clicked 1 https://a.example/", "opened 1"])
    }
  }

  @Test(
    "A send to one contact through the API counts like every send, in all numbers (EML-432)")
  func direct() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.dispatch(
        try await bed.email(html: "<a href='https://a.example/'>x</a>"), to: [1], .transactional,
        source: SendSource(kind: "direct"))
      try await bed.sendAll()
      let hash = try #require(bed.transport.accepted.first?.hash)
      let link: Int64 = try await bed.pool.query("SELECT id FROM links")[0].decode(at: 0)
      try await bed.record([
        MailEngagement(.open(inBrowser: false), hash: hash, at: bed.now, address: nil, agent: nil),
        MailEngagement(.click(link: link), hash: hash, at: bed.now, address: nil, agent: nil),
      ])
      let counters: SQL = """
        SELECT concat_ws(' ', sent_count, read_count, click_count, unique_click_count) FROM emails
        """
      #expect(try await bed.texts(counters) == ["1 1 1 1"])
      try await bed.jobs.enqueue(RepairCounters())
      try await bed.sendAll()
      #expect(try await bed.texts(counters) == ["1 1 1 1"])
      let statistics = try await EmailStatistics.read(1, on: bed.pool)
      #expect(
        statistics.segments == [
          .init(
            segment: nil, sent: 1, read: 1, readByPeople: 1, clicked: 1, clickedByPeople: 1,
            unsubscribed: 0, bounced: 0, failed: 0)
        ])
      #expect(
        statistics.links == [
          .init(url: "https://a.example/", clicks: 1, machineClicks: 0, uniqueClicks: 1)
        ])
      #expect(
        try await bed.texts("SELECT open_count || ' ' || click_count FROM email_sends") == ["1 1"])
    }
  }

  /// Checks whether an e-mail's counters are unlocked while observers run.
  private struct CounterProbe: MailObserver {
    let pool: PostgresPool

    func clicked(
      _ clicks: [MailClick], in transaction: Transaction
    ) async throws {
      try await pool.query("SELECT FROM emails FOR UPDATE NOWAIT")
      try await pool.query("SELECT FROM links FOR UPDATE NOWAIT")
    }
  }

  @Test(
    "Effects of engagements are applied before the rows that every batch waits for are locked (email.md 19)"
  )
  func hotRowsLast() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne(html: "<a href='https://a.example/'>x</a>")
      let link: Int64 = try await bed.pool.query("SELECT id FROM links")[0].decode(at: 0)
      let environment = MailEnvironment(
        jobs: bed.jobs, prefix: bed.redis.prefix, fields: bed.fields, site: MailBed.site,
        settings: MailSettingsSource { MailSettings() }, transport: bed.transport,
        observers: [CounterProbe(pool: bed.pool)], registry: .contacts, logger: .silent)
      try await EngagementRecorder(environment: environment).record(
        [MailEngagement(.click(link: link), hash: hash, at: bed.now, address: nil, agent: nil)],
        now: bed.now)
      #expect(try await bed.texts("SELECT hits::text FROM links") == ["1"])
      #expect(
        try await bed.texts("SELECT read_count || ' ' || click_count FROM emails") == ["1 1"])
    }
  }
}

extension MailBed {
  /// Sends an e-mail to contact 1 and returns the send's hash.
  func sentOne(html: String = "<p>Hi</p>") async throws -> UUID {
    try await people(1)
    try await dispatch(try await email(html: html), to: [1])
    try await sendAll()
    return try #require(transport.accepted.first?.hash)
  }

  func record(_ engagements: [MailEngagement]) async throws {
    try await EngagementRecorder(environment: environment).record(engagements, now: now)
  }

  /// The events that observers received, other than sends.
  var told: [String] { observer.told.filter { !$0.hasPrefix("sent") } }
}
