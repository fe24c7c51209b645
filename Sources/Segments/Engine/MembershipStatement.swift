import Foundation
import Postgres

/// The statement that updates segment members to match filters, and writes only differences.
///
/// Rows of explicit changes are never touched (segments.md 9): an addition meets them as a conflict, and a
/// removal reads the row's newest state once it has the lock. So it is also correct beside explicit
/// changes that commit meanwhile.
enum MembershipStatement {
  /// The rows that a statement can affect.
  enum Scope: Sendable {
    /// Those of some contacts. Waits for rows that other transactions are writing.
    case contacts
    /// Those of a segment for a range of contacts. With `waits`, concurrent writers of these rows are
    /// waited for, which costs 50% more per added row; otherwise the statement fails with
    /// `.uniqueViolation` where there is one, and must be retried with waiting.
    case range(ClosedRange<Int64>, segment: Int64, waits: Bool)

    /// The condition that tells the server where to find rows to delete.
    fileprivate var condition: SQL {
      guard case .range(let range, let segment, _) = self else { return "" }
      return """
         AND held.segment_id = \(segment)
        AND held.contact_id BETWEEN \(range.lowerBound) AND \(range.upperBound)
        """
    }

    fileprivate var conflict: SQL {
      if case .range(_, _, waits: false) = self { return "" }
      return "ON CONFLICT (contact_id, segment_id) DO NOTHING"
    }
  }

  /// - Parameters:
  ///   - differing: A query of `contact_id`, `segment_id` and `entered` for the contacts to add or remove.
  ///   - scope: The rows that can be affected.
  ///   - further: Expressions on `moved (contact_id, segment_id, entered)`, each with a leading comma.
  ///   - result: The query on `moved` whose rows are returned.
  ///   - now: The time of entry.
  static func write(
    _ differing: SQL, _ scope: Scope, _ further: SQL = "", result: SQL, now: Date
  ) -> SQL {
    """
    WITH differing AS MATERIALIZED (\(sql: differing)),
    came AS (
      INSERT INTO segment_members (contact_id, segment_id, date_added)
      SELECT contact_id, segment_id, \(now)::timestamptz FROM differing WHERE entered
      ORDER BY contact_id, segment_id
      \(sql: scope.conflict)
      RETURNING contact_id, segment_id
    ), went AS (
      DELETE FROM segment_members AS held USING differing
      WHERE NOT differing.entered AND held.contact_id = differing.contact_id
        AND held.segment_id = differing.segment_id
        AND NOT held.manually_added AND NOT held.manually_removed\(sql: scope.condition)
      RETURNING held.contact_id, held.segment_id
    ), moved AS MATERIALIZED (
      SELECT contact_id, segment_id, true AS entered FROM came
      UNION ALL SELECT contact_id, segment_id, false FROM went
    ), \(sql: SegmentTransitions.recorded(.filter, now: now))\(sql: further)
    \(sql: result)
    """
  }

  /// Compares some contacts with some segments.
  static func differing(_ contacts: [Int64], _ segments: [LiveSegment]) -> SQL {
    let ids = segments.map(\.id)
    let verdicts = segments.map(\.condition).joined(separator: ", ")
    return """
      SELECT c.id AS contact_id, verdict.segment_id, verdict.matches AS entered
      FROM contacts AS c
        CROSS JOIN LATERAL (
          SELECT coalesce(array_agg(one.segment_id), '{}') AS present,
            coalesce(array_agg(one.segment_id)
              FILTER (WHERE one.manually_added OR one.manually_removed), '{}') AS explicit
          FROM segment_members AS one
          WHERE one.contact_id = c.id AND one.segment_id = ANY (\(ids)::bigint[])
        ) AS held
        CROSS JOIN LATERAL ROWS FROM (
          unnest(\(ids)::bigint[]), unnest(ARRAY[\(sql: verdicts)])
        ) AS verdict (segment_id, matches)
      WHERE c.id = ANY (\(contacts)::bigint[])
        AND verdict.matches <> (verdict.segment_id = ANY (held.present))
        AND verdict.segment_id <> ALL (held.explicit)
      """
  }

  /// Compares the contacts of a range of ids with one segment.
  static func differing(
    _ range: ClosedRange<Int64>, _ segment: Int64, _ condition: SQL, limit: Int?
  ) -> SQL {
    let (first, last) = (range.lowerBound, range.upperBound)
    let rest: SQL = limit.map { " ORDER BY c.id LIMIT \($0)" } ?? ""
    return """
      SELECT c.id AS contact_id, \(segment)::bigint AS segment_id,
        held.contact_id IS NULL AS entered
      FROM contacts AS c
        LEFT JOIN segment_members AS held ON held.contact_id = c.id
          AND held.segment_id = \(segment) AND held.contact_id BETWEEN \(first) AND \(last)
      WHERE c.id BETWEEN \(first) AND \(last)
        AND \(sql: condition) <> (held.contact_id IS NOT NULL)
        AND held.manually_added IS NOT TRUE AND held.manually_removed IS NOT TRUE\(sql: rest)
      """
  }
}
