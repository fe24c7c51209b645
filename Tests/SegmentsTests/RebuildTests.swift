import Foundation
import Postgres
import TestSupport
import Testing

@testable import Segments

/// Full rebuilds with real workers (segments.md 10).
@Suite struct RebuildTests {
  @Test(
    "SEG-100, edge 10: matches enter, former matches leave, a second rebuild changes nothing")
  func follows() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(10)
      try await bed.segment(1, points("gt", 4), points("lt", 8))
      try await bed.working {
        let first = try await bed.rebuilt(1)
        #expect(first?.state == .done)
        #expect(first?.added == 3 && first?.removed == 0 && first?.members == 3)
        #expect(try await bed.members(1) == [5, 6, 7])
        let second = try await bed.rebuilt(1)
        #expect(second?.processed == 0)
        try await bed.pool.query("UPDATE contacts SET points = points + 2")
        let third = try await bed.rebuilt(1)
        #expect(third?.added == 2 && third?.removed == 2)
        #expect(try await bed.members(1) == [3, 4, 5])
      }
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', sum(added), sum(removed)) FROM segment_days") == ["5 2"])
      #expect(
        try await bed.texts(
          """
          SELECT string_agg(CASE WHEN entered THEN '+' ELSE '-' END || contact_id, ' '
            ORDER BY contact_id, id) FROM segment_history WHERE cause = 1
          """) == ["+3 +4 +5 +6 -6 +7 -7"])
    }
  }

  @Test("SEG-70: published segments only, one, all, or all but some; others are unaffected")
  func choice() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      for id in Int64(1)...3 { try await bed.segment(id, points("gte", 0)) }
      try await bed.segment(4, points("gte", 0), isPublished: false)
      try await bed.working {
        // 99 does not exist, 4 is not published: nothing is requested.
        #expect(try await bed.request(99, 4).isEmpty)
        #expect(try await bed.request(1, 99).map(\.segment) == [1])
        let rest = try await bed.rebuiltAll(except: [2])
        #expect(rest.map(\.segment).sorted() == [1, 3])
        #expect(try await bed.members(2) == [])
        let all = try await bed.rebuiltAll()
        #expect(all.map(\.segment).sorted() == [1, 2, 3])
      }
      #expect(try await bed.members(2) == [1, 2])
      #expect(try await bed.members(4) == [])
    }
  }

  @Test("SEG-71, edges 4 and 5: without filters no contact enters, pinned stay, filtered leave")
  func staticSegments() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, points("gte", 2))
      try await bed.working {
        try await bed.rebuilt(1)
        try await bed.add([1], to: 1)
        #expect(try await bed.members(1) == [1, 2, 3])
        try await bed.edit(1)
        let rebuild = try await bed.rebuilt(1)
        #expect(rebuild?.removed == 2)
        #expect(try await bed.rows() == ["1 1 pinned"])
        #expect(try await bed.rebuilt(1)?.processed == 0)
      }
    }
  }

  @Test("SEG-72, SEG-73: a limited rebuild processes no more, and does not count as complete")
  func limits() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(10)
      try await bed.segment(1, points("gte", 1))
      func built() async throws -> [String] {
        try await bed.texts("SELECT 'built' FROM segments WHERE last_build_seconds IS NOT NULL")
      }
      try await bed.working(concurrency: 4) { () async throws -> Void in
        #expect(try await bed.rebuilt(1, limit: 4)?.processed == 4)
        #expect(try await bed.rebuilt(1, limit: 4)?.processed == 4)
        #expect(try await built() == [])
        #expect(try await bed.rebuilt(1)?.processed == 2)
        #expect(try await built() == ["built"])
      }
    }
  }

  @Test("SEG-74: contacts created after the start are left for the next one")
  func laterContacts() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, points("gte", 1))
      let requests = try await bed.request(1)
      try await bed.working {
        try await bed.holdingContacts {
          for request in requests { _ = try await SegmentRebuilds.wait(for: request, on: bed.pool) }
        } thenBeforeCommit: {
          try await bed.contacts(2, from: 4)
        }
        #expect(try await bed.members(1) == [1, 2, 3])
        #expect(try await bed.rebuilt(1)?.added == 2)
      }
    }
  }

  @Test("SEG-75: a request that is queued already is not queued twice, one at a time runs")
  func oneAtATime() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, points("gte", 1))
      let first = try await bed.request(1)
      let second = try await bed.request(1)
      #expect(
        try await bed.texts("SELECT name FROM jobs ORDER BY name") == ["segment.rebuild"])
      try await bed.working(concurrency: 4) { () async throws -> Void in
        try await bed.holdingContacts {
          for request in first + second {
            _ = try await SegmentRebuilds.wait(for: request, on: bed.pool)
          }
        } thenBeforeCommit: {
          // While one runs, a single further one waits, however many are requested.
          for _ in 0..<3 { _ = try await bed.request(1) }
          let isTaken = try await eventually {
            try await bed.texts("SELECT name FROM jobs WHERE name = 'segment.rebuild'") == []
          }
          #expect(isTaken)
          #expect(
            try await bed.texts("SELECT state::text FROM segment_rebuilds") == ["1"])
        }
        let isServed = try await eventually {
          try await bed.texts(
            "SELECT 'open' FROM segments WHERE rebuilds_served < rebuilds_requested") == []
        }
        #expect(isServed)
      }
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', state, request) FROM segment_rebuilds ORDER BY id")
          == ["2 2", "2 5"])
    }
  }

  @Test("SEG-76: the result does not depend on ranges or workers", arguments: [1, 3])
  func ranges(workers: Int) async throws {
    try await SegmentBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, date_added, points)
        SELECT n * 977, \(SegmentBed.start), n % 7 FROM generate_series(1, 400) AS n
        """)
      try await bed.segment(1, points("lt", 3))
      let rebuild = try await bed.working(workers: workers) { try await bed.rebuilt(1) }
      #expect(rebuild?.added == 172)
      #expect(
        try await bed.members(1)
          == (1...400).filter { $0 % 7 < 3 }.map { Int64($0 * 977) })
      #expect(
        try await bed.texts("SELECT concat_ws(' ', ranges, ranges_done) FROM segment_rebuilds")
          == ["12 12"])
    }
  }

  @Test(
    "SEG-80, SEG-82: alone, a segment inlines referenced filters; in a run those come first"
  )
  func references() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(6)
      try await bed.segment(1, members("in", 2), points("lt", 6))
      try await bed.segment(2, members("in", 3), points("gt", 2))
      try await bed.segment(3, points("gt", 1))
      try await bed.add([1], to: 3)
      try await bed.segment(5, members("!in", 3))
      try await bed.working {
        // Segments 2 and 3 have only manual changes stored, before and after.
        try await bed.rebuilt(1)
        #expect(try await bed.members(1) == [3, 4, 5])
        #expect(try await bed.members(2) == [])
        try await bed.rebuilt(5)
        #expect(try await bed.members(5) == [])
        let all = try await bed.rebuiltAll()
        #expect(all.map(\.segment) == [3, 2, 5, 1])
        #expect(try await bed.members(2) == [3, 4, 5, 6])
        // A contact that leaves the first segment leaves those that reference it in the same run.
        try await bed.pool.query("UPDATE contacts SET points = 1 WHERE id = 4")
        try await bed.rebuiltAll()
        #expect(try await bed.members(1) == [3, 5])
        #expect(try await bed.members(5) == [4])
      }
    }
  }

  @Test(
    "SEG-49: a segment that tests any segment does not count, nor do those that reference it")
  func anySegment() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, filter("leadlist", "empty", .null, type: "leadlist"))
      try await bed.segment(2, members("in", 1))
      try await bed.segment(3, points("gte", 2))
      try await bed.working {
        try await bed.rebuiltAll()
        #expect(try await bed.rows() == ["1 1 filtered", "2 1 filtered", "3 2 filtered"])
        for id in Int64(1)...3 { #expect(try await bed.rebuilt(id)?.processed == 0) }
      }
    }
  }

  @Test("A segment that starts to test any segment no longer counts for others that do")
  func comesToAsk() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      let asks = filter("leadlist", "empty", .null, type: "leadlist")
      try await bed.segment(1, asks)
      try await bed.segment(2, points("gte", 2))
      try await bed.working {
        try await bed.rebuiltAll()
        #expect(try await bed.members(1) == [1])
        // Contact 2 stays in segment 2, by another filter.
        try await bed.edit(2, asks, filter("leadlist", "empty", glue: "or"), points("gte", 2))
        try await bed.rebuilt(2)
        try await bed.settle()
        try await bed.refresh()
        #expect(try await bed.members(1) == [1, 2])
        try await bed.edit(2, points("gte", 2))
        try await bed.rebuilt(2)
        try await bed.settle()
        try await bed.refresh()
        #expect(try await bed.members(1) == [1])
      }
    }
  }

  @Test("SEG-82: contacts that a rebuild moves are evaluated by segments that reference it")
  func marksDependents() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, points("gte", 2))
      try await bed.segment(2, members("in", 1))
      try await bed.working { try await bed.rebuilt(1) }
      try await bed.refresh()
      #expect(try await bed.members(2) == [2, 3])
    }
  }

  @Test("SEG-85: a cycle fails with its reason and changes nothing, others continue")
  func circles() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, members("in", 2))
      try await bed.segment(2, members("in", 1))
      try await bed.segment(3, points("gte", 0))
      try await bed.add([1], to: 1)
      try await bed.working {
        let all = try await bed.rebuiltAll()
        #expect(all.filter { $0.segment == 3 }.map(\.state) == [.done])
        for one in all where one.segment != 3 {
          #expect(one.state == .failed && one.error?.contains("circular reference") == true)
        }
        #expect(try await bed.rebuilt(1)?.state == .failed)
      }
      #expect(try await bed.rows() == ["1 1 pinned", "3 1 filtered", "3 2 filtered"])
    }
  }

  @Test("SEG-86, SEG-73: a missing field is reported, members stay, and no rebuild counts")
  func missing() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, points("gte", 0))
      try await bed.segment(2, points("gte", 0))
      try await bed.working {
        try await bed.rebuiltAll()
        let before = try await bed.texts("SELECT last_built_at::text FROM segments ORDER BY id")
        try await bed.edit(1, filter("gone", "=", "x"))
        try await bed.edit(2, members("!in", 77))
        for one in try await bed.rebuiltAll() { #expect(one.state == .failed) }
        #expect(try await bed.members(1) == [1, 2])
        #expect(try await bed.members(2) == [1, 2])
        let errors = try await bed.texts("SELECT build_error FROM segments ORDER BY id")
        #expect(errors[0].contains("gone") && errors[1].contains("77"))
        #expect(
          try await bed.texts("SELECT last_built_at::text FROM segments ORDER BY id") == before)
      }
    }
  }

  @Test("Segments.md 11: a pattern that runs too long fails its rebuild, the members stay")
  func failingRange() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, points("gte", 0))
      try await bed.working {
        try await bed.rebuilt(1)
        try await bed.edit(1, filter("firstname", "regexp", "(("))
        try await bed.pool.query("UPDATE contacts SET firstname = 'a'")
        let failed = try await bed.rebuilt(1)
        #expect(failed?.state == .failed && failed?.error != nil)
        #expect(try await bed.members(1) == [1, 2])
        try await bed.edit(1, filter("firstname", "regexp", "b"))
        #expect(try await bed.rebuilt(1)?.removed == 2)
        #expect(
          try await bed.texts("SELECT 'error' FROM segments WHERE build_error IS NOT NULL") == [])
      }
    }
  }

  @Test("Edge 9: a rebuild that spans midnight uses the day on which it started")
  func midnight() async throws {
    let clock = MovableClock(at: SegmentBed.start)
    try await SegmentBed.with(clock: clock.clock) { bed in
      try await bed.contacts(2)
      try await bed.segment(1, filter("date_identified", "=", "today", type: "datetime"))
      let requests = try await bed.request(1)
      try await bed.working {
        try await bed.holdingContacts {
          for request in requests { _ = try await SegmentRebuilds.wait(for: request, on: bed.pool) }
        } thenBeforeCommit: {
          clock.move(to: SegmentBed.start.addingTimeInterval(86_400))
        }
      }
      // The next one is due at the midnight after the day it was evaluated for, which has passed already.
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws(' ', added, next_change AT TIME ZONE 'UTC') FROM segment_rebuilds
          ORDER BY id LIMIT 1
          """) == ["2 2023-11-16 00:00:00"])
    }
  }
}
