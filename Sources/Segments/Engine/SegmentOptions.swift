package import Foundation

/// What holds for the evaluation of all segments.
package struct SegmentOptions: Sendable, Equatable {
  /// The zone of calendar days (SEG-41).
  package var timeZone: TimeZone
  /// Whether contacts who are not identified are left out of filtered segments (SEG-68).
  package var excludesVisitors: Bool
  /// How often segments that need a rebuild are looked for, in minutes; at least 1.
  package var sweepMinutes: Int

  /// Options; without arguments the product's defaults.
  package init(timeZone: TimeZone = .gmt, excludesVisitors: Bool = false, sweepMinutes: Int = 15) {
    self.timeZone = timeZone
    self.excludesVisitors = excludesVisitors
    self.sweepMinutes = max(1, sweepMinutes)
  }

  /// What members depend on, to tell whether they were evaluated under other options.
  var fingerprint: String { timeZone.identifier + (excludesVisitors ? " identified" : "") }

  /// How many seconds a statement may take that evaluates filters: fewer with regular expressions
  /// (segments.md 11), whose cost nobody can tell. The others only have to end some time.
  static func statementSeconds(hasPattern: Bool) -> Int { hasPattern ? 5 : 60 }
}
