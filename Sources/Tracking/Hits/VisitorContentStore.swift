import Foundation
package import JobQueue
import Postgres
import Primitives

/// What waits for the next hits of contacts.
package enum VisitorContentStore {
  /// Leaves contents for contacts, whose rows the caller has locked. A focus item that waits for a contact is not left a
  /// second time.
  ///
  /// - Returns: The contacts for whom ``VisitorContent/most`` wait already, and who got nothing more.
  package static func leave(
    _ contents: [VisitorContent], for contacts: [Int64], in transaction: Transaction
  ) async throws -> [Int64] {
    let now = transaction.now
    let oldest = now.addingTimeInterval(-VisitorContent.life)
    let texts = try contents.map {
      String(decoding: try JSONEncoder().encode($0.content), as: UTF8.self)
    }
    return try await transaction.query(
      """
      WITH waiting AS MATERIALIZED (
        SELECT v.contact_id, v.service, v.content FROM visitor_contents v
        WHERE v.contact_id = ANY (\(contacts)) AND v.hit IS NULL AND v.at > \(oldest)
      ), full_up AS MATERIALIZED (
        SELECT contact_id FROM waiting GROUP BY 1 HAVING count(*) >= \(VisitorContent.most)
      ), left_now AS (
        INSERT INTO visitor_contents (contact_id, service, content, at)
        SELECT c.id, n.service, n.content::jsonb, \(now)
        FROM unnest(\(contacts)) AS c (id)
        CROSS JOIN unnest(\(contents.map(\.service.rawValue))::text[], \(texts)::text[])
          WITH ORDINALITY AS n (service, content, place)
        WHERE c.id NOT IN (SELECT contact_id FROM full_up)
          AND NOT (n.service = \(VisitorContent.Service.focusItem.rawValue) AND EXISTS (
            SELECT FROM waiting w WHERE w.contact_id = c.id AND w.service = n.service
              AND w.content = n.content::jsonb))
        ORDER BY c.id, n.place
      )
      SELECT contact_id FROM full_up ORDER BY 1
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Deletes some of what waits no longer.
  ///
  /// - Returns: Whether there may be more.
  static func prune(
    before limit: Date, count: Int, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      DELETE FROM visitor_contents WHERE id = ANY (ARRAY(
        SELECT id FROM visitor_contents WHERE at <= \(limit) ORDER BY at LIMIT \(count)))
      RETURNING id
      """
    ).count == count
  }
}

/// A hit on its way into the intake, and what it does with what waits for its contact.
struct IncomingHit: Sendable {
  var hit: Hit
  var use = ContentsUse.none

  /// Whether something can wait for it.
  var asks: Bool { use != .none && hit.contact != nil }
}

/// Taking is part of the statement that keeps hits: a hit for whom nothing waits costs no statement more, and what is
/// taken is taken for certain by a hit that is kept.
extension HitIntakeStore {
  /// Keeps hits, and returns what they take, by their ids.
  ///
  /// Rows that others hold are left to another hit, so that no hit waits and no order of locks is needed.
  static func append(
    _ hits: [IncomingHit], to pool: PostgresPool
  ) async throws -> [UUID: [VisitorContent]] {
    let asking = hits.filter(\.asks)
    guard !asking.isEmpty else {
      try await append(hits.map(\.hit), to: pool)
      return [:]
    }
    let oldest = hits.map(\.hit.at).max()?.addingTimeInterval(-VisitorContent.life) ?? .distantPast
    let rows = try await pool.query(
      """
      WITH asked AS (
        SELECT * FROM unnest(\(asking.map { $0.hit.contact ?? 0 })::bigint[],
          \(asking.map(\.hit.id))::uuid[], \(asking.map { $0.use == .takes })::boolean[])
          AS a (contact_id, hit, takes)
      ), held AS MATERIALIZED (
        SELECT v.id, a.hit, a.takes FROM asked a
        JOIN visitor_contents v ON v.contact_id = a.contact_id
        WHERE v.at > \(oldest) AND (v.hit = a.hit OR a.takes AND v.hit IS NULL)
        FOR UPDATE OF v SKIP LOCKED
      ), taken AS (
        UPDATE visitor_contents v SET hit = CASE WHEN h.takes THEN h.hit END
        FROM held h WHERE v.id = h.id
        RETURNING v.id, v.hit, v.service, v.content
      ), kept AS (
        \(sql: insert(hits.map(\.hit)))
      )
      SELECT hit, service, content FROM taken WHERE hit IS NOT NULL ORDER BY id
      """)
    var taken: [UUID: [VisitorContent]] = [:]
    for row in rows {
      // A service of a later version is not for this page.
      guard let service = VisitorContent.Service(rawValue: try row.decode("service")) else {
        continue
      }
      let content: JSON = try row.decode("content")
      taken[try row.decode("hit"), default: []].append(
        VisitorContent(service: service, content: try content.decode()))
    }
    return taken
  }
}
