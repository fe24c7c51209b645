import Contacts
import Postgres

/// A segment that follows changes of contacts.
struct LiveSegment: Sendable {
  let id: Int64
  /// True or false on `contacts AS c`.
  let condition: SQL
  /// What changes of a contact can change the answer.
  let reads: Set<ChangeTopic>
  /// Whether there are regular expressions among its filters.
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

  /// Whether a change in these topics is to be looked at. Of a new contact nothing was looked at yet.
  func follows(_ topics: Set<ChangeTopic>) -> Bool {
    topics.contains(.created) || !reads.isDisjoint(with: topics)
  }
}

extension SegmentFilters {
  /// Whether one of them is a regular expression.
  var hasPattern: Bool {
    filters.contains { $0.comparison == .regexp || $0.comparison == .notRegexp }
  }
}

extension CompiledSegment {
  /// The condition, with or without contacts who are not identified (SEG-68).
  func condition(excludesVisitors: Bool) -> SQL {
    guard excludesVisitors else { return condition }
    return "(\(sql: condition) AND c.date_identified IS NOT NULL)"
  }
}

/// Segments that do not look at each other's members, so that one statement can evaluate several.
struct SegmentLevel: Sendable {
  let segments: [LiveSegment]
  /// Whether one of them has a regular expression.
  var hasPattern: Bool { segments.contains(where: \.hasPattern) }
  /// The same in groups of those that read alike. Few changed contacts are compared with whole bundles: a
  /// needless comparison costs microseconds, a statement that the server has not prepared yet costs
  /// milliseconds.
  let bundles: [[LiveSegment]]

  /// So many segments are evaluated by one statement.
  static let bundleSize = 24

  init(_ segments: [LiveSegment]) {
    self.segments = segments
    let alike = segments.map { ($0.reads.map(\.rawValue).sorted().joined(separator: " "), $0) }
      .sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.map(\.1)
    bundles = Self.cut(alike)
  }

  /// Cuts a list in pieces that one statement can evaluate.
  static func cut(_ segments: [LiveSegment]) -> [[LiveSegment]] {
    stride(from: 0, to: segments.count, by: bundleSize).map {
      Array(segments[$0..<min($0 + bundleSize, segments.count)])
    }
  }
}
