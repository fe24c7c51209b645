import Foundation
import Postgres

extension SegmentStore {
  /// Evaluates conditions for one contact and reads its membership of a segment.
  ///
  /// - Returns: Nil if the contact does not exist.
  static func results(
    of conditions: [SQL], for contact: Int64, in segment: Int64, on connection: PostgresConnection
  ) async throws -> (
    results: [Bool], isVisitor: Bool, membership: SegmentExplanation.Membership?
  )? {
    let rows = try await connection.query(
      """
      SELECT ARRAY[\(sql: conditions.joined(separator: ", "))]::boolean[] AS results,
        c.date_identified IS NULL AS is_visitor, m.date_added, m.manually_added, m.manually_removed
      FROM contacts AS c
        LEFT JOIN segment_members m ON m.contact_id = c.id AND m.segment_id = \(segment)
      WHERE c.id = \(contact)
      """)
    guard let row = rows.first else { return nil }
    let since: Date? = try row.decode("date_added")
    let membership = try since.map {
      SegmentExplanation.Membership(
        dateAdded: $0, isPinned: try row.decode("manually_added"),
        isBarred: try row.decode("manually_removed"))
    }
    return (try row.decode("results"), try row.decode("is_visitor"), membership)
  }
}
