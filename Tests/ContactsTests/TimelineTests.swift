import Contacts
import Foundation
import Postgres
import TestSupport
import Testing
import Users

@Suite struct TimelineTests {
  /// A contact that was imported twice, moved to a stage, gained points, and must not be written to.
  func withHistory(_ body: (TimelineStore) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      let stages = try await StageStore(pool: pool).ensure(["Lead"], by: .system, now: testNow)
      let at = (0..<6).map { testNow.addingTimeInterval(Double($0) * 60) }
      for statement: SQL in [
        """
        INSERT INTO contacts (date_added, date_identified, email)
        VALUES (\(at[0]), \(at[0]), 'a@x.test'), (\(at[0]), NULL, NULL)
        """,
        "INSERT INTO import_log VALUES (1, 7, 12, 1), (1, 8, 3, 2), (2, 8, 4, 1)",
        """
        INSERT INTO stage_log (contact_id, stage_id, event_name, action_name, date_added)
        VALUES (1, \(stages["lead"]), 'Lead', 'import', \(at[3]))
        """,
        """
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
        VALUES (1, 'import', 'list.csv', 'import', 5, \(at[4]))
        """,
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        VALUES (1, 'email', 3, \(at[5]))
        """,
      ] { try await pool.query(statement) }
      try await body(
        TimelineStore(
          pool: pool,
          imports: """
            SELECT * FROM (VALUES (7::bigint, \(at[1])::timestamptz, 'first.csv'),
              (8, \(at[2]), 'second.csv')) AS runs
            """))
    }
  }

  /// CON-100, CON-102, CON-106.
  @Test func listsEventsNewestFirst() async throws {
    try await withHistory { (timeline) async throws in
      let page = try await timeline.events(of: 1)
      #expect(page.total == 7)
      #expect(
        page.events.map(\.id) == [
          "lead.donotcontact1", "point.gained1", "stage.changed1", "lead.imported8-3",
          "lead.imported7-12", "lead.identified1", "lead.create1",
        ])
      #expect(
        page.events[4].details == [
          "importId": .integer(7), "file": .string("first.csv"), "row": .integer(12),
          "action": .string("inserted"),
        ])
      #expect(page.events[2].details["stage"] == .string("Lead"))
      #expect(page.events[0].contactID == 1)
    }
  }

  @Test func filtersPagesAndOrders() async throws {
    try await withHistory { (timeline) async throws in
      let imports = try await timeline.events(of: 1, include: [.imported])
      #expect(imports.events.map(\.id) == ["lead.imported8-3", "lead.imported7-12"])
      // CON-101: exclusion wins.
      let none = try await timeline.events(of: 1, include: [.imported], exclude: [.imported])
      #expect(none.total == 0 && none.events.isEmpty)
      let part = try await timeline.events(of: 1, isDescending: false, start: 2, limit: 2)
      #expect(part.total == 7)
      #expect(part.events.map(\.id) == ["lead.imported7-12", "lead.imported8-3"])
      let byType = try await timeline.events(of: 1, order: .type, isDescending: false, limit: 3)
      #expect(byType.events.map(\.type) == [.created, .doNotContact, .identified])
      let beyond = try await timeline.events(of: 1, start: 100)
      #expect(beyond.total == 7 && beyond.events.isEmpty)
      let recent = try await timeline.events(
        of: 1, from: testNow.addingTimeInterval(180), to: testNow.addingTimeInterval(240))
      #expect(recent.events.map(\.type) == [.pointsGained, .stageChanged])
      #expect(try await timeline.events(of: 77).total == 0)
    }
  }
}
