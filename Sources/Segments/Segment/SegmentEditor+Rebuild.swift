import Foundation
package import JobQueue
import Postgres

extension SegmentEditor {
  /// Asks for a full rebuild of a segment.
  ///
  /// - Returns: Its job: the one that waits already where there is one (SEG-75); nil for a segment that does
  ///   not exist or is not published (SEG-70).
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
