import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Segments

@Suite("The live refresh (SEG-77), without a queue") struct RefreshTests {
  @Test("A change moves a contact in and out; unchanged contacts are not evaluated")
  func follows() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(10)
      try await bed.segment(1, points("gte", 100))
      try await bed.change([3, 4], "points = 100", [.column("points")])
      // Not marked, unlike any change by the application.
      try await bed.pool.query("UPDATE contacts SET points = 100 WHERE id = 5")
      try await bed.refresh()
      #expect(try await bed.members(1) == [3, 4])
      try await bed.change([3], "points = 0", [.column("points")])
      try await bed.refresh()
      #expect(try await bed.members(1) == [4])
      #expect(try await bed.texts("SELECT id::text FROM contact_changes") == [])
    }
  }

  @Test("Only segments that read the change are evaluated; all for a new contact")
  func topics() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(200)
      try await bed.segment(1, points("gte", 0))
      try await bed.segment(2, filter("city", "=", "Rome"))
      // More than fit into a bundle, so that segments are selected individually.
      let ids = Array(Int64(1)...200)
      try await bed.change(ids, "city = 'Rome'", [.column("city")])
      try await bed.refresh()
      #expect(try await bed.members(1) == [])
      #expect(try await bed.members(2) == ids)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        try await ContactChanges.mark(ids, [.created], in: transaction)
      }
      try await bed.refresh()
      #expect(try await bed.members(1) == ids)
    }
  }

  @Test("SEG-80, SEG-83: segments that reference others follow in the same round, at any depth")
  func chains() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, points("gte", 100))
      for id in Int64(2)...8 { try await bed.segment(id, members("in", id - 1)) }
      try await bed.segment(9, members("!in", 8))
      try await bed.change([2], "points = 100", [.column("points")])
      let round = try await bed.refresher.round()
      #expect(round.contacts == 1)
      for id in Int64(1)...8 { #expect(try await bed.members(id) == [2]) }
      #expect(try await bed.members(9) == [])
      try await bed.change([2], "points = 0", [.column("points")])
      try await bed.refresh()
      #expect(try await bed.members(8) == [])
      #expect(try await bed.members(9) == [2])
    }
  }

  @Test("SEG-81, edge 6: explicit changes of a segment reach those that reference it")
  func explicitChanges() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1)
      try await bed.segment(2, members("in", 1))
      try await bed.segment(3, members("!in", 1))
      try await bed.add([1, 2], to: 1)
      try await bed.refresh()
      #expect(try await bed.members(2) == [1, 2])
      try await bed.remove([2], from: 1)
      try await bed.refresh()
      #expect(try await bed.members(2) == [1])
      #expect(try await bed.members(3) == [2])
    }
  }

  @Test("Membership of any segment follows each segment")
  func anySegment() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, filter("leadlist", "empty", .null, type: "leadlist"))
      try await bed.segment(2, points("gte", 100))
      try await bed.segment(3)
      try await bed.change([1], "points = 100", [.created])
      try await bed.add([2], to: 3)
      try await bed.refresh()
      #expect(try await bed.members(1) == [])
      try await bed.change([1], "points = 0", [.column("points")])
      try await bed.remove([2], from: 3)
      try await bed.refresh()
      #expect(try await bed.members(1) == [1, 2])
    }
  }

  @Test("SEG-93: an unpublished segment does not follow, until it is published and rebuilt")
  func unpublished() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, points("gte", 100), isPublished: false)
      try await bed.change([1], "points = 100", [.column("points")])
      try await bed.refresh()
      #expect(try await bed.members(1) == [])
      try await bed.pool.query("UPDATE segments SET is_published = true WHERE id = 1")
      try await bed.working { try await bed.rebuilt(1) }
      #expect(try await bed.members(1) == [1])
    }
  }

  @Test("SEG-87: an unpublished segment that another references counts as published")
  func unpublishedReference() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, points("gte", 100), isPublished: false)
      try await bed.segment(2, members("in", 1))
      try await bed.change([1], "points = 100", [.column("points")])
      try await bed.refresh()
      #expect(try await bed.members(2) == [1])
    }
  }

  @Test("SEG-68: visitors are members like others, unless a setting excludes them")
  func visitors() async throws {
    for excludes in [false, true] {
      try await SegmentBed.with(options: SegmentOptions(excludesVisitors: excludes)) { bed in
        try await bed.contacts(2)
        try await bed.segment(1, points("gte", 100))
        try await bed.pool.query("UPDATE contacts SET date_identified = NULL WHERE id = 2")
        try await bed.change([1, 2], "points = 100", [.column("points")])
        try await bed.refresh()
        #expect(try await bed.members(1) == (excludes ? [1] : [1, 2]))
        // A visitor's behavior is kept and counts once the visitor is identified.
        try await bed.change(
          [2], "date_identified = \(bed.now)", [.column("date_identified")])
        try await bed.refresh()
        #expect(try await bed.members(1) == [1, 2])
        try await bed.pool.query("UPDATE contacts SET date_identified = NULL WHERE id = 2")
        let rebuild = try await bed.working { try await bed.rebuilt(1) }
        #expect(rebuild?.removed == (excludes ? 1 : 0))
      }
    }
  }

  @Test("A segment that cannot be evaluated is recorded and left unchanged, the others follow")
  func failures() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, points("gte", 100))
      // An expression that the database refuses, possible only in old data.
      try await bed.segment(2, filter("firstname", "regexp", "(("))
      try await bed.segment(3, filter("nowhere", "=", "x"))
      try await bed.change([1], "points = 100, firstname = 'a'", [.created])
      try await bed.refresh()
      #expect(try await bed.members(1) == [1])
      let errors = try await bed.texts(
        "SELECT id || ' ' || build_error FROM segments WHERE build_error IS NOT NULL ORDER BY id")
      #expect(errors.count == 2)
      #expect(errors.first?.hasPrefix("2 ") == true && errors.last?.contains("nowhere") == true)
      // Once corrected, it is right after a rebuild, and follows again.
      try await bed.edit(2, filter("firstname", "regexp", "^b"))
      try await bed.change([1], "firstname = 'b'", [.column("firstname")])
      try await bed.refresh()
      try await bed.working { try await bed.rebuilt(2) }
      #expect(try await bed.members(2) == [1])
      try await bed.change([1], "firstname = 'c'", [.column("firstname")])
      try await bed.refresh()
      #expect(try await bed.members(2) == [])
    }
  }

  @Test("SEG-94: a deleted contact is gone from all segments, whatever marks remain")
  func deletedContacts() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, points("gte", 100))
      try await bed.change([1, 2], "points = 100", [.column("points")])
      try await bed.pool.query("SELECT delete_contacts(ARRAY[1::bigint])")
      try await bed.refresh()
      #expect(try await bed.rows() == ["1 2 filtered"])
    }
  }

  @Test("Relative dates mean the day on which the refresh runs")
  func calendar() async throws {
    let clock = MovableClock(at: SegmentBed.start)
    try await SegmentBed.with(clock: clock.clock) { bed in
      try await bed.contacts(1)
      try await bed.segment(1, filter("date_identified", "=", "today", type: "datetime"))
      func touch() async throws {
        try await bed.change(
          [1], "date_modified = \(bed.now)", [.column("date_identified")])
        try await bed.refresh()
      }
      try await touch()
      #expect(try await bed.members(1) == [1])
      clock.move(to: SegmentBed.start.addingTimeInterval(86_400))
      try await touch()
      #expect(try await bed.members(1) == [])
    }
  }

  @Test("A bounded number of contacts is taken at a time, whatever the shape of the marks")
  func rounds() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(40)
      try await bed.segment(1, points("gte", 0))
      for id in Int64(1)...20 {
        try await bed.change([id, id + 20], "points = 5", [.column("points")])
      }
      var refresher = bed.refresher
      refresher.roundSize = 10
      let sizes = [try await refresher.round().contacts, try await refresher.round().contacts]
      #expect(sizes == [10, 10])
      try await bed.refresh()
      #expect(try await bed.members(1).count == 40)
    }
  }
}
