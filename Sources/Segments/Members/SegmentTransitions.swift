import Contacts
package import Foundation
import JobQueue
package import Postgres

/// The commit event of contacts that entered or left segments.
package enum SegmentMembersChanged: CommitEvent {}

/// The records of each transition into and out of a segment (segments.md 2.3), as common table
/// expressions of the statement that makes them.
///
/// The statement has an expression `moved (contact_id, segment_id, entered)` before these.
package enum SegmentTransitions {
  /// Returns the history, day counts, and announcements of segments that announce (SEG-109).
  package static func recorded(_ cause: SegmentCause, now: Date) -> SQL {
    // Day counts are kept in slots by session, so that sessions counting for the same segment
    // do not wait for each other's commit.
    """
    history AS (
      INSERT INTO segment_history (contact_id, segment_id, entered, cause, at)
      SELECT contact_id, segment_id, entered, \(cause.rawValue)::smallint, \(now)::timestamptz
      FROM moved
    ), days AS (
      INSERT INTO segment_days (segment_id, day, slot, added, removed)
      SELECT segment_id, (\(now)::timestamptz AT TIME ZONE 'UTC')::date, pg_backend_pid() % 16,
        count(*) FILTER (WHERE entered), count(*) FILTER (WHERE NOT entered)
      FROM moved GROUP BY segment_id ORDER BY segment_id
      ON CONFLICT (segment_id, day, slot) DO UPDATE
        SET added = segment_days.added + excluded.added,
          removed = segment_days.removed + excluded.removed
    ), announced AS (
      INSERT INTO segment_announcements (segment_id, contact_ids, entered, cause, at)
      SELECT segment_id, array_agg(contact_id ORDER BY contact_id), entered,
        \(cause.rawValue)::smallint, \(now)::timestamptz
      FROM (
        SELECT moved.*, (row_number() OVER (
          PARTITION BY segment_id, entered ORDER BY contact_id) - 1) / \(rowSize) AS part
        FROM moved JOIN segments ON segments.id = moved.segment_id AND segments.announces
      ) AS parts
      GROUP BY segment_id, entered, part ORDER BY segment_id, entered, part
    )
    """
  }

  /// Returns the marks of moved contacts, for segments that reference this one; see
  /// ``ContactChanges``. The caller signals the commit.
  package static func marked(_ segment: Int64, now: Date) -> SQL {
    """
    marked AS (
      INSERT INTO contact_changes (contact_ids, topics, at)
      SELECT array_agg(contact_id ORDER BY contact_id),
        ARRAY[\(ChangeTopic.segment(segment).rawValue)::text], \(now)::timestamptz
      FROM (
        SELECT contact_id, (row_number() OVER (ORDER BY contact_id) - 1) / \(rowSize) AS part
        FROM moved
      ) AS parts
      GROUP BY part ORDER BY part
    )
    """
  }

  private static var rowSize: Int { ContactChanges.contactsPerRow }
}
