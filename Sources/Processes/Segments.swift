import Campaigns
package import Contacts
import Mail
import Points
import Runtime
package import Segments

extension Backends {
  /// What makes and changes segments.
  package func segmentEditor(fields: FieldStore) -> SegmentEditor {
    SegmentEditor(jobs: jobs, fields: fields, registry: Self.filters, uses: [.campaigns]) {
      try await segmentOptions()
    }
  }

  /// What filters may read beside fields.
  static var filters: FilterRegistry {
    var registry = FilterRegistry.contacts
    registry.addPoints()
    registry.addMail()
    registry.addCampaigns()
    return registry
  }

  /// From when on a segment's rebuilds are worth a warning (SEG-78).
  /// - Throws: The database's error.
  package func segmentWarnings() async throws -> SegmentWarnings {
    SegmentWarnings(
      staleHours: try await settings.value(.segmentStaleHours),
      slowSeconds: try await settings.value(.segmentSlowSeconds))
  }

  /// The definitions of segments, for those that keep members right.
  func segmentSets() -> SegmentSetCache {
    SegmentSetCache(fields: FieldStore(pool: postgres), registry: Self.filters) {
      try await segmentOptions()
    }
  }

  /// How filters are evaluated, as `martlet settings` says.
  private func segmentOptions() async throws -> SegmentOptions {
    SegmentOptions(
      timeZone: try await settings.value(.timeZone),
      excludesVisitors: try await settings.value(.segmentsExcludeVisitors),
      sweepMinutes: try await settings.value(.segmentRebuildInterval))
  }
}
