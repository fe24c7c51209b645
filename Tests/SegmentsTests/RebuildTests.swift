import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Segments

/// Full rebuilds with real workers (segments.md 10).
@Suite struct RebuildTests {
  @Test("SEG-100, edge 10: matches enter, what matches no more leaves, twice in a row changes nothing")
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
}
