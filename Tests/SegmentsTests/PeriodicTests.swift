import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Segments

/// Periodic work: due rebuilds, checks for marks and for segments that need a rebuild.
@Suite struct PeriodicTests {
  /// Runs a scheduler beside workers.
  private func scheduling(
    _ bed: SegmentBed, _ body: () async throws -> Void
  ) async throws {
    let scheduler = Scheduler(client: bed.jobs, logger: .silent)
    let task = Task { try await scheduler.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await bed.working { try await body() }) } catch {
      result = .failure(error)
    }
    task.cancel()
    do { try await task.value } catch is CancellationError {}
    try result.get()
  }

  /// Runs the sweep of a minute and the jobs that it enqueues.
  private func sweep(_ bed: SegmentBed, minute: Int64 = 0) async throws {
    try await bed.jobs.enqueue(SweepSegments(slot: minute * 60))
    let isDone = try await eventually {
      try await bed.texts(
        """
        SELECT name FROM jobs WHERE state = 0 AND name <> 'segment.due'
        UNION ALL SELECT 'run' FROM segment_runs WHERE ended_at IS NULL
        """) == []
    }
    #expect(isDone)
  }

  @Test("A segment on “today” is rebuilt when the day ends, not by polling")
  func due() async throws {
    let clock = MovableClock(at: SegmentBed.start)
    try await SegmentBed.with(clock: clock.clock) { bed in
      try await bed.contacts(2)
      try await bed.segment(1, filter("date_identified", "=", "today", type: "datetime"))
      try await scheduling(bed) {
        try await bed.rebuilt(1)
        #expect(try await bed.members(1) == [1, 2])
        #expect(try await bed.texts("SELECT name FROM jobs") == ["segment.due"])
        clock.move(to: SegmentBed.start.addingTimeInterval(14 * 3600 + 1))
        let isEmpty = try await eventually { try await bed.members(1) == [] }
        #expect(isEmpty)
        // And again the next day.
        let isDue = try await eventually {
          try await bed.texts("SELECT name FROM jobs") == ["segment.due"]
        }
        #expect(isDue)
      }
    }
  }

  @Test("A due rebuild does nothing if another one has run since")
  func overtaken() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, points("gte", 0))
      try await bed.jobs.enqueue(RebuildDueSegment(segment: 1, at: bed.now))
      try await bed.working {
        let isDone = try await eventually { try await bed.texts("SELECT name FROM jobs") == [] }
        #expect(isDone)
      }
      #expect(try await bed.texts("SELECT 'rebuild' FROM segment_rebuilds") == [])
    }
  }

  @Test("The sweep finds segments that were never built, failed, are due, or lost their job")
  func sweeps() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      for id in Int64(1)...4 { try await bed.segment(id, points("gte", 0)) }
      try await bed.working {
        try await sweep(bed)
        for id in Int64(1)...4 { #expect(try await bed.members(id) == [1, 2]) }
        try await bed.pool.query("DELETE FROM segment_rebuilds")
        // Within the interval, or with nothing to do, nothing happens.
        try await bed.pool.query("UPDATE segments SET build_error = 'some' WHERE id = 3")
        try await sweep(bed, minute: 14)
        #expect(try await bed.texts("SELECT 'rebuild' FROM segment_rebuilds") == [])
        try await bed.pool.query("UPDATE segments SET build_error = NULL WHERE id = 3")
        try await sweep(bed, minute: 15)
        #expect(try await bed.texts("SELECT 'rebuild' FROM segment_rebuilds") == [])
        try await bed.pool.query("UPDATE segments SET rebuild_at = \(bed.now) WHERE id = 2")
        try await bed.pool.query("UPDATE segments SET build_error = 'some' WHERE id = 3")
        try await bed.pool.query("UPDATE segments SET rebuilds_requested = 9 WHERE id = 4")
        // Nothing swept in its minute, the 30th: the next sweep makes up for it.
        try await sweep(bed, minute: 31)
        #expect(
          try await bed.texts("SELECT segment_id::text FROM segment_rebuilds ORDER BY segment_id")
            == ["2", "3", "4"])
      }
    }
  }

  @Test("The sweep rebuilds segments built under other options, such as another time zone")
  func options() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, points("gte", 0))
      try await bed.working { try await sweep(bed) }
      let vienna = try #require(TimeZone(identifier: "Europe/Vienna"))
      let moved = SegmentBed(
        pool: bed.pool, redis: bed.redis, jobs: bed.jobs,
        cache: SegmentSetCache(fields: bed.cache.fields) { SegmentOptions(timeZone: vienna) })
      try await moved.working { try await sweep(moved, minute: 15) }
      #expect(
        try await bed.texts("SELECT time_zone FROM segment_rebuilds ORDER BY id")
          == ["GMT", "Europe/Vienna"])
    }
  }

  @Test("The sweep ends a rebuild whose jobs are gone and repeats it")
  func abandoned() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, points("gte", 0))
      try await bed.pool.query(
        """
        INSERT INTO segment_rebuilds (segment_id, request, state, filters_version, definitions,
          takes_in, time_zone, excludes_visitors, instant, last_contact, ranges, started_at)
        VALUES (1, 0, 1, 1, '{}', true, 'GMT', false, \(SegmentBed.start), 2, 1, \(SegmentBed.start))
        """)
      try await bed.working { try await sweep(bed) }
      #expect(
        try await bed.texts("SELECT state::text FROM segment_rebuilds ORDER BY id") == ["3", "2"])
      #expect(try await bed.members(1) == [1, 2])
    }
  }

  @Test("The sweep leaves segments of a pending run to it, however long it waits")
  func waitingRun() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      for id in Int64(1)...2 { try await bed.segment(id, points("gte", 0)) }
      // A run that has not begun, with its job; and one whose job was purged.
      try await bed.pool.query(
        """
        INSERT INTO segment_runs (only_segments, started_at)
        VALUES ('{1}', \(SegmentBed.start)), ('{2}', \(SegmentBed.start))
        """)
      try await bed.pool.query(
        """
        INSERT INTO jobs (id, queue, name, version, payload, max_attempts, object_type, object_id,
          created_at)
        VALUES (gen_random_uuid(), 'elsewhere', 'segment.run', 1, '{}', 1, 'segment_run', 1,
          \(SegmentBed.start))
        """)
      let runs: SQL = """
        SELECT concat_ws(' ', only_segments::text, CASE WHEN ended_at IS NULL THEN 'open' END)
        FROM segment_runs ORDER BY id
        """
      try await bed.working {
        for minute: Int64 in [0, 15] {
          try await bed.jobs.enqueue(SweepSegments(slot: minute * 60))
          let isDone = try await eventually {
            try await bed.texts("SELECT name FROM jobs") == ["segment.run"]
          }
          #expect(isDone)
          #expect(try await bed.texts(runs) == ["{1} open", "{2}", "{2}"])
        }
        #expect(try await bed.members(2) == [1])
        try await bed.pool.query("DELETE FROM jobs")
        try await sweep(bed, minute: 30)
        #expect(try await bed.texts(runs) == ["{1}", "{2}", "{2}", "{1}"])
        #expect(try await bed.members(1) == [1])
      }
    }
  }

  @Test("A run continues when a segment that it waits for is deleted")
  func deletedInRun() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, points("gte", 0))
      try await bed.segment(2, members("in", 1))
      let run = try await bed.jobs.transaction(at: bed.now) { transaction in
        try await SegmentRebuilds.requestAll(in: transaction)
      }
      try await bed.working {
        try await bed.holdingContacts {
          let isDone = try await eventually {
            try await bed.texts("SELECT 'open' FROM segment_runs WHERE ended_at IS NULL") == []
          }
          #expect(isDone)
        } thenBeforeCommit: {
          try await bed.pool.query("DELETE FROM segments WHERE id = 1")
        }
      }
      #expect(
        try await SegmentRebuilds.run(run, on: bed.pool).map(\.state) == [.outdated, .failed])
    }
  }

  @Test("SEG-77: a change in this process reaches its segments without polling")
  func wakes() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(50)
      try await bed.segment(1, points("gte", 1000))
      try await bed.working(waker: true) {
        for id in Int64(1)...50 {
          try await bed.change([id], "points = 1000", [.column("points")])
        }
        let areIn = try await eventually { try await bed.members(1).count == 50 }
        #expect(areIn)
      }
    }
  }

  @Test("Marks without a refresh are found by polling, as after Redis was flushed")
  func looks() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, points("gte", 1000))
      try await bed.jobs.transaction(at: bed.now.addingTimeInterval(-2)) { transaction in
        try await transaction.query("UPDATE contacts SET points = 1000 WHERE id = 1")
        try await ContactChanges.mark([1], [.column("points")], in: transaction)
      }
      try await bed.working {
        try await bed.jobs.enqueue(ReconcileChanges())
        let isIn = try await eventually { try await bed.members(1) == [1] }
        #expect(isIn)
      }
    }
  }

  @Test("Refreshes beyond the limit of a process leave their work to the running ones")
  func gate() async throws {
    let gate = RefreshGate(limit: 1)
    let (entered, release) = (Latch(), Latch())
    let runs = Diary()
    let first = Task {
      try await gate.run {
        runs.add()
        entered.open()
        await release.pass()
        return false
      }
    }
    await entered.pass()
    try await gate.run { fatalError("two at once") }
    release.open()
    try await first.value
    // Once for itself, and once for the one that was turned away.
    #expect(runs.count == 2)
    try await gate.run {
      runs.add()
      return false
    }
    #expect(runs.count == 3)
  }
}
