package import Contacts

extension MergeTable {
  /// The segment tables in a merge. Memberships that the winner has no row for move with their flags
  /// (SEG-112); active ones are recorded in its history and announced.
  package static let segments: [MergeTable] = [
    MergeTable("segment_members") { pairs, now in
      [
        """
        WITH pair AS (\(sql: pairs)), taken AS (
          UPDATE segment_members m SET contact_id = pair.winner FROM pair
          WHERE m.contact_id = pair.loser AND NOT EXISTS (
            SELECT FROM segment_members w
            WHERE w.contact_id = pair.winner AND w.segment_id = m.segment_id)
          RETURNING m.contact_id, m.segment_id, m.manually_removed
        ), moved AS (
          SELECT contact_id, segment_id, true AS entered FROM taken
          WHERE \(sql: SegmentMember.isMember("taken"))
        ), \(sql: SegmentTransitions.recorded(.merge, now: now))
        SELECT count(*) FROM moved
        """
      ]
    },
    MergeTable("segment_history"),
  ]
}
