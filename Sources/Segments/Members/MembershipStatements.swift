import Foundation
import Postgres

/// The statements of ``SegmentMembership``; each returns the moved contacts in order.
enum MembershipStatements {
  /// Pins contacts. The lock on the segment's row prevents its deletion until the commit.
  static func adding(
    _ contacts: [Int64], to segment: Int64, _ cause: SegmentCause, now: Date
  ) -> SQL {
    """
    WITH target AS MATERIALIZED (
      SELECT id FROM segments WHERE id = \(segment) FOR KEY SHARE
    ), written AS (
      INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      SELECT contact.id, target.id, true, \(now)::timestamptz
      FROM target, (SELECT DISTINCT unnest(\(contacts)::bigint[]) AS id) AS contact
      ORDER BY contact.id
      ON CONFLICT (contact_id, segment_id) DO UPDATE
        SET manually_added = true, manually_removed = false, date_added = excluded.date_added
        WHERE segment_members.manually_removed
      RETURNING contact_id, segment_id
    ), moved AS (SELECT contact_id, segment_id, true AS entered FROM written),
    \(sql: SegmentTransitions.recorded(cause, now: now)),
    \(sql: SegmentTransitions.marked(segment, now: now))
    SELECT contact_id FROM moved ORDER BY contact_id
    """
  }

  /// Pins contacts that filters have added: from then on filters do not remove them (SEG-101).
  static func pinning(_ contacts: [Int64], in segment: Int64) -> SQL {
    """
    UPDATE segment_members SET manually_added = true
    WHERE contact_id = ANY (\(contacts)::bigint[]) AND segment_id = \(segment)
      AND NOT manually_added AND NOT manually_removed
    """
  }

  /// Bars contacts.
  static func removing(
    _ contacts: [Int64], from segment: Int64, _ cause: SegmentCause, now: Date
  ) -> SQL {
    """
    WITH members AS MATERIALIZED (
      SELECT contact_id FROM segment_members
      WHERE contact_id = ANY (\(contacts)::bigint[]) AND segment_id = \(segment)
        AND \(sql: SegmentMember.isMember("segment_members"))
      ORDER BY contact_id FOR UPDATE
    ), written AS (
      UPDATE segment_members m SET manually_added = false, manually_removed = true
      FROM members WHERE m.contact_id = members.contact_id AND m.segment_id = \(segment)
      RETURNING m.contact_id, m.segment_id
    ), moved AS (SELECT contact_id, segment_id, false AS entered FROM written),
    \(sql: SegmentTransitions.recorded(cause, now: now)),
    \(sql: SegmentTransitions.marked(segment, now: now))
    SELECT contact_id FROM moved ORDER BY contact_id
    """
  }
}
