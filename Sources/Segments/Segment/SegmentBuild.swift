package import Foundation

/// The result of the last full rebuild of a segment.
package struct SegmentBuild: Sendable, Equatable {
  /// The end of the last complete rebuild; for a new segment its creation (SEG-73).
  package var lastBuiltAt: Date?
  /// Whether the current filters have been built; a new static segment needs no build.
  package var isCurrent: Bool
  /// The duration of that rebuild in seconds; nil before the first.
  package var lastSeconds: Double?
  /// The next instant at which filters on the calendar can change the members.
  package var dueAt: Date?
  /// The reason why the last rebuild failed, or none can run (SEG-86); nil without a failure.
  package var error: String?
}

/// The thresholds for warnings about builds (SEG-78).
package struct SegmentWarnings: Sendable, Equatable {
  /// The number of hours that a rebuild may be overdue.
  package var staleHours: Int
  /// The number of seconds that a rebuild may take.
  package var slowSeconds: Int

  /// Creates thresholds; the product's defaults without arguments.
  package init(staleHours: Int = 30, slowSeconds: Int = 30) {
    self.staleHours = staleHours
    self.slowSeconds = slowSeconds
  }

  /// Whether a segment has needed a rebuild for too long. One that the live refresh keeps correct needs
  /// none, however old its last one is. Unpublished segments are never flagged.
  package func isStale(_ segment: Segment, now: Date) -> Bool {
    guard segment.isPublished else { return false }
    let build = segment.build
    let isBehind = build.error != nil || !build.isCurrent
    guard let since = isBehind ? build.lastBuiltAt ?? .distantPast : build.dueAt else {
      return false
    }
    return now.timeIntervalSince(since) > Double(staleHours) * 3600
  }

  /// Whether the last rebuild took too long. Unpublished segments are never flagged.
  package func isSlow(_ segment: Segment) -> Bool {
    segment.isPublished && (segment.build.lastSeconds ?? 0) > Double(slowSeconds)
  }
}
