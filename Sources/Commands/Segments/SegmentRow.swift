import Foundation
import Segments

/// A segment as the listing shows it.
struct SegmentRow: Encodable {
  var id: Int64
  var alias: String
  var name: String
  var members: Int
  var filters: Int
  var published: Bool
  var builtAt: Date?
  var seconds: Double?
  var stale: Bool
  var slow: Bool
  var error: String?

  init(_ segment: Segment, members: Int, warnings: SegmentWarnings, now: Date) {
    id = segment.id
    alias = segment.alias
    name = segment.name
    self.members = members
    if case .array(let entries) = segment.filters { filters = entries.count } else { filters = 0 }
    published = segment.isPublished
    builtAt = segment.build.lastBuiltAt
    seconds = segment.build.lastSeconds.map { ($0 * 1000).rounded() / 1000 }
    stale = warnings.isStale(segment, now: now)
    slow = warnings.isSlow(segment)
    error = segment.build.error
  }

  /// Problems that need an operator (SEG-78, SEG-86).
  var attention: String {
    [stale ? "overdue" : nil, slow ? "slow" : nil, error].compactMap { $0 }
      .joined(separator: "; ")
  }
}

/// The outcome of a segment's rebuild.
struct RebuildRow: Encodable {
  var id: Int64
  var alias: String
  var added: Int
  var removed: Int
  var members: Int
  var seconds: Double?
  var error: String?

  init(_ rebuild: SegmentRebuild, alias: String) {
    id = rebuild.segment
    self.alias = alias
    added = rebuild.added
    removed = rebuild.removed
    members = rebuild.members
    seconds = rebuild.seconds.map { ($0 * 1000).rounded() / 1000 }
    error = rebuild.state == .failed ? rebuild.error ?? "the rebuild failed" : nil
  }
}
