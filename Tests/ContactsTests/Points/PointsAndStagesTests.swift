import Contacts
import Foundation
import JobQueue
import Postgres
import Segments
import TestSupport
import Testing
import Users

@Suite("Points in sets (CON-13, PTS-02, PTS-03)") struct ContactPointsTests {
  private static let reason = PointsReason(type: "campaign", eventName: "7", actionName: "x")

  private func change(
    _ contacts: [Int64], _ operation: PointsOperator, _ amount: Int, isAudited: Bool = false,
    _ pool: PostgresPool
  ) async throws -> [Int64: Int] {
    try await TransactionRunner(pool).transaction(at: testNow) { transaction in
      try await ContactPoints.change(
        contacts, operation, by: amount, reason: Self.reason, author: .system,
        isAudited: isAudited, in: transaction
      ).mapValues(\.after)
    }
  }

  private func with(_ body: (PostgresPool) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations, maximumConnections: 12) {
      (database) async throws in
      try await database.pool.query(
        """
        INSERT INTO contacts (id, date_added, points)
        VALUES (1, \(testNow), 7), (2, \(testNow), -7), (3, \(testNow), 1999999999)
        """)
      try await body(database.pool)
    }
  }

  @Test(
    "PTS-02, PTS-03: results of operators, clamped to the limit in both directions",
    arguments: [
      (PointsOperator.plus, 3, [10, -4, 2_000_000_000]), (.minus, 8, [-1, -15, 1_999_999_991]),
      (.times, -3, [-21, 21, -2_000_000_000]), (.divide, 2, [3, -3, 999_999_999]),
    ])
  func operates(_ operation: PointsOperator, _ amount: Int, _ expected: [Int]) async throws {
    try await with { pool in
      let outcome = try await change([3, 1, 2, 44], operation, amount, pool)
      #expect([1, 2, 3].map { outcome[$0] } == expected)
      #expect(outcome.count == 3)
    }
  }

  @Test("PTS-01: without an audit only the log is written, and contacts do not count as modified")
  func isNotAudited() async throws {
    try await with { pool in
      _ = try await change([1, 2], .plus, 5, pool)
      _ = try await change([1], .plus, 0, pool)
      _ = try await change([3], .plus, 1, isAudited: true, pool)
      let rows = try await pool.query(
        """
        SELECT (SELECT string_agg(object_id::text, ' ') FROM audit_log),
          (SELECT string_agg(id::text, ' ') FROM contacts WHERE date_modified IS NOT NULL),
          (SELECT string_agg(contact_id || ':' || delta, ' ' ORDER BY contact_id) FROM points_log),
          (SELECT string_agg(topics::text, ' ' ORDER BY id) FROM contact_changes)
        """)
      #expect(try rows[0].decode(at: 0, as: String?.self) == "3")
      #expect(try rows[0].decode(at: 1, as: String?.self) == "3")
      #expect(try rows[0].decode(at: 2, as: String?.self) == "1:5 2:5 3:1")
      #expect(
        try rows[0].decode(at: 3, as: String?.self)
          == "{field:points} {field:date_modified,field:points}")
    }
  }

  @Test("PTS-03: concurrent changes neither lose one nor deadlock")
  func addsUp() async throws {
    try await with { pool in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<40 {
          let ids: [Int64] = number % 2 == 0 ? [1, 2] : [2, 1]
          tasks.addTask { _ = try await change(ids, .plus, 1, pool) }
        }
        try await tasks.waitForAll()
      }
      #expect(try await change([1, 2], .plus, 0, pool) == [1: 47, 2: 33])
    }
  }
}

