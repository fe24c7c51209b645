import Fields
import Foundation
import Postgres
import Users

/// The statements of a merge. All of them operate on the same pairs, whose contacts are locked.
struct MergeStatements {
  let pairs: [MergePair]
  let fields: FieldSet
  let author: Author
  let now: Date

  /// The pairs as a query.
  var pairSQL: SQL {
    """
    SELECT winner, loser FROM unnest(\(pairs.map(\.winner))::bigint[],
      \(pairs.map(\.loser))::bigint[]) AS given (winner, loser)
    """
  }

  /// Returns the winners that end up with a shared identifier: either of the two was marked as
  /// sharing one.
  func shared(on connection: PostgresConnection) async throws -> [Int64] {
    try await connection.query(
      """
      WITH pair AS (\(sql: pairSQL))
      SELECT winner FROM pair JOIN contacts w ON w.id = winner JOIN contacts l ON l.id = loser
      WHERE w.identity_shared OR l.identity_shared
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Redirects ids that led to the loser to the winner (CON-78).
  var redirects: SQL {
    """
    WITH pair AS (\(sql: pairSQL))
    UPDATE contact_merges m SET contact_id = pair.winner FROM pair WHERE m.contact_id = pair.loser
    """
  }

  /// Writes the merge record with the loser's name, and the loser's last audit entry (CON-78).
  var records: SQL {
    """
    WITH pair AS (\(sql: pairSQL)), kept AS (
      INSERT INTO contact_merges (old_id, contact_id, name, date_added)
      SELECT loser, winner, \(sql: DisplayName.sql(of: "c", fields)), \(now)
      FROM pair JOIN contacts c ON c.id = loser
      RETURNING old_id, contact_id, name
    )
    INSERT INTO audit_log (bundle, object, object_id, action, details, user_id, user_name,
      ip_address, date_added)
    SELECT 'lead', 'lead', old_id, 'merge',
      jsonb_build_object('mergedInto', contact_id, 'name', name),
      \(author.id)::bigint, \(author.name)::text, \(author.address)::text,
      \(now)::timestamptz
    FROM kept ORDER BY old_id
    """
  }

  /// Merges do-not-contact entries: of two entries for a channel the one with the stronger reason
  /// stays (CON-77); an entry that only the loser has moves.
  var doNotContact: [SQL] {
    [
      """
      WITH pair AS (\(sql: pairSQL))
      UPDATE do_not_contact w SET reason = l.reason, channel_id = l.channel_id,
        comments = l.comments, date_added = l.date_added
      FROM pair JOIN do_not_contact l ON l.contact_id = pair.loser
      WHERE w.contact_id = pair.winner AND w.channel = l.channel AND l.reason < w.reason
      """,
      MergeTable("do_not_contact", key: ["channel"]).moving(pairSQL),
    ]
  }

  /// Merges companies: the winner belongs to the companies of both. The primary one is that of the
  /// record changed more recently, else that of the other (CON-31: there is exactly one). If a
  /// contact may have only one (CON-30), the others are removed.
  func companies(several: Bool) -> [SQL] {
    let winners = pairs.map(\.winner)
    return [
      """
      WITH pair AS (\(sql: pairSQL))
      INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
      SELECT winner, company_id, false, date_added
      FROM pair JOIN contact_companies ON contact_id = loser
      ON CONFLICT DO NOTHING
      """,
      """
      WITH pair AS (\(sql: agedPairs)), chosen AS (
        SELECT DISTINCT ON (pair.winner) pair.winner, c.company_id
        FROM pair JOIN contact_companies c ON c.contact_id IN (pair.winner, pair.loser)
        WHERE c.is_primary ORDER BY pair.winner, c.contact_id = pair.newer DESC
      )
      UPDATE contact_companies c SET is_primary = (c.company_id = chosen.company_id)
      FROM chosen WHERE c.contact_id = chosen.winner
        AND c.is_primary <> (c.company_id = chosen.company_id)
      """,
      """
      DELETE FROM contact_companies
      WHERE NOT \(several) AND contact_id = ANY (\(winners)) AND NOT is_primary
      """,
      // A company whose name is about to be mirrored must not be renamed meanwhile.
      """
      SELECT FROM companies WHERE id IN (
        SELECT company_id FROM contact_companies WHERE contact_id = ANY (\(winners)) AND is_primary)
      ORDER BY id FOR SHARE
      """,
    ]
  }

  /// The pairs as the record changed more recently and the other one (CON-72); if both changed at
  /// the same time the winner counts as newer.
  var agedPairs: SQL {
    """
    SELECT winner, loser, CASE WHEN is_newer THEN loser ELSE winner END AS newer,
      CASE WHEN is_newer THEN winner ELSE loser END AS older
    FROM (\(sql: pairSQL)) AS pair
    JOIN contacts w ON w.id = winner JOIN contacts l ON l.id = loser
    CROSS JOIN LATERAL (SELECT coalesce(l.date_modified, l.date_added)
      > coalesce(w.date_modified, w.date_added) AS is_newer) AS age
    """
  }

  /// Returns contacts that no longer share an identifier to the unique index.
  ///
  /// If two winners of one merge have the same value, both stay marked: each sees the other.
  func identities(shared: [Int64]) -> SQL {
    let others = fields.all.filter { $0.object == .contact && $0.isUniqueIdentifier }.flatMap {
      field -> [SQL] in
      let column: SQL = "\(identifier: field.column)"
      return [true, false].map { isShared in
        """
        EXISTS (SELECT FROM contacts o WHERE o.identity_shared = \(sql: isShared ? "true" : "false")
          AND o.\(sql: column) IS NOT NULL AND o.id <> c.id
          AND lower(o.\(sql: column) COLLATE "C") = lower(c.\(sql: column) COLLATE "C"))
        """
      }
    }
    let isHeld = others.isEmpty ? "false" : others.joined(separator: " OR ")
    return """
      UPDATE contacts c SET identity_shared = false
      WHERE c.id = ANY (\(pairs.map(\.winner)))
        AND (NOT c.id = ANY (\(shared)) OR NOT (\(sql: isHeld)))
      """
  }
}
