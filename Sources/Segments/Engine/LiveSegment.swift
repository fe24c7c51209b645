import Contacts
import Postgres

/// A segment that follows changes of contacts.
struct LiveSegment: Sendable {
  let id: Int64
  /// A condition on `contacts AS c`, true or false.
  let condition: SQL
  /// The contact changes that can change the result.
  let reads: Set<ChangeTopic>
  /// Whether any of its filters has a regular expression.
  let hasPattern: Bool

  init(
    _ id: Int64, _ filters: SegmentFilters, _ compiled: CompiledSegment, excludesVisitors: Bool
  ) {
    self.id = id
    hasPattern = filters.hasPattern
    condition = compiled.condition(excludesVisitors: excludesVisitors)
    reads =
      excludesVisitors ? compiled.reads.union([.column("date_identified")]) : compiled.reads
  }

  /// Whether changes in these topics require an evaluation; those of a new contact always do.
  func follows(_ topics: Set<ChangeTopic>) -> Bool {
    topics.contains(.created) || !reads.isDisjoint(with: topics)
  }
}

extension SegmentFilters {
  /// Whether any filter is a regular expression.
  var hasPattern: Bool {
    filters.contains { $0.comparison == .regexp || $0.comparison == .notRegexp }
  }
}

extension CompiledSegment {
  /// Returns the condition, with or without unidentified contacts (SEG-68).
  func condition(excludesVisitors: Bool) -> SQL {
    guard excludesVisitors else { return condition }
    return "(\(sql: condition) AND c.date_identified IS NOT NULL)"
  }
}

/// Segments that do not depend on each other's members, so that one statement can evaluate several.
struct SegmentLevel: Sendable {
  let segments: [LiveSegment]
  /// Whether any segment has a regular expression.
  var hasPattern: Bool { segments.contains(where: \.hasPattern) }
  /// The segments grouped by what they read. Small numbers of contacts are compared with whole bundles:
  /// a needless comparison costs microseconds, a statement that the server has not prepared yet costs
  /// milliseconds.
  let bundles: [[LiveSegment]]

  /// The maximum number of segments that one statement evaluates.
  static let bundleSize = 24

  init(_ segments: [LiveSegment]) {
    self.segments = segments
    let alike = segments.map { ($0.reads.map(\.rawValue).sorted().joined(separator: " "), $0) }
      .sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.map(\.1)
    bundles = Self.cut(alike)
  }

  /// Splits a list into pieces that one statement can evaluate.
  static func cut(_ segments: [LiveSegment]) -> [[LiveSegment]] {
    stride(from: 0, to: segments.count, by: bundleSize).map {
      Array(segments[$0..<min($0 + bundleSize, segments.count)])
    }
  }
}
