import Foundation
package import JobQueue
import Postgres

extension SegmentEditor {
  /// Requests a full rebuild of a segment.
  ///
  /// - Returns: Its job, which may already have been waiting (SEG-75); nil for a segment that is missing or
  ///   not published (SEG-70).
  package func rebuild(_ id: Int64, by actor: SegmentActor) async throws -> JobStatus? {
    let requests = try await jobs.transaction { transaction in
      try await SegmentRebuilds.request([id], by: actor.id, in: transaction)
    }
    guard !requests.isEmpty else { return nil }
    return try await jobs.jobs(
      JobFilter(name: RebuildSegment.name, objectType: "segment", objectID: id, limit: 1)
    ).first
  }
}
