package import Foundation

/// How the last full rebuild of a segment went.
package struct SegmentBuild: Sendable, Equatable {
  /// When the last complete rebuild ended; of a new segment its creation (SEG-73).
  package var lastBuiltAt: Date?
  /// Whether the members are those of the filters as they are now, or become so by hand alone.
  package var isCurrent: Bool
  /// How many seconds that took; nil before the first.
  package var lastSeconds: Double?
  /// When filters that look at the calendar can next give other members.
  package var dueAt: Date?
  /// Why the last rebuild failed, or why there can be none (SEG-86); nil when all is well.
  package var error: String?
}

/// From when on a build is worth a warning (SEG-78).
package struct SegmentWarnings: Sendable, Equatable {
  /// Hours that a rebuild may be overdue.
  package var staleHours: Int
  /// Seconds that a rebuild may take.
  package var slowSeconds: Int

  /// The limits; without arguments the product's defaults.
  package init(staleHours: Int = 30, slowSeconds: Int = 30) {
    self.staleHours = staleHours
    self.slowSeconds = slowSeconds
  }

  /// Whether a segment needs a rebuild that has not come for too long. One that the live refresh keeps
  /// right needs none, however long ago its last one is. Unpublished segments are never flagged.
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
