import Contacts
import Foundation
import JobQueue
import Postgres
import Segments
import TestSupport
import Testing
import Users

@Suite struct TimelineTests {
  /// Sets up a contact with one event of every kind, a minute apart, and a second one that was only
  /// created.
  func withHistory(_ body: (TimelineStore, PostgresPool) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let stages = try await StageStore(transactions: TransactionRunner(pool)).ensure(
        ["Lead"], by: .system, now: testNow)
      let at = (0..<12).map { testNow.addingTimeInterval(Double($0) * 60) }
      for statement: SQL in [
        """
        INSERT INTO contacts (date_added, date_identified, email, created_by_user)
        VALUES (\(at[0]), \(at[1]), 'a@x.test', 'Ada Admin'), (\(at[0]), NULL, NULL, NULL)
        """,
        "INSERT INTO ip_addresses (address, date_added) VALUES ('203.0.113.9', \(at[2]))",
        "INSERT INTO contact_ips VALUES (1, 1, \(at[2]))",
        """
        INSERT INTO stage_log (contact_id, stage_id, event_name, action_name, date_added)
        VALUES (1, \(stages["lead"]), 'Lead', 'import', \(at[3]))
        """,
        """
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
        VALUES (1, 'import', 'list.csv', 'import', 5, \(at[4]))
        """,
        """
        INSERT INTO utm_tags (contact_id, utm_campaign, date_added)
        VALUES (1, 'spring_100%', \(at[6]))
        """,
        "INSERT INTO segments (name, public_name, alias, date_added) VALUES ('VIP', '', 'vip', \(at[0]))",
        """
        INSERT INTO segment_history (contact_id, segment_id, entered, cause, at)
        VALUES (1, 1, true, 2, \(at[7])), (1, 1, false, 1, \(at[8]))
        """,
        """
        INSERT INTO audit_log (bundle, object, object_id, action, details, user_name, date_added)
        VALUES ('lead', 'lead', 1, 'create', '{"source": "api"}', 'Ada Admin', \(at[9])),
          ('lead', 'lead', 1, 'identified', '{"source": "form", "sourceName": "Sign up"}', NULL,
            \(at[10])),
          ('lead', 'lead', 1, 'update', '{"source": "api"}', NULL, \(at[11]))
        """,
      ] { try await pool.query(statement) }
      try await TransactionRunner(pool).transaction(at: at[5]) {
        _ = try await DoNotContactStore.add(
          [1], channel: "email", reason: .manual, comments: "asked us", in: $0)
      }
      try await body(
        TimelineStore(pool: pool, sources: TimelineSource.contacts + [.segmentMembership]), pool)
    }
  }

  @Test(
    "CON-100, CON-102, CON-106: all kinds of events, newest first, simultaneous ones in a fixed order"
  )
  func listsEventsNewestFirst() async throws {
    try await withHistory { (timeline, _) async throws in
      let page = try await timeline.page(of: 1)
      #expect(page.total == 11)
      #expect(
        page.events.map(\.id) == [
          "lead.source.identified2", "lead.apiadded1", "segment_membership2",
          "segment_membership1", "lead.utmtagsadded1", "lead.donotcontact1", "point.gained1",
          "stage.changed1", "lead.ipadded1-1", "lead.identified1", "lead.create1",
        ])
      #expect(page.events.allSatisfy { $0.contactID == 1 && !$0.label.isEmpty })
      let byType = Dictionary(
        page.events.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
      #expect(byType[.stageChanged]?.details["stage"] == .string("Lead"))
      #expect(byType[.pointsGained]?.details["delta"] == .integer(5))
      #expect(byType[.addressAdded]?.label == "203.0.113.9")
      #expect(byType[.doNotContact]?.details["comments"] == .string("asked us"))
      #expect(byType[.segmentMembership]?.label == "Removed from segment VIP")
      #expect(byType[.sourceIdentified]?.label == "Sign up")
      #expect(byType[.utmTagsAdded]?.details["utmCampaign"] == .string("spring_100%"))
    }
  }

  @Test(
    "CON-108: the newest of all are found step by step, with the same result, however old they are"
  )
  func newestOfAllContacts() async throws {
    try await withHistory { (timeline, pool) async throws in
      let all = try await timeline.page(of: nil)
      #expect(all.total == 12)
      for later in [60, 7_200, 90_000, 30 * 86_400] as [Double] {
        let end = testNow.addingTimeInterval(660 + later)
        for (start, limit) in [(0, 3), (2, 5), (0, 12), (11, 5)] {
          let page = try await timeline.page(of: nil, .init(to: end), start: start, limit: limit)
          #expect(page.total == 12)
          #expect(page.events == Array(all.events[start..<min(12, start + limit)]))
        }
      }
      let end = testNow.addingTimeInterval(7_260)
      let from = testNow.addingTimeInterval(500)
      let some = try await timeline.page(of: nil, .init(from: from, to: end), limit: 25)
      #expect(!some.events.isEmpty && some.total == some.events.count)
      #expect(some.events == all.events.filter { $0.timestamp >= from })
      // Events of a kind are counted up to the limit.
      try await pool.query(
        """
        INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 12000)
        """)
      let many = try await timeline.page(of: nil, .init(include: [.created], to: end), limit: 1)
      #expect(many.total == TimelineStore.countedOfAll)
    }
  }

  @Test("CON-101, CON-102: exclusion wins; sorted by time, type and label, in pages")
  func filtersPagesAndOrders() async throws {
    try await withHistory { (timeline, _) async throws in
      let points = try await timeline.page(of: 1, .init(include: [.pointsGained, .stageChanged]))
      #expect(points.events.map(\.type) == [.pointsGained, .stageChanged])
      let one = try await timeline.page(
        of: 1, .init(include: [.pointsGained, .stageChanged], exclude: [.stageChanged]))
      #expect(one.events.map(\.type) == [.pointsGained] && one.total == 1)
      let none = try await timeline.page(
        of: 1, .init(include: [.pointsGained], exclude: [.pointsGained]))
      #expect(none.total == 0 && none.events.isEmpty)
      let unknown = try await timeline.page(of: 1, .init(include: [.init(rawValue: "page.hit")]))
      #expect(unknown.total == 0)
      let part = try await timeline.page(of: 1, .init(isDescending: false), start: 2, limit: 2)
      #expect(part.total == 11)
      #expect(part.events.map(\.type) == [.addressAdded, .stageChanged])
      let byType = try await timeline.page(
        of: 1, .init(order: .type, isDescending: false), start: 9, limit: 5)
      #expect(byType.events.map(\.id) == ["segment_membership1", "stage.changed1"])
      let byLabel = try await timeline.page(
        of: 1, .init(order: .label, isDescending: false), limit: 2)
      #expect(byLabel.events.map(\.label) == ["203.0.113.9", "Added through API by Ada Admin"])
      let beyond = try await timeline.page(of: 1, start: 100)
      #expect(beyond.total == 11 && beyond.events.isEmpty)
      let recent = try await timeline.page(
        of: 1,
        .init(from: testNow.addingTimeInterval(180), to: testNow.addingTimeInterval(240)))
      #expect(recent.events.map(\.type) == [.pointsGained, .stageChanged])
      #expect(try await timeline.page(of: 77).total == 0)
    }
  }

  @Test("CON-102: a search looks at label and data, and takes the text literally")
  func searchesLabelsAndData() async throws {
    try await withHistory { (timeline, _) async throws in
      func found(_ text: String) async throws -> [String] {
        let page = try await timeline.page(of: 1, .init(search: text))
        #expect(page.total == page.events.count)
        return page.events.map(\.id)
      }
      #expect(try await found("ASKED us") == ["lead.donotcontact1"])
      #expect(try await found("spring_100%") == ["lead.utmtagsadded1"])
      #expect(try await found("spring%") == [])
      #expect(try await found(" vip ") == ["segment_membership2", "segment_membership1"])
      #expect(try await found("utmCampaign") == [])
    }
  }

  @Test("All contacts have one common history, in pages that do not overlap (CON-106)")
  func pagesThroughAllContacts() async throws {
    try await withHistory { (timeline, _) async throws in
      var ids: [String] = []
      for start in stride(from: 0, to: 15, by: 3) {
        let page = try await timeline.page(of: nil, start: start, limit: 3)
        #expect(page.total == 12)
        ids += page.events.map(\.id)
      }
      #expect(ids.count == 12 && Set(ids).count == 12)
      #expect(ids.suffix(2) == ["lead.create2", "lead.create1"])
    }
  }

  @Test("CON-56: every change is recorded, including replacements and removals")
  func showsEveryChangeOfDoNotContact() async throws {
    try await withHistory { (timeline, pool) async throws in
      try await TransactionRunner(pool).transaction { transaction in
        let later = testNow.addingTimeInterval(1_000)
        _ = try await DoNotContactStore.add(
          [1], channel: "email", reason: .unsubscribed, in: transaction.at(later))
        _ = try await DoNotContactStore.add(
          [1], channel: "email", reason: .bounced, in: transaction.at(later))
        _ = try await DoNotContactStore.remove(
          [1, 2], channel: "email", in: transaction.at(later.addingTimeInterval(1)))
      }
      let page = try await timeline.page(of: 1, .init(include: [.doNotContact]))
      #expect(
        page.events.map(\.label) == [
          "email: contactable", "email: unsubscribed", "email: set manually",
        ])
      #expect(try await timeline.page(of: 2, .init(include: [.doNotContact])).total == 0)
    }
  }

  @Test("CON-105: every day of the last six months, with events and points")
  func countsEngagementsByDayAndWeek() async throws {
    try await withHistory { (timeline, pool) async throws in
      // 14 November 2023, 22:13 UTC, a Tuesday; the history ends eleven minutes later.
      let now = testNow.addingTimeInterval(86_400)
      let old = testNow.addingTimeInterval(-300 * 86_400)
      try await pool.query(
        """
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
        VALUES (1, 'x', 'x', 'x', -2, \(now)), (1, 'x', 'x', 'x', 100, \(old))
        """)
      let days = try await timeline.engagements(of: 1, now: now).steps
      #expect(days.first?.day == "2023-05-15" && days.last?.day == "2023-11-15")
      #expect(days.count == 185)
      #expect(days.last == .init(day: "2023-11-15", engagements: 1, points: -2))
      #expect(days[183] == .init(day: "2023-11-14", engagements: 11, points: 5))
      #expect(days[182].engagements == 0)
      let weeks = try await timeline.engagements(of: 1, by: .week, now: now).steps
      #expect(weeks.last == .init(day: "2023-11-13", engagements: 12, points: 3))
      #expect(weeks.first?.day == "2023-05-15")
    }
  }

  /// CON-108: the newest of all contacts are found by block ranges of their times.
  @Test func readsTheNewestOfAllByIndex() async throws {
    try await withHistory { (timeline, pool) async throws in
      let at: SQL = "\(testNow)::timestamptz - (60000 - n) * interval '1 minute'"
      try await pool.query(
        """
        INSERT INTO contacts (date_added, date_identified)
        SELECT \(sql: at), \(sql: at) FROM generate_series(1, 60000) AS n ORDER BY n
        """)
      try await pool.query(
        """
        INSERT INTO utm_tags (contact_id, date_added, utm_term)
        SELECT n, \(sql: at), repeat('x', 200) FROM generate_series(1, 60000) AS n ORDER BY n
        """)
      try await pool.withConnection { try await $0.execute(script: "VACUUM ANALYZE") }
      let kinds: Set<TimelineEventType> = [.created, .identified, .utmTagsAdded]
      let plan = try await timeline.explain(of: nil, TimelineQuery(include: kinds, to: testNow))
      for table in ["contacts", "utm_tags"] {
        #expect(!plan.contains("Seq Scan on \(table)"), "\(plan)")
      }
    }
  }

  /// A page of one contact's history is read by index, however many contacts there are.
  @Test func readsOneHistoryByIndex() async throws {
    try await withHistory { (timeline, pool) async throws in
      try await pool.query(
        """
        INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 20000)
        """)
      for table in ["points_log", "stage_log"] {
        try await pool.query(
          """
          INSERT INTO \(identifier: table) (contact_id, event_name, action_name, date_added
            \(sql: table == "points_log" ? ", type, delta" : ""))
          SELECT n, 'x', 'x', \(testNow) \(sql: table == "points_log" ? ", 'x', 1" : "")
          FROM generate_series(2, 20000) AS n
          """)
      }
      try await pool.withConnection { try await $0.execute(script: "ANALYZE") }
      let plan = try await timeline.explain(of: 1)
      for table in ["contacts", "points_log", "stage_log"] {
        #expect(!plan.contains("Seq Scan on \(table)"), "\(plan)")
      }
    }
  }
}
