import Contacts
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Segments

/// Data of one contact among many that make the refresh fail.
@Suite("CAM-307: one changed contact of many that makes the refresh fail")
struct IsolationTests {
  @Test("is left out, and the others follow")
  func refreshes() async throws {
    try await SegmentBed.with { bed in
      try await bed.segment(1, points("gte", 50))
      try await bed.pool.refuse(on: "segment_members", where: "NEW.contact_id = 377")
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, date_added, points)
        SELECT n, \(SegmentBed.start), 60 FROM generate_series(1, 1000) AS n
        """)
      try await bed.jobs.transaction { transaction in
        try await ContactChanges.mark(
          (1...1_000).map(Int64.init), [.column("points")], in: transaction)
      }
      while try await bed.refresher.round().contacts > 0 {}
      let members = try await bed.pool.query(
        "SELECT count(*), count(*) FILTER (WHERE contact_id = 377) FROM segment_members")
      let (all, refused) = try members[0].decode(Int.self, Int.self)
      #expect(all == 999 && refused == 0)
      // The segment is not to blame.
      #expect(
        try await bed.pool.query("SELECT FROM segments WHERE build_error IS NOT NULL").isEmpty)
    }
  }
}
