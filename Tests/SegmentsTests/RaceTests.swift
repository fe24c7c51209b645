import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Segments

/// Concurrent operations end as if they had run one after the other. Each test stops one side midway
/// until the other waits for it.
@Suite struct RaceTests {
  private func withOne(
    score: Int, _ body: (SegmentBed) async throws -> Void
  ) async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, points("gte", 100))
      try await bed.change([1], "points = \(score)::integer", [.column("points")])
      try await body(bed)
    }
  }

  @Test("A refresh meets an uncommitted addition: the contact is pinned, once")
  func refreshAndAddition() async throws {
    try await withOne(score: 100) { bed in
      try await bed.holding { transaction in
        try await SegmentMembership.add([1], to: 1, cause: .user, in: transaction)
      } against: {
        try await bed.refresh()
      }
      #expect(try await bed.rows() == ["1 1 pinned"])
      #expect(try await bed.texts("SELECT cause::text FROM segment_history") == ["2"])
    }
  }

  @Test("A refresh that would remove a contact meets its manual removal: it is barred once")
  func refreshAndRemoval() async throws {
    try await withOne(score: 100) { bed in
      try await bed.refresh()
      try await bed.change([1], "points = 0", [.column("points")])
      try await bed.holding { transaction in
        try await SegmentMembership.remove([1], from: 1, cause: .user, in: transaction)
      } against: {
        try await bed.refresh()
      }
      #expect(try await bed.rows() == ["1 1 barred"])
      #expect(
        try await bed.texts("SELECT cause::text FROM segment_history WHERE NOT entered") == ["2"])
    }
  }

  @Test("A rebuild meets uncommitted explicit changes")
  func rebuildAndExplicitChanges() async throws {
    try await withOne(score: 100) { bed in
      try await bed.refresh()
      try await bed.pool.query("UPDATE contacts SET points = CASE id WHEN 1 THEN 0 ELSE 100 END")
      try await bed.working {
        try await bed.holding { transaction in
          try await SegmentMembership.remove([1], from: 1, cause: .user, in: transaction)
          try await SegmentMembership.add([2], to: 1, cause: .user, in: transaction)
        } against: {
          try await bed.rebuilt(1)
        }
      }
      #expect(try await bed.rows() == ["1 1 barred", "1 2 pinned", "1 3 filtered"])
    }
  }

  @Test("A refresh that waits for its contacts uses the filters as they are once it has them")
  func refreshAndEdit() async throws {
    try await withOne(score: 50) { bed in
      try await bed.holding { transaction in
        try await transaction.query("SELECT lock_contact_buckets(ARRAY[1::bigint])")
      } against: {
        try await bed.refresh()
      } thenBeforeCommit: {
        try await bed.edit(1, points("gte", 50))
      }
      #expect(try await bed.members(1) == [1])
    }
  }

  @Test("A rebuild of filters that are edited meanwhile writes nothing; the next one does")
  func rebuildAndEdit() async throws {
    try await withOne(score: 50) { bed in
      try await bed.refresh()
      let first = try await bed.request(1)
      try await bed.working {
        try await bed.holdingContacts {
          for request in first { _ = try await SegmentRebuilds.wait(for: request, on: bed.pool) }
        } thenBeforeCommit: {
          try await bed.jobs.transaction { transaction in
            try await transaction.query(
              """
              UPDATE segments SET filters_version = 2,
                filters = \(try JSON(JSONValue.array([points("between", 40, 60)])))
              WHERE id = 1
              """)
            try await SegmentRebuilds.request([1], in: transaction)
          }
        }
        let isServed = try await eventually {
          try await bed.texts(
            "SELECT 'served' FROM segments WHERE rebuilds_served = rebuilds_requested") != []
        }
        #expect(isServed)
      }
      #expect(try await bed.members(1) == [1])
      #expect(
        try await bed.texts("SELECT concat_ws(' ', state, added) FROM segment_rebuilds ORDER BY id")
          == ["4 0", "2 1"])
    }
  }

  @Test("An edit requests a rebuild while the job of another waits for the segment's row")
  func editAndWaitingJob() async throws {
    try await withOne(score: 100) { bed in
      try await bed.pool.query("UPDATE segments SET rebuilds_requested = 1")
      try await bed.working {
        let requests = try await bed.jobs.transaction { transaction in
          try await transaction.query("SELECT FROM segments WHERE id = 1 FOR NO KEY UPDATE")
          let job = RebuildSegment(segment: 1)
          try await bed.jobs.enqueue(job, job.options())
          let waits = try await eventually { try await bed.waiting() == 1 }
          #expect(waits)
          // Waiting for the job as well would be a deadlock; the timeout is shorter than its detection.
          try await transaction.query("SET LOCAL lock_timeout = 200")
          return try await SegmentRebuilds.request([1], in: transaction)
        }
        _ = try await SegmentRebuilds.wait(for: requests[0], on: bed.pool)
      }
      #expect(try await bed.members(1) == [1])
      #expect(try await bed.texts("SELECT request::text FROM segment_rebuilds") == ["2"])
    }
  }

  @Test("An uncommitted edit does not block other segments")
  func twoEdits() async throws {
    try await withOne(score: 100) { bed in
      try await bed.segment(2, points("gte", 0))
      try await bed.pool.transaction { connection in
        try await connection.query("UPDATE segments SET is_published = false WHERE id = 1")
        try await bed.pool.transaction { other in
          try await other.query("SET LOCAL lock_timeout = 1000")
          try await other.query("UPDATE segments SET build_error = 'some' WHERE id = 2")
        }
      }
      #expect(try await bed.texts("SELECT version::text FROM segments_version") == ["5"])
    }
  }

  @Test("A rebuild is ahead of the segment that it references, and the contact changes back")
  func rebuildAheadOfRefresh() async throws {
    try await withOne(score: 100) { bed in
      try await bed.segment(2, members("in", 1))
      try await bed.working { try await bed.rebuilt(2) }
      #expect(try await bed.rows() == ["2 1 filtered"])
      try await bed.change([1], "points = 0", [.column("points")])
      _ = try await bed.refresher.round()
      #expect(try await bed.rows() == [])
    }
  }

  @Test("SEG-94: a contact that is being deleted is no longer added")
  func refreshAndDeletion() async throws {
    try await withOne(score: 100) { bed in
      try await bed.holding { transaction in
        try await transaction.query("SELECT delete_contacts(ARRAY[1::bigint])")
      } against: {
        try await bed.refresh()
      }
      #expect(try await bed.rows() == [])
      #expect(try await bed.texts("SELECT 'left' FROM segment_history") == [])
    }
  }

  @Test("SEG-94: a contact that is deleted while a rebuild evaluates it leaves nothing behind")
  func rebuildAndDeletion() async throws {
    try await withOne(score: 100) { bed in
      try await bed.working {
        // A row that it wants to write blocks it within the range; so the deletion has to wait.
        try await bed.holding { transaction in
          try await transaction.query("SELECT FROM contacts WHERE id = 1 FOR NO KEY UPDATE")
          try await SegmentMembership.add([1], to: 1, cause: .user, in: transaction)
        } against: {
          async let rebuild = bed.rebuilt(1)
          let waits = try await eventually { try await bed.waiting() == 1 }
          #expect(waits)
          async let deletion = bed.pool.query("SELECT delete_contacts(ARRAY[1::bigint])")
          _ = try await (rebuild, deletion)
        } thenBeforeCommit: {
          let waits = try await eventually { try await bed.waiting() == 2 }
          #expect(waits)
        }
      }
      #expect(try await bed.rows() == [])
    }
  }

  @Test("Two changes of one contact, taken by two refreshes: the last one counts")
  func twoRefreshes() async throws {
    try await withOne(score: 100) { bed in
      // The explicit change of a second segment blocks the first one after its evaluation.
      try await bed.segment(2, points("gte", 100))
      try await bed.holding { transaction in
        try await SegmentMembership.add([1], to: 2, cause: .user, in: transaction)
      } against: {
        async let first: Void = bed.refresh()
        let waits = try await eventually { try await bed.waiting() == 1 }
        #expect(waits)
        try await bed.change([1], "points = 0", [.column("points")])
        async let second: Void = bed.refresh()
        _ = try await (first, second)
      } thenBeforeCommit: {
        let waits = try await eventually { try await bed.waiting() == 2 }
        #expect(waits)
      }
      #expect(try await bed.rows() == ["2 1 pinned"])
    }
  }

  @Test("Marks that one refresh is taking are left to it, others are not")
  func marksAreShared() async throws {
    try await withOne(score: 100) { bed in
      try await bed.change([20_000], "points = 0", [.column("points")])
      try await bed.pool.transaction { connection in
        // The oldest mark is held by this transaction.
        try await connection.query("SELECT id FROM contact_changes ORDER BY id LIMIT 1 FOR UPDATE")
        let round = try await bed.refresher.round()
        #expect(round.contacts == 1)
      }
      #expect(try await bed.members(1) == [])
      try await bed.refresh()
      #expect(try await bed.members(1) == [1])
    }
  }

  @Test("All concurrently: changes, explicit changes, refreshes, rebuilds, edits")
  func everything() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(60)
      try await bed.segment(1, points("gte", 50))
      try await bed.segment(2, members("in", 1), points("lt", 80))
      try await bed.segment(3, members("!in", 2))
      try await bed.working(workers: 2, concurrency: 3, waker: true) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for task in 0..<4 {
            group.addTask {
              for step in 0..<25 {
                let id = Int64((task * 17 + step * 7) % 60 + 1)
                switch step % 5 {
                case 0: try await bed.add([id], to: Int64(1 + step % 3))
                case 1: try await bed.remove([id], from: Int64(1 + step % 3))
                default:
                  try await bed.change(
                    [id, id % 60 + 1], "points = \((step * 37 + task * 11) % 100)::integer",
                    [.column("points")])
                }
              }
            }
          }
          group.addTask { for _ in 0..<3 { _ = try await bed.rebuiltAll() } }
          group.addTask {
            for bound in [30, 60, 45] as [Int64] {
              try await bed.jobs.transaction { transaction in
                try await transaction.query(
                  """
                  UPDATE segments SET filters_version = filters_version + 1,
                    filters = \(try JSON(JSONValue.array([points("gte", bound)])))
                  WHERE id = 1
                  """)
                try await SegmentRebuilds.request([1], in: transaction)
              }
            }
          }
          try await group.waitForAll()
        }
        let isQuiet = try await eventually(within: .seconds(30)) {
          try await bed.texts(
            """
            SELECT 'open' WHERE EXISTS (SELECT FROM contact_changes)
              OR EXISTS (SELECT FROM segments WHERE rebuilds_served < rebuilds_requested)
            """) == []
        }
        #expect(isQuiet)
        // Live membership equals a full rebuild.
        let all = try await bed.rebuiltAll()
        #expect(all.map(\.processed) == [0, 0, 0])
      }
      let wrong = try await bed.texts(
        """
        SELECT concat_ws(' ', c.id, c.points) FROM contacts c
          LEFT JOIN segment_members m ON m.contact_id = c.id AND m.segment_id = 1
        WHERE NOT coalesce(m.manually_added OR m.manually_removed, false)
          AND (c.points >= 45) <> (m.contact_id IS NOT NULL)
        """)
      #expect(wrong == [])
    }
  }
}

extension SegmentBed {
  /// The number of sessions that wait for a lock.
  func waiting() async throws -> Int {
    try await pool.query(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = ANY (\(Self.waitEvents))
      """
    ).first?.decode(at: 0) ?? 0
  }
}
