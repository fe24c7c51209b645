import Foundation
import Testing

@testable import Segments

@Suite("Flags of segments that need attention (SEG-78)")
struct SegmentWarningsTests {
  @Test("Overdue after 30 hours, slow after 30 seconds; never while unpublished")
  func flags() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let made = try await bed.make("News", [textFilter("city", "=", .string("Oslo"))])
      let (now, warnings) = (bed.jobs.clock.now, SegmentWarnings())
      func later(_ hours: Double) -> Date { now.addingTimeInterval(hours * 3600) }
      // SEG-73: a new one is flagged only when its first rebuild does not come.
      #expect(!warnings.isStale(made, now: later(29)))
      #expect(warnings.isStale(made, now: later(31)))
      var built = made
      built.build.isCurrent = true
      built.build.lastSeconds = 12
      #expect(!warnings.isStale(built, now: later(1000)) && !warnings.isSlow(built))
      // A rebuild due to the calendar, or after a failure, is overdue from its time on.
      built.build.dueAt = later(10)
      #expect(!warnings.isStale(built, now: later(39)) && warnings.isStale(built, now: later(41)))
      built.build.dueAt = nil
      built.build.error = "the field “shoe” does not exist"
      #expect(!warnings.isStale(built, now: later(29)) && warnings.isStale(built, now: later(31)))
      built.build.lastSeconds = 31
      #expect(warnings.isSlow(built))
      built.isPublished = false
      #expect(!warnings.isStale(built, now: later(1000)) && !warnings.isSlow(built))
    }
  }
}
