public import Contacts
import Foundation
import Runtime
public import Segments

extension Backends {
  /// What makes and changes segments.
  public func segmentEditor(fields: FieldStore) -> SegmentEditor {
    SegmentEditor(jobs: jobs, fields: fields) { try await settings.value(.timeZone) }
  }

  /// From when on a segment's rebuilds are worth a warning (SEG-78).
  /// - Throws: The database's error.
  public func segmentWarnings() async throws -> SegmentWarnings {
    SegmentWarnings(
      staleHours: try await settings.value(.segmentStaleHours),
      slowSeconds: try await settings.value(.segmentSlowSeconds))
  }
}
