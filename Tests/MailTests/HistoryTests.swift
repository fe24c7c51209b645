import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import Query
import Segments
import TestSupport
import Testing
import Users

@testable import Mail

@Suite("Mail in histories, filters, searches and merges")
struct MailHistoryTests {
  @Test("CON-108: the newest reads and failures of all contacts are found by index")
  func planOfAll() async throws {
    try await MailBed.with { bed in
      let now = bed.now
      // Weeks of sends that were read, with an open or a click for every first read.
      try await bed.pool.query(
        """
        INSERT INTO email_sends (hash, queued_at, sent_at, read_at, is_read, state, is_marketing,
          counts_once, source_kind, idempotency_key, contact_id, is_failed)
        SELECT gen_random_uuid(), at, at, at, true, 3, false, false, 'direct', 'plan-' || n, 1,
          n % 1000 = 0
        FROM (SELECT n, \(now)::timestamptz - (60000 - n) * interval '1 minute' AS at
          FROM generate_series(1, 60000) AS n) AS x
        """)
      try await bed.pool.query(
        """
        INSERT INTO email_opens (act, send_id, contact_id, at, in_browser)
        SELECT gen_random_uuid(), id, 1, read_at, false FROM email_sends WHERE id % 2 = 0 ORDER BY id
        """)
      try await bed.pool.query(
        """
        INSERT INTO link_hits (act, link_id, send_id, contact_id, at)
        SELECT gen_random_uuid(), 1, id, 1, read_at FROM email_sends WHERE id % 2 = 1 ORDER BY id
        """)
      try await bed.pool.withConnection {
        try await $0.execute(script: "VACUUM ANALYZE email_sends, email_opens, link_hits")
      }
      let store = TimelineStore(pool: bed.pool, sources: TimelineSource.mail)
      for kind in ["email.read", "email.failed"] {
        let query = TimelineQuery(include: [.init(rawValue: kind)], to: now)
        let plan = try await store.explain(of: nil, query)
        #expect(!plan.contains("Seq Scan on email_"), "\(plan)")
      }
      let reads = try await store.page(
        of: nil, TimelineQuery(include: [.init(rawValue: "email.read")], to: now), limit: 3)
      #expect(
        reads.events.map { now.timeIntervalSince($0.timestamp).rounded() } == [0, 60, 120])
    }
  }

  @Test(
    "EML-248, EML-426, CON-104: sent, read, failed, replied, held, with the e-mail's internal name"
  )
  func timeline() async throws {
    var settings = MailSettings()
    settings.frequency = FrequencyRule(number: 1, unit: .day)
    try await MailBed.with(settings) { bed in
      let hash = try await bed.sentOne()
      try await bed.dispatch(try await bed.email(), to: [1], key: "held")
      try await bed.record(
        (0..<2).map { _ in
          MailEngagement(
            .open(inBrowser: false), hash: hash, at: bed.now, address: nil, agent: "Agent")
        })
      _ = try await ReplyRecorder(environment: bed.environment).record(hash: SendHash.text(hash))
      try await BounceRecorder(environment: bed.environment).record([
        BounceReport(key: "b", kind: .hard, address: nil, hash: hash, reason: "gone", at: bed.now)
      ])
      let store = TimelineStore(pool: bed.pool, sources: TimelineSource.mail)
      let page = try await store.page(of: 1, TimelineQuery(order: .type, isDescending: false))
      #expect(
        page.events.map(\.type.rawValue) == [
          "email.failed", "email.read", "email.replied", "email.sent", "message.queue",
        ])
      #expect(page.events.allSatisfy { $0.label == "Mail" })
      let read = page.events[1].details
      guard case .array(let opens)? = read["openDetails"] else {
        Issue.record("no opens")
        return
      }
      #expect(read["openCount"] == .integer(2) && opens.count == 2)
      let first: Date = try await bed.pool.query("SELECT min(at) FROM email_opens")[0].decode(at: 0)
      #expect(page.events[1].timestamp == first)
      #expect(page.events[4].details["status"] == .string("pending"))
      #expect(page.events[4].details["canCancel"] == .boolean(true))
      // However often it is opened, the first thousand opens are listed.
      try await bed.pool.query(
        """
        INSERT INTO email_opens (act, send_id, contact_id, at, in_browser)
        SELECT gen_random_uuid(), send_id, 1, at + n * interval '1 second', false
        FROM (SELECT * FROM email_opens LIMIT 1) AS o, generate_series(1, 1000) AS n
        """)
      let more = try await store.page(
        of: 1, TimelineQuery(include: [.init(rawValue: "email.read")]))
      #expect(more.total == 1)
      guard case .array(let all)? = more.events.first?.details["openDetails"] else {
        Issue.record("no opens")
        return
      }
      #expect(all.count == 1_000)
    }
  }

  @Test("Filters: received, sent, their dates, opens, clicks (segments.md 6)")
  func filters() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      let email = try await bed.email(html: "<a href='https://a.example/'>x</a>")
      try await bed.dispatch(email, to: [1, 2])
      try await bed.sendAll()
      let link: Int64 = try await bed.pool.query("SELECT id FROM links")[0].decode(at: 0)
      let hash: UUID = try await bed.pool.query(
        "SELECT hash FROM email_sends WHERE contact_id = 1")[0].decode(at: 0)
      try await bed.record([
        MailEngagement(.click(link: link), hash: hash, at: bed.now, address: nil, agent: nil)
      ])
      var registry = FilterRegistry.contacts
      registry.addMail()
      let compiler = SegmentCompiler(
        registry: registry, fields: try await bed.fields.current(), timeZone: .gmt, now: bed.now,
        segments: [:])
      func who(_ field: String, _ comparison: String, _ value: JSONValue) async throws -> [Int64] {
        let filter = JSONValue.object([
          "glue": .string("and"), "object": .string("behaviors"), "field": .string(field),
          "type": .string("text"), "operator": .string(comparison),
          "properties": .object(["filter": value]),
        ])
        let condition = try compiler.compile(
          SegmentFilters(json: .array([filter])), references: .stored
        ).condition
        return try await bed.pool.query(
          "SELECT c.id FROM contacts AS c WHERE \(sql: condition) ORDER BY c.id"
        ).map { try $0.decode(at: 0) }
      }
      let ids = JSONValue.array([.integer(email)])
      #expect(try await who("lead_email_sent", "in", ids) == [1, 2])
      #expect(try await who("lead_email_sent", "!in", ids) == [3])
      #expect(try await who("lead_email_received", "in", ids) == [1])
      #expect(try await who("lead_email_received", "!in", ids) == [2, 3])
      #expect(try await who("lead_email_read_by_person", "in", ids) == [1])
      try await bed.pool.query("UPDATE email_sends SET is_machine_read = true WHERE is_read")
      #expect(try await who("lead_email_read_by_person", "in", ids) == [])
      #expect(try await who("lead_email_received", "in", ids) == [1])
      #expect(try await who("lead_email_read_count", "gte", .integer(1)) == [1])
      #expect(try await who("lead_email_read_count", "=", .integer(0)) == [2, 3])
      #expect(try await who("lead_email_sent_date", "gt", .string("2000-01-01")) == [1, 2])
      #expect(try await who("lead_email_read_date", "gt", .string("2000-01-01")) == [1])
      #expect(try await who("email_id", "=", .integer(1)) == [1])
      #expect(try await who("email_id", "=", .integer(0)) == [2, 3])
      #expect(try await who("email_clicked_link_date", "gt", .string("2000-01-01")) == [1])
      // The marks tell segments that the filters' data has changed.
      let topics = Set(
        try await bed.texts("SELECT unnest(topics) FROM contact_changes"))
      #expect(topics.isSuperset(of: ["email:sent", "email:read", "email:clicked"]))
    }
  }

  @Test("Searches: email_sent, email_read, email_queued, email_pending (contacts.md 11.3)")
  func searches() async throws {
    try await MailBed.with { bed in
      try await bed.people(4)
      try await bed.segment(1, [1, 2, 3])
      let email = try await bed.list([1])
      _ = try await bed.broadcasts.send(email, limit: 1)
      try await bed.sendAll()
      _ = try await bed.broadcasts.send(email, limit: 1)
      let hash = try #require(bed.transport.accepted.first?.hash)
      try await bed.record([
        MailEngagement(.open(inBrowser: false), hash: hash, at: bed.now, address: nil, agent: nil)
      ])
      let list = ListQuery.contacts(
        try await bed.fields.current(), commands: MailSearch.commands)
      func find(_ search: String) async throws -> [Int64] {
        let condition = try list.condition(ListRequest(search: search, user: 1))
        return try await bed.pool.query(
          "SELECT id FROM contacts WHERE \(sql: condition) ORDER BY id"
        ).map { try $0.decode(at: 0) }
      }
      #expect(try await find("email_sent:\(email)") == [1])
      #expect(try await find("email_read:\(email)") == [1])
      #expect(try await find("email_queued:\(email)") == [2])
      #expect(try await find("email_pending:\(email)") == [3])
      #expect(try await find("!email_sent:\(email)") == [2, 3, 4])
      #expect(try await find("email_sent:none") == [])
    }
  }

  @Test(
    "Merged contacts: sends move, one marketing e-mail counts once, held ones are sent once (email.md 17)"
  )
  func merging() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      let email = try await bed.email()
      try await bed.dispatch(email, to: [1, 2])
      try await bed.sendAll()
      let waiting = try await bed.email()
      try await bed.dispatch(waiting, to: [1, 2], key: "w")
      try await ContactMerger(
        fields: bed.fields, tables: MergeTable.contacts + MergeTable.segments + MergeTable.mail,
        companies: { CompanyRules() }
      )
      .merge(2, into: 1, by: .system, now: bed.now, with: bed.jobs.transactions)
      #expect(try await bed.states(email) == ["1:sent", "1:sent"])
      try await bed.sendAll()
      #expect(try await bed.states(waiting).sorted() == ["1:sent", "1:skipped"])
      #expect(bed.transport.accepted.count == 3)
      #expect(try await bed.dispatch(email, to: [1], key: "again") == [1: .alreadySent])
    }
  }

  @Test(
    "Deleted contacts: received sends stay without them, pending ones are not sent (CON-10)"
  )
  func deleting() async throws {
    try await MailBed.with { bed in
      _ = try await bed.sentOne()
      try await bed.dispatch(try await bed.email(), to: [1], key: "waiting")
      try await bed.pool.query("SELECT delete_contacts('{1}')")
      try await bed.sendAll()
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', state, address, contact_id) FROM email_sends ORDER BY id")
          == ["3 user1@example.com", "6"])
    }
  }
}
