package import Postgres

/// The meaning of membership of a segment in SQL.
package enum SegmentMember {
  /// The condition that a row of `segment_members` is a member's: contacts removed by hand keep a row, so
  /// that filters do not add them again (SEG-102).
  ///
  /// - Parameter row: The table, or its name in the statement.
  package static func isMember(_ row: String) -> SQL { "NOT \(identifier: row).manually_removed" }
}
