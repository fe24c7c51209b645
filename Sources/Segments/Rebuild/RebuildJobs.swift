import Foundation
import JobQueue
import Postgres
import Primitives

/// Begins the rebuild of a segment: freezes its inputs and enqueues its ranges.
struct RebuildSegment: DurableJob {
  static let name = "segment.rebuild"
  static let queue = SegmentJobs.rebuildQueue
  static let options = JobOptions(keep: .seconds(3 * 86_400))

  let segment: Int64
  /// Whether the filters of referenced segments are evaluated, instead of using their stored
  /// members (SEG-82).
  var inlinesReferences = true
  /// The maximum number of contacts to add and remove together (SEG-72).
  var limit: Int?

  private enum CodingKeys: String, CodingKey {
    case segment
    case inlinesReferences = "takesIn"
    case limit
  }

  /// Allows one waiting rebuild per segment (SEG-75).
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
  /// Returns the options of a rebuild's jobs. Each segment is a group of its own, so that a rebuild of few
  /// contacts does not wait for one of many.
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

/// Begins the first level of rebuilds of many segments, referenced segments first (SEG-82).
struct RunRebuilds: DurableJob {
  static let name = "segment.run"
  static let queue = SegmentJobs.rebuildQueue
  static let options = JobOptions(keep: .seconds(3 * 86_400))

  let run: Int64
}

/// Requests a rebuild at the instant at which filters on the calendar can change members.
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

  /// The unique key: one job waits for each instant.
  var key: String { "\(segment)@\(instant)" }

  var options: EnqueueOptions {
    EnqueueOptions(
      runAt: Date(timeIntervalSince1970: Double(instant) / 1000),
      uniqueKey: key, object: JobSubject(type: "segment", id: segment))
  }
}

/// Looks for segments that need a rebuild without any event to trigger it, and for rebuilds without
/// jobs.
struct SweepSegments: DurableJob {
  static let name = "segment.sweep"
  static let queue = SegmentJobs.rebuildQueue

  /// The minute it belongs to, in seconds since 1970.
  let slot: Int64
}

extension RebuildDueSegment {
  func handle(_ context: JobContext) async throws {
    try await context.complete { transaction in
      // Another rebuild has changed the due time meanwhile.
      let due = try await RebuildStore.lockDueInstant(of: segment, on: transaction.connection)
      guard due == instant else { return }
      try await SegmentRebuilds.request([segment], in: transaction)
    }
  }
}