@Suite("Stages in sets (points-stages-forms.md 2)") struct StageAdvanceTests {
  private func with(_ body: (PostgresPool) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations, maximumConnections: 12) {
      (database) async throws in
      let pool = database.pool
      try await pool.query(
        """
        INSERT INTO stages (id, name, weight, date_added, is_published, publish_down)
        SELECT n, 'Stage ' || n, n * 10, \(testNow), n <> 4, CASE WHEN n = 5 THEN \(testNow) END
        FROM generate_series(1, 5) n
        """)
      try await pool.query(
        """
        INSERT INTO contacts (id, date_added, stage_id)
        VALUES (1, \(testNow), NULL), (2, \(testNow), 1), (3, \(testNow), 2), (4, \(testNow), 3)
        """)
      try await body(pool)
    }
  }

  private func advance(
    _ contacts: [Int64], to stage: Int64, _ pool: PostgresPool
  ) async throws -> [Int64: StageAdvance] {
    try await TransactionRunner(pool).transaction(at: testNow) { transaction in
      try await ContactStages.advance(
        contacts, to: stage, eventName: "12: Grow", actionName: "campaign", in: transaction)
    }
  }

  private func stages(_ pool: PostgresPool) async throws -> [Int64?] {
    try await pool.query("SELECT stage_id FROM contacts ORDER BY id").map { try $0.decode(at: 0) }
  }

  @Test("STG-10, STG-13: forward only, each stay with its reason, each move logged with its event")
  func movesForward() async throws {
    try await with { pool in
      let outcome = try await advance([4, 3, 2, 1, 99], to: 2, pool)
      #expect(outcome == [1: .moved, 2: .moved, 3: .already, 4: .further])
      #expect(try await stages(pool) == [2, 2, 2, 3])
      let log: [String] = try await pool.query(
        """
        SELECT concat_ws('|', contact_id, stage_id, event_name, action_name) FROM stage_log
        ORDER BY 1
        """
      ).map { try $0.decode(at: 0) }
      #expect(log == ["1|2|12: Grow|campaign", "2|2|12: Grow|campaign"])
      let marks: [[Int64]] = try await pool.query("SELECT contact_ids FROM contact_changes").map {
        try $0.decode(at: 0)
      }
      #expect(marks == [[1, 2]])
    }
  }

  @Test(
    "STG-01, STG-02: weights order stages, whatever their ids; a contact that moves leaves the former one"
  )
  func ordersByWeight() async throws {
    try await with { pool in
      try await pool.query("UPDATE stages SET weight = 5 WHERE id = 3")
      #expect(try await advance([3, 4], to: 2, pool) == [3: .already, 4: .moved])
      #expect(try await advance([2, 3], to: 3, pool) == [2: .further, 3: .further])
      #expect(try await stages(pool) == [nil, 1, 2, 2])
      let lifecycle = try await StageStore(transactions: TransactionRunner(pool)).lifecycle()
      #expect(lifecycle.map(\.stage) == [3, 1, 2, 4, 5, nil])
      #expect(lifecycle.map(\.contacts) == [0, 1, 2, 0, 0, 1])
    }
  }

  @Test(
    "STG-12, STG-14: a stage that is missing, unpublished or outside its window moves no contact")
  func heedsPublishing() async throws {
    try await with { pool in
      for stage in [4, 5, 77] as [Int64] {
        let outcome = try await advance([1, 2], to: stage, pool)
        #expect(outcome == [1: .unavailable, 2: .unavailable])
      }
      let stages = try await stages(pool)
      #expect(stages == [nil, 1, 2, 3])
    }
  }

  @Test("STG-16: two concurrent moves never lower a weight")
  func neverFallsBack() async throws {
    try await with { pool in
      for _ in 0..<10 {
        try await pool.query("UPDATE contacts SET stage_id = NULL")
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          for stage in [1, 3, 2] as [Int64] {
            tasks.addTask { _ = try await advance([1, 2, 3, 4], to: stage, pool) }
          }
          try await tasks.waitForAll()
        }
        #expect(try await stages(pool) == [3, 3, 3, 3])
      }
    }
  }

  @Test("STG-18: changes by day, and contacts by stage of all or of a segment")
  func counts() async throws {
    try await with { pool in
      _ = try await advance([1], to: 1, pool)
      _ = try await advance([1, 2], to: 3, pool)
      try await pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added, manually_removed)
        VALUES (1, 9, \(testNow), false), (3, 9, \(testNow), true)
        """)
      let store = StageStore(transactions: TransactionRunner(pool))
      let chart = try await store.chart(
        from: testNow.addingTimeInterval(-86_400), to: testNow)
      #expect(chart.days == ["2023-11-13", "2023-11-14"])
      #expect(chart.lines.map(\.changes) == [[0, 1], [0, 0], [0, 2], [0, 0], [0, 0]])
      let all = try await store.lifecycle()
      #expect(all.map(\.contacts) == [0, 1, 3, 0, 0, 0])
      let segment = try await store.lifecycle(of: SegmentMembership.members(of: 9))
      #expect(segment.map(\.contacts) == [0, 0, 1, 0, 0, 0])
      #expect(segment.last?.stage == nil)
      await #expect(throws: InvalidInput.self) {
        try await store.chart(from: testNow, to: testNow.addingTimeInterval(-1))
      }
    }
  }

  @Test("Bad input: a weight below 0 is refused")
  func refusesNegativeWeights() async throws {
    try await with { pool in
      var input = StageInput()
      input.name = "x"
      input.weight = -1
      await #expect(throws: InvalidInput.self) {
        try await StageStore(transactions: TransactionRunner(pool)).create(
          input, by: .system, now: testNow)
      }
    }
  }
}
