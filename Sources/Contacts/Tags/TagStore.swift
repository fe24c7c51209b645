import Fields
package import Foundation
package import JobQueue
package import Postgres

/// Tags in the database.
package struct TagStore: Sendable {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// The ids of tags by name, without regard to case (CON-45). What does not exist stays out.
  ///
  /// - Returns: Ids by ``IdentityKey`` of the name. Of tags that differ only in case the one that is
  ///   written like the name is taken, else the oldest.
  package static func find(
    _ names: [String], on connection: PostgresConnection
  ) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT id, tag FROM tags
      WHERE lower(tag COLLATE "C") = ANY (\(names.map(IdentityKey.of))) ORDER BY id
      """)
    let written = Set(names)
    var found: [String: Int64] = [:]
    var isExact: Set<String> = []
    for row in rows {
      let tag: String = try row.decode("tag")
      let key = IdentityKey.of(tag)
      let exact = written.contains(tag)
      guard found[key] == nil || (exact && !isExact.contains(key)) else { continue }
      found[key] = try row.decode("id")
      if exact { isExact.insert(key) }
    }
    return found
  }

  /// The ids of tags by name; those that do not exist are created (CON-41).
  ///
  /// It is a transaction of its own: nobody who creates the same tags has to wait for more than this.
  ///
  /// - Parameters:
  ///   - names: Clean names (``TagName/clean(_:)``).
  ///   - now: The instant of creation.
  /// - Returns: Ids by ``IdentityKey`` of the name.
  /// - Throws: `PostgresError`.
  package func ensure(_ names: [String], now: Date) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    let known = try await pool.withConnection { try await Self.find(names, on: $0) }
    var seen: Set<String> = []
    // Of two spellings the first one is written, and in the order given.
    let wanted = names.filter { name in
      known[IdentityKey.of(name)] == nil && seen.insert(IdentityKey.of(name)).inserted
    }
    guard !wanted.isEmpty else { return known }
    let created = try await transactions.transaction(at: now) { transaction in
      try await Self.insert(wanted, in: transaction)
    }
    return known.merging(created) { _, new in new }
  }

  /// Makes the tags that are missing at this moment. Others who create tags wait until the transaction ends.
  ///
  /// - Returns: Ids by ``IdentityKey`` of the name.
  static func insert(
    _ names: [String], in transaction: Transaction
  ) async throws -> [String: Int64] {
    // Names that differ only in case are not kept apart by an index, so their makers take turns.
    try await transaction.connection.lock(.tags)
    try await transaction.query(
      """
      INSERT INTO tags (tag, date_added)
      SELECT name, \(transaction.now) FROM unnest(\(names)::text[]) WITH ORDINALITY AS wanted (name, place)
      WHERE NOT EXISTS (
        SELECT FROM tags WHERE lower(tag COLLATE "C") = lower(name COLLATE "C"))
      ORDER BY place
      ON CONFLICT (tag) DO NOTHING
      """)
    return try await find(names, on: transaction.connection)
  }
}
