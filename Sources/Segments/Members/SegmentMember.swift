package import Postgres

/// The meaning of membership of a segment in SQL.
package enum SegmentMember {
  /// Whether a row of `segment_members` is that of a member: contacts that were removed by hand keep a row, so that
  /// filters do not bring them back (SEG-102).
  ///
  /// - Parameter row: The table, or the name that the statement gives it.
  package static func isMember(_ row: String) -> SQL { "NOT \(identifier: row).manually_removed" }
}
