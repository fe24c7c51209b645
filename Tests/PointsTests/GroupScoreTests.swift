import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing
import Users

@testable import Points
@testable import Segments

@Suite("Point groups (PTS-04, PTS-06)") struct GroupScoreTests {
  private static let reason = PointsReason(type: "api", eventName: "Call", actionName: "plus")

  @Test("PTS-06: a change with a group alters its score alone, and is logged with the group")
  func altersTheScoreAlone() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(5, 5)
      let group = try await bed.group()
      let outcome = try await bed.jobs.transaction(at: bed.now) { transaction in
        try await GroupScores.change(
          [2, 1, 99], .points(.plus), by: 7, group: group, reason: Self.reason,
          author: PointsBed.author, in: transaction)
      }
      #expect(outcome?.keys.sorted() == [1, 2])
      #expect(outcome?[1]?.before == nil && outcome?[1]?.after == 7)
      #expect(try await bed.points(1) == 5)
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', contact_id, type, event_name, delta, group_id) FROM points_log ORDER BY 1"
        ) == ["1 api Call 7 \(group)", "2 api Call 7 \(group)"])
      #expect(
        try await bed.texts("SELECT topics[1] FROM contact_changes") == ["group_points:\(group)"])
      #expect(
        try await bed.texts(
          "SELECT details ->> 'groupScores' FROM audit_log WHERE object = 'lead' AND object_id = 1"
        ) == ["{\"\(group)\": [null, 7]}"])
    }
  }

  @Test(
    "PTS-02, PTS-03: operators, with results clamped to the limit",
    arguments: [
      (GroupScoreOperator.points(.minus), 3, 4), (.points(.times), -3, -21),
      (.points(.divide), 2, 3), (.points(.divide), -2, -3), (.set, 40, 40),
      (.points(.times), 2_000_000_000, 2_000_000_000), (.set, -3_000_000_000, -2_000_000_000),
    ])
  func operates(_ operation: GroupScoreOperator, _ amount: Int, _ expected: Int) async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      let group = try await bed.group()
      try await bed.score([1], plus: 7, in: group)
      let score = try await bed.groups.change(
        1, operation, by: amount, group: group, reason: Self.reason, author: .system, now: bed.now)
      #expect(score?.score == expected)
      #expect(try await bed.groups.score(of: 1, in: group)?.score == expected)
    }
  }

  @Test("PTS-02: division by 0 is refused; a deleted group changes nothing")
  func refuses() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      let group = try await bed.group()
      await #expect(throws: InvalidInput.self) {
        try await bed.groups.change(
          1, .points(.divide), by: 0, group: group, reason: Self.reason, author: .system,
          now: bed.now)
      }
      let score = try await bed.groups.change(
        1, .set, by: 4, group: group + 1, reason: Self.reason, author: .system, now: bed.now)
      #expect(score == nil)
      #expect(try await bed.texts("SELECT 'changed' FROM contact_changes").isEmpty)
    }
  }

  @Test("PTS-03: concurrent changes add up, including the first ones")
  func addsUp() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0, 0)
      let group = try await bed.group()
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<20 {
          let ids: [Int64] = number % 2 == 0 ? [1, 2, 3] : [3, 2]
          tasks.addTask { try await bed.score(ids, plus: 1, in: group) }
        }
        try await tasks.waitForAll()
      }
      #expect(
        try await bed.texts("SELECT score::text FROM group_scores ORDER BY contact_id")
          == ["10", "20", "20"])
    }
  }

  @Test("PTS-04, CON-76: a merge adds scores; what was done once stays done")
  func merges() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(3, 50)
      let (both, one) = (try await bed.group("Both"), try await bed.group("One"))
      try await bed.score([1, 2], plus: 4, in: both)
      try await bed.score([1], plus: 9, in: one)
      try await bed.pool.query(
        """
        INSERT INTO point_action_log (contact_id, action_id, act, date_fired)
        VALUES (1, 1, '', \(bed.now)), (2, 1, '', \(bed.now)), (1, 2, 'hit 7', \(bed.now))
        """)
      try await bed.pool.query(
        """
        INSERT INTO point_trigger_log (contact_id, event_id, date_fired) VALUES (1, 5, \(bed.now))
        """)
      let merger = ContactMerger(
        fields: FieldStore(pool: bed.pool),
        tables: MergeTable.contacts + MergeTable.segments + MergeTable.points,
        companies: { CompanyRules() })
      try await merger.merge(1, into: 2, by: .system, now: bed.now, with: bed.jobs.transactions)
      #expect(try await bed.points(2) == 53)
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', group_id, score) FROM group_scores WHERE contact_id = 2 ORDER BY 1"
        ) == ["\(both) 8", "\(one) 9"])
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws(' ', action_id, act) FROM point_action_log WHERE contact_id = 2 ORDER BY 1
          """) == ["1 ", "2 hit 7"])
      #expect(try await bed.fired(2) == 1)
    }
  }

  @Test("CON-10, CON-76: every table with contacts is covered by deletion and by merges")
  func knowsItsTables() async throws {
    try await PointsBed.with { bed in
      let all = try await bed.texts(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'contact_id' ORDER BY 1"
      )
      let own = Set(all).intersection([
        "group_scores", "point_action_log", "point_trigger_due", "point_trigger_log",
      ])
      #expect(own == Set(MergeTable.points.map(\.name)))
      #expect(Set(all.filter { $0.hasPrefix("point_") || $0.hasPrefix("group_") }) == own)
      try await bed.contacts(0, 0)
      for table in own {
        let columns: SQL =
          switch table {
          case "group_scores": "contact_id, group_id, score"
          case "point_action_log": "contact_id, action_id, act"
          default:
            "contact_id, event_id, \(identifier: "\(table.hasSuffix("due") ? "attempts" : "ip_id")")"
          }
        let stamp: SQL = table.hasSuffix("log") ? ", date_fired" : ""
        let value: SQL = table.hasSuffix("log") ? ", \(bed.now)" : ""
        try await bed.pool.query(
          """
          INSERT INTO \(identifier: table) (\(sql: columns)\(sql: stamp))
          VALUES (1, 1, 1\(sql: value)), (2, 1, 1\(sql: value))
          """)
      }
      try await bed.pool.query("SELECT delete_contacts('{1}')")
      for table in own {
        #expect(
          try await bed.texts("SELECT contact_id::text FROM \(identifier: table)") == ["2"],
          "\(table)")
      }
    }
  }

  @Test(
    "PTS-07: deleting a group removes its scores, marks their contacts, and disables rules about it"
  )
  func deletesGroups() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      let group = try await bed.group()
      try await bed.score([2], plus: 1, in: group)
      let action = try await bed.action(.pageHit, 3, group: group)
      let trigger = try await bed.trigger(at: 1, tags: "a", group: group)
      try await bed.pool.query("DELETE FROM contact_changes")
      #expect(try await bed.groups.delete(group, by: .system, now: bed.now)?.id == group)
      #expect(try await bed.groups.delete(group, by: .system, now: bed.now) == nil)
      try await bed.working {
        let isGone = try await eventually {
          try await bed.texts("SELECT 'left' FROM group_scores").isEmpty
        }
        #expect(isGone)
      }
      #expect(
        try await bed.texts("SELECT contact_ids::text FROM contact_changes") == ["{2}"])
      let rules = [
        try await bed.actions.find(action.id)?.rule,
        try await bed.triggers.find(trigger.id)?.rule,
      ]
      #expect(rules.allSatisfy { $0?.group == nil && $0?.isPublished == false })
    }
  }

  @Test(
    "PTS-07: deleting a group waits for no contact; its scores stop counting at once, and go in batches"
  )
  func removesInBatches() async throws {
    try await PointsBed.with { bed in
      let (group, other) = (try await bed.group(), try await bed.group("Other"))
      let count = PointJobs.rangeSize + 2
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, date_added, date_identified)
        SELECT n, \(bed.now), \(bed.now) FROM generate_series(1, \(count)) n
        """)
      try await bed.pool.query(
        """
        INSERT INTO group_scores (contact_id, group_id, score)
        SELECT n, g, 9 FROM generate_series(1, \(count)) n, unnest(\([group, other])) g
        """)
      try await bed.segment(1, group, "gte", .integer(5))
      // Another transaction locks a contact meanwhile.
      try await bed.pool.transaction { connection in
        _ = try await ContactLock.lock([1], on: connection)
        #expect(try await bed.groups.delete(group, by: .system, now: bed.now)?.id == group)
      }
      #expect(try await bed.groups.scores(of: 1).map(\.group.id) == [other])
      #expect(try await bed.groups.score(of: 1, in: group) == nil)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        #expect(
          try await GroupScores.change(
            [1], .set, by: 1, group: group, reason: Self.reason, author: .system,
            in: transaction) == nil)
        try await ContactChanges.mark([1, 2], [.created], in: transaction)
      }
      while try await bed.refresher.round().contacts > 0 {}
      #expect(try await bed.texts("SELECT 'member' FROM segment_members").isEmpty)
      // A member leaves when its score is removed.
      try await bed.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added)
        VALUES (3, 1, \(bed.now))
        """)
      try await bed.working {
        let isGone = try await eventually {
          try await bed.texts("SELECT 'left' FROM group_scores WHERE group_id = \(group) LIMIT 1")
            .isEmpty
        }
        #expect(isGone)
      }
      #expect(
        try await bed.texts(
          "SELECT cardinality(contact_ids)::text FROM contact_changes ORDER BY 1") == ["2", "5000"])
      #expect(
        try await bed.texts("SELECT count(*)::text FROM group_scores") == [String(count)])
      try await bed.settle()
      #expect(try await bed.texts("SELECT 'member' FROM segment_members").isEmpty)
    }
  }

  @Test(
    "group_points_N filters by the score; contacts without one match no comparison (segments.md 6)")
  func filters() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0, 0)
      let group = try await bed.group()
      try await bed.segment(1, group, "gte", .integer(5))
      try await bed.segment(2, group, "!=", .integer(5))
      try await bed.segment(3, group, "empty", .null)
      try await bed.score([1, 2], plus: 5, in: group)
      try await bed.score([2], plus: 1, in: group)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        try await ContactChanges.mark([1, 2, 3], [.created], in: transaction)
      }
      try await bed.settle()
      let members = try await bed.texts(
        """
        SELECT segment_id || ':' || string_agg(contact_id::text, ' ' ORDER BY contact_id)
        FROM segment_members GROUP BY segment_id ORDER BY 1
        """)
      #expect(members == ["1:1 2", "2:2", "3:3"])
      // A change of the score alone is followed.
      try await bed.score([1], plus: -3, in: group)
      try await bed.settle()
      #expect(
        try await bed.texts(
          "SELECT contact_id::text FROM segment_members WHERE segment_id = 1") == ["2"])
    }
  }
}

extension PointsBed {
  /// A segment of contacts whose score in a group compares this way.
  fileprivate func segment(
    _ id: Int64, _ group: Int64, _ comparison: String, _ value: JSONValue
  ) async throws {
    let filter = JSONValue.object([
      "glue": .string("and"), "object": .string("groups"), "type": .string("number"),
      "field": .string("group_points_\(group)"), "operator": .string(comparison),
      "properties": .object(["filter": value]),
    ])
    try await pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, filters, date_added)
      VALUES (\(id), 's', 's', \("s\(id)"), \(try JSON(JSONValue.array([filter]))), \(now))
      """)
  }
}
