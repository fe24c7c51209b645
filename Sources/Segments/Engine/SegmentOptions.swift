package import Foundation

/// The options for the evaluation of all segments.
package struct SegmentOptions: Sendable, Equatable {
  /// The zone of calendar days (SEG-41).
  package var timeZone: TimeZone
  /// Whether unidentified contacts are left out of filtered segments (SEG-68).
  package var excludesVisitors: Bool
  /// The interval of looking for segments that need a rebuild, in minutes; at least 1.
  package var sweepMinutes: Int

  /// Creates options; the product's defaults without arguments.
  package init(timeZone: TimeZone = .gmt, excludesVisitors: Bool = false, sweepMinutes: Int = 15) {
    self.timeZone = timeZone
    self.excludesVisitors = excludesVisitors
    self.sweepMinutes = max(1, sweepMinutes)
  }

  /// A text that differs between options under which members may differ.
  var fingerprint: String { timeZone.identifier + (excludesVisitors ? " identified" : "") }

  /// The timeout in seconds of a statement that evaluates filters. It is shorter with regular
  /// expressions (segments.md 11), whose cost is unpredictable; the other only bounds runaways.
  static func statementSeconds(hasPattern: Bool) -> Int { hasPattern ? 5 : 60 }
}
