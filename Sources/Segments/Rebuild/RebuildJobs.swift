import Foundation
import JobQueue
import Postgres
import Primitives

/// Begins the rebuild of a segment: freezes what it goes by and enqueues its ranges.
struct RebuildSegment: DurableJob {
  static let name = "segment.rebuild"
  static let queue = SegmentJobs.rebuildQueue
  static let options = JobOptions(keep: .seconds(3 * 86_400))

  let segment: Int64
  /// Whether the filters of segments it refers to are evaluated, or their members taken as they are
  /// stored (SEG-82).
  var inlinesReferences = true
  /// The most contacts to add and remove together (SEG-72).
  var limit: Int?

  private enum CodingKeys: String, CodingKey {
    case segment
    case inlinesReferences = "takesIn"
    case limit
  }

  /// One rebuild of a segment waits at a time (SEG-75).
  func options(createdBy: Int64? = nil) -> EnqueueOptions {
    EnqueueOptions(
      uniqueKey: "\(segment)", object: JobSubject(type: "segment", id: segment),
      createdBy: createdBy)
  }
}

/// Compares the contacts of a range of ids with the filters, and writes the differences (SEG-76).
struct RebuildRange: DurableJob {
  static let name = "segment.range"
  static let queue = SegmentJobs.rebuildQueue

  let rebuild: Int64
  let first: Int64
  let last: Int64
}

extension EnqueueOptions {
  /// Options of the jobs of a rebuild. Each segment is a lane of its own, so that a rebuild of few contacts
  /// does not wait for one of many.
  static func of(rebuild: Int64, segment: Int64) -> EnqueueOptions {
    EnqueueOptions(
      group: "segment:\(segment)", object: JobSubject(type: "segment_rebuild", id: rebuild))
  }
}

/// Ends a rebuild whose ranges have ended.
struct FinishRebuild: DurableJob {
  static let name = "segment.finish"
  static let queue = SegmentJobs.rebuildQueue

  let rebuild: Int64
}

/// Rebuilds many segments, those that others refer to first (SEG-82): begins the first level.
struct RunRebuilds: DurableJob {
  static let name = "segment.run"
  static let queue = SegmentJobs.rebuildQueue
  static let options = JobOptions(keep: .seconds(3 * 86_400))

  let run: Int64
}

/// The instant has come at which filters that look at the calendar give other members.
struct RebuildDueSegment: DurableJob {
  static let name = "segment.due"
  static let queue = SegmentJobs.rebuildQueue

  let segment: Int64
  /// Milliseconds since 1970, as the segment had it when the job was enqueued.
  let instant: Int64

  init(segment: Int64, at date: Date) {
    self.segment = segment
    instant = Int64(saturating: (date.timeIntervalSince1970 * 1000).rounded())
  }

  /// One waits for each instant.
  var key: String { "\(segment)@\(instant)" }

  var options: EnqueueOptions {
    EnqueueOptions(
      runAt: Date(timeIntervalSince1970: Double(instant) / 1000),
      uniqueKey: key, object: JobSubject(type: "segment", id: segment))
  }
}

/// Looks for segments that need a rebuild which no event brings about, and for rebuilds that nothing
/// drives any more.
struct SweepSegments: DurableJob {
  static let name = "segment.sweep"
  static let queue = SegmentJobs.rebuildQueue

  /// Seconds since 1970 of the minute it belongs to.
  let slot: Int64
}

extension RebuildDueSegment {
  func handle(_ context: JobContext) async throws {
    try await context.complete { transaction in
      // After another rebuild it is due at another time.
      let due = try await RebuildStore.lockDueInstant(of: segment, on: transaction.connection)
      guard due == instant else { return }
      try await SegmentRebuilds.request([segment], in: transaction)
    }
  }
}
