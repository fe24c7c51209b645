import Foundation
import JobQueue
import Postgres

/// The statements of sealing and of retention.
enum AuditSealStore {
  /// The hash of an entry `a` of the log: SHA-256 of its columns as an array of JSON, whose text does not depend on
  /// settings of the session.
  static let hash: SQL = """
    sha256(convert_to(jsonb_build_array(a.id, a.bundle, a.object, a.object_id, a.action, a.details,
      a.user_id, a.user_name, a.ip_address, a.date_added AT TIME ZONE 'UTC')::text, 'UTF8'))
    """

  /// The ids from `first` up to, and without, `after`.
  typealias Span = (first: Int64, after: Int64)

  /// The end of the chain.
  static func head(on connection: PostgresConnection) async throws -> AuditLink {
    let rows = try await connection.query(
      """
      (SELECT block, hash FROM audit_seals ORDER BY block DESC LIMIT 1)
      UNION ALL SELECT block, hash FROM audit_anchor ORDER BY block DESC LIMIT 1
      """)
    guard let row = rows.first else { return .beginning }
    return AuditLink(block: try row.decode("block"), hash: try row.decode("hash"))
  }

  /// Takes notes of entries that are not sealed, in the order of their writing, until they stand for `size` entries.
  static func take(_ size: Int, in transaction: Transaction) async throws -> [Span] {
    try await transaction.query(
      """
      WITH turn AS (
        SELECT id, sum(count) OVER (ORDER BY id) - count AS before
        FROM (SELECT id, count FROM audit_unsealed ORDER BY id LIMIT \(size)) AS first
      ), taken AS (
        DELETE FROM audit_unsealed u USING turn
        WHERE u.id = turn.id AND turn.before < \(size) RETURNING u.entries
      )
      SELECT lower(span) AS first, upper(span) AS after FROM taken, unnest(taken.entries) AS span
      """
    ).map { (try $0.decode("first"), try $0.decode("after")) }
  }

  /// The entries of spans of at most 1,000 ids, with their hashes.
  static func entries(
    of spans: [Span], in transaction: Transaction
  ) async throws -> (ids: [Int64], hashes: [UInt8], newest: Date)? {
    let rows = try await transaction.query(
      """
      SELECT array_agg(entry.id ORDER BY entry.id) AS ids,
        string_agg(entry.hash, ''::bytea ORDER BY entry.id) AS hashes,
        max(entry.date_added) FILTER (WHERE isfinite(entry.date_added)) AS newest
      FROM unnest(\(spans.map(\.first))::bigint[], \(spans.map(\.after))::bigint[]) AS span (first, after),
        LATERAL (
          SELECT a.id, a.date_added, \(sql: hash) AS hash FROM audit_log a
          WHERE a.id >= span.first AND a.id < span.after ORDER BY a.id LIMIT 1000) AS entry
      """)
    guard let row = rows.first, let ids = try row.decode("ids", as: [Int64]?.self) else {
      return nil
    }
    return (
      ids, try row.decode("hashes"),
      (try row.decode("newest", as: Date?.self) ?? transaction.now).wholeSeconds
    )
  }

  /// Appends a block.
  static func append(
    _ seal: AuditSeal, signer: AuditSigner, in transaction: Transaction
  ) async throws {
    let hash = try seal.hash()
    try await transaction.query(
      """
      INSERT INTO audit_seals
        (block, entries, hashes, newest_at, sealed_at, previous, hash, signature)
      VALUES (\(seal.block), \(seal.entries), \(seal.hashes), \(seal.newest), \(seal.sealed),
        \(seal.previous), \(hash), \(signer.sign(hash)))
      """)
  }

  /// Deletes the first block and its entries where all of them are older than an instant, and keeps its hash as the
  /// place at which the chain begins.
  ///
  /// - Returns: Whether there was such a block.
  static func dropFirst(
    before instant: Date, signer: AuditSigner, in transaction: Transaction
  ) async throws -> Bool {
    let rows = try await transaction.query(
      "SELECT block, hash, newest_at < \(instant) AS is_old FROM audit_seals ORDER BY block LIMIT 1"
    )
    guard let row = rows.first, try row.decode("is_old") else { return false }
    let link = AuditLink(block: try row.decode("block"), hash: try row.decode("hash"))
    let signature = signer.sign(anchor: link.hash, block: link.block)
    try await transaction.pipeline([
      "SELECT set_config('martlet.audit_retention', 'on', true)",
      """
      DELETE FROM audit_log a USING audit_seals s, unnest(s.entries) AS entry (id)
      WHERE s.block = \(link.block) AND a.id = entry.id
      """,
      "DELETE FROM audit_seals WHERE block = \(link.block)",
      """
      INSERT INTO audit_anchor AS old (block, hash, signature, dropped_at)
      VALUES (\(link.block), \(link.hash), \(signature), \(transaction.now))
      ON CONFLICT (single) DO UPDATE SET block = excluded.block, hash = excluded.hash,
        signature = excluded.signature, dropped_at = excluded.dropped_at
      """,
      "SELECT set_config('martlet.audit_retention', '', true)",
    ])
    return true
  }
}
