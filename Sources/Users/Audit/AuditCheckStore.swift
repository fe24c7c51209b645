import Foundation
import Postgres

/// The statements of the verification. All of them see one snapshot.
enum AuditCheckStore {
  /// A block as it is stored.
  struct Stored {
    var seal: AuditSeal
    var hash: String
    var signature: String
  }

  /// The blocks in order, for a cursor.
  static let seals: SQL = """
    SELECT block, entries, hashes, newest_at, sealed_at, previous, hash, signature FROM audit_seals
    ORDER BY block
    """

  static func stored(_ row: PostgresRow) throws -> Stored {
    Stored(
      seal: AuditSeal(
        block: try row.decode("block"), entries: try row.decode("entries"),
        hashes: try row.decode("hashes"), newest: try row.decode("newest_at"),
        sealed: try row.decode("sealed_at"), previous: try row.decode("previous")),
      hash: try row.decode("hash"), signature: try row.decode("signature"))
  }

  /// The place at which the chain begins, with its signature; nil where nothing was dropped.
  static func anchor(
    on connection: PostgresConnection
  ) async throws -> (link: AuditLink, signature: String)? {
    try await connection.query("SELECT block, hash, signature FROM audit_anchor").first.map { row in
      (
        AuditLink(block: try row.decode("block"), hash: try row.decode("hash")),
        try row.decode("signature")
      )
    }
  }

  /// The hashes of entries as they are now, one after the other; zeros for one that is missing.
  static func hashes(of entries: [Int64], on connection: PostgresConnection) async throws -> [UInt8]
  {
    try await connection.query(
      """
      SELECT string_agg(CASE WHEN a.id IS NULL THEN decode(repeat('00', 32), 'hex')
        ELSE \(sql: AuditSealStore.hash) END, ''::bytea ORDER BY entry.place) AS hashes
      FROM unnest(\(entries)::bigint[]) WITH ORDINALITY AS entry (id, place)
        LEFT JOIN audit_log a ON a.id = entry.id
      """
    ).first?.decode("hashes", as: [UInt8]?.self) ?? []
  }

  /// The number of all entries, that of those noted as not sealed, and the date of the oldest of the latter.
  static func counts(
    on connection: PostgresConnection
  ) async throws -> (all: Int64, unsealed: Int64, oldest: Date?) {
    let rows = try await connection.query(
      """
      SELECT (SELECT count(*) FROM audit_log) AS total, count(*) AS unsealed,
        min(entry.date_added) FILTER (WHERE isfinite(entry.date_added)) AS oldest
      FROM audit_unsealed u, unnest(u.entries) AS span, LATERAL (
        SELECT a.date_added FROM audit_log a
        WHERE a.id >= lower(span) AND a.id < upper(span) ORDER BY a.id LIMIT 1000) AS entry
      """)
    let row = rows[0]
    return (try row.decode("total"), try row.decode("unsealed"), try row.decode("oldest"))
  }

  /// The first entry that is neither in a block nor noted.
  static func firstOutside(on connection: PostgresConnection) async throws -> Int64? {
    try await connection.query(
      """
      SELECT a.id FROM audit_log a
        LEFT JOIN (SELECT unnest(entries) AS id FROM audit_seals) AS sealed ON sealed.id = a.id
      WHERE sealed.id IS NULL
        AND NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.entries @> a.id)
      ORDER BY a.id LIMIT 1
      """
    ).first?.decode(at: 0)
  }
}
