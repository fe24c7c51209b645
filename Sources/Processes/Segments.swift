import Campaigns
package import Fields
import Forms
import Mail
import Points
import Runtime
package import Segments

extension Backends {
  /// Creates and changes segments.
  package func segmentEditor(fields: FieldStore) -> SegmentEditor {
    SegmentEditor(
      jobs: jobs, fields: fields, registry: Registries.filters,
      uses: [.campaigns, .campaignEvents, .emails, .forms, .pointTriggers]
    ) {
      try await segmentOptions()
    }
  }

  /// The limits past which a segment's rebuilds get a warning (SEG-78).
  /// - Throws: The database's error.
  package func segmentWarnings() async throws -> SegmentWarnings {
    SegmentWarnings(
      staleHours: try await settings.value(.segmentStaleHours),
      slowSeconds: try await settings.value(.segmentSlowSeconds))
  }

  /// The definitions of segments, for the code that maintains members.
  func segmentSets() -> SegmentSetCache {
    SegmentSetCache(fields: FieldStore(pool: postgres), registry: Registries.filters) {
      try await segmentOptions()
    }
  }

  /// The operator's settings for the evaluation of filters.
  private func segmentOptions() async throws -> SegmentOptions {
    SegmentOptions(
      timeZone: try await settings.value(.timeZone),
      excludesVisitors: try await settings.value(.segmentsExcludeVisitors),
      sweepMinutes: try await settings.value(.segmentRebuildInterval))
  }
}
