import Contacts
import Foundation
import JobQueue
import Postgres
import Segments
import TestSchema
import TestSupport
import Testing
import Users

/// The explicit half of the transition table of segments.md 9.
@Suite struct SegmentMembershipTests {
  private static let now = Date(timeIntervalSince1970: 1_700_000_000)

  /// Contacts 1 to 4 of segment 1 in each state: none, filtered, pinned, barred.
  private func withStates(_ body: (PostgresPool) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: UsersMigrations.all + ContactsMigrations.all) {
      (database) async throws in
      try await database.pool.pipeline([
        "INSERT INTO contacts (id, date_added) SELECT n, \(Self.now) FROM generate_series(1, 4) AS n",
        """
        INSERT INTO segments (id, name, public_name, alias, date_added)
        VALUES (1, 'One', 'One', 'one', \(Self.now)), (2, 'Two', 'Two', 'two', \(Self.now))
        """,
        """
        INSERT INTO segment_members
        VALUES (2, 1, false, false, \(Self.now)), (3, 1, true, false, \(Self.now)),
          (4, 1, false, true, \(Self.now))
        """,
      ])
      try await body(database.pool)
    }
  }

  private func states(_ pool: PostgresPool) async throws -> [String] {
    try await pool.query(
      """
      SELECT CASE WHEN m.contact_id IS NULL THEN 'none' WHEN manually_added THEN 'pinned'
        WHEN manually_removed THEN 'barred' ELSE 'filtered' END
      FROM contacts c LEFT JOIN segment_members m ON m.contact_id = c.id AND m.segment_id = 1
      ORDER BY c.id
      """
    ).map { try $0.decode(at: 0) }
  }

  private let later = Self.now.addingTimeInterval(60)

  @Test("SEG-101, SEG-103, SEG-105, SEG-111: adding by hand, from every state")
  func adds() async throws {
    try await withStates { pool in
      #expect(try await states(pool) == ["none", "filtered", "pinned", "barred"])
      for round in 0..<2 {
        let entered = try await TransactionRunner(pool).transaction(at: later) { transaction in
          try await SegmentMembership.add([4, 3, 2, 1, 1], to: 1, cause: .user, in: transaction)
        }
        #expect(entered == (round == 0 ? [1, 4] : []))
        #expect(try await states(pool) == ["pinned", "pinned", "pinned", "pinned"])
      }
      let anew: [Int64] = try await pool.query(
        "SELECT contact_id FROM segment_members WHERE date_added = \(later) ORDER BY 1"
      ).map { try $0.decode(at: 0) }
      #expect(anew == [1, 4])
    }
  }

  @Test("SEG-102, SEG-104, SEG-106: removing by hand, from every state")
  func removes() async throws {
    try await withStates { pool in
      for round in 0..<2 {
        let left = try await TransactionRunner(pool).transaction(at: later) { transaction in
          try await SegmentMembership.remove(
            [4, 3, 2, 1, 1], from: 1, cause: .user, in: transaction)
        }
        #expect(left == (round == 0 ? [2, 3] : []))
        #expect(try await states(pool) == ["none", "barred", "barred", "barred"])
      }
    }
  }

  @Test("2.3, SEG-109: each transition is recorded, counted, marked, and announced if requested")
  func records() async throws {
    try await withStates { pool in
      try await pool.query("UPDATE segments SET announces = true WHERE id = 1")
      try await TransactionRunner(pool).transaction(at: later) { transaction in
        try await SegmentMembership.add([1, 2], to: 1, cause: .import, in: transaction)
        try await SegmentMembership.add([1], to: 2, cause: .batch, in: transaction)
        try await SegmentMembership.remove([3, 4], from: 1, cause: .form, in: transaction)
      }
      func texts(_ sql: SQL) async throws -> [String] {
        try await pool.query(sql).map { try $0.decode(at: 0) }
      }
      #expect(
        try await texts(
          """
          SELECT concat_ws(' ', contact_id, segment_id, entered, cause) FROM segment_history
          ORDER BY contact_id, id
          """) == ["1 1 t 3", "1 2 t 4", "3 1 f 6"])
      #expect(
        try await SegmentDay.list(of: 1, from: "1990-01-01", through: "2090-01-01", on: pool)
          .map { [$0.added, $0.removed] } == [[1, 1]])
      #expect(
        try await texts(
          """
          SELECT concat_ws(' ', segment_id, contact_ids, entered, cause) FROM segment_announcements
          ORDER BY id
          """) == ["1 {1} t 3", "1 {3} f 6"])
      #expect(
        try await texts(
          "SELECT concat_ws(' ', contact_ids, topics) FROM contact_changes ORDER BY id")
          == ["{1} {segment:1}", "{1} {segment:2}", "{3} {segment:1}"])
    }
  }

  @Test("SEG-110: no contact is added to a segment that does not exist")
  func skipsMissingSegment() async throws {
    try await withStates { pool in
      let entered = try await TransactionRunner(pool).transaction(at: later) { transaction in
        try await SegmentMembership.add([1], to: 99, cause: .campaign, in: transaction)
      }
      #expect(entered.isEmpty)
      let rows = try await pool.query("SELECT FROM segment_members WHERE segment_id = 99")
      #expect(rows.isEmpty)
    }
  }

  @Test("Adding and removing concurrently end as if one had followed the other")
  func races() async throws {
    try await withStates { pool in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<8 {
          group.addTask {
            for _ in 0..<10 {
              try await TransactionRunner(pool).transaction(at: Self.now) { transaction in
                if task.isMultiple(of: 2) {
                  try await SegmentMembership.add(
                    [1, 2, 3, 4], to: 1, cause: .user, in: transaction)
                } else {
                  try await SegmentMembership.remove(
                    [4, 3, 2, 1], from: 1, cause: .user, in: transaction)
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      // Each member has entered once more than left, counted from the initial state.
      let wrong = try await pool.query(
        """
        SELECT c.id FROM contacts c
        WHERE (SELECT count(*) FILTER (WHERE entered) - count(*) FILTER (WHERE NOT entered)
            FROM segment_history h WHERE h.contact_id = c.id)
          + CASE WHEN c.id IN (2, 3) THEN 1 ELSE 0 END
          <> (SELECT count(*) FROM segment_members m
            WHERE m.contact_id = c.id AND NOT m.manually_removed)
        """)
      #expect(wrong.isEmpty)
    }
  }
}
