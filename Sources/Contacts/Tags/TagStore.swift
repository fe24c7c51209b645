import Fields
package import Foundation
package import JobQueue
package import Postgres

/// Tags in the database.
package struct TagStore: Sendable {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Returns the ids of tags by name, ignoring case (CON-45). Unknown names are left out.
  ///
  /// - Returns: Ids by ``IdentityKey`` of the name. Of tags that differ only in case the exact
  ///   match is returned, otherwise the oldest.
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

  /// Returns the ids of tags by name; missing ones are created (CON-41).
  ///
  /// Runs in its own transaction, so that others who create the same tags wait for nothing else.
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
    // Of two spellings the first one is used, in the given order.
    let wanted = names.filter { name in
      known[IdentityKey.of(name)] == nil && seen.insert(IdentityKey.of(name)).inserted
    }
    guard !wanted.isEmpty else { return known }
    let created = try await transactions.transaction(at: now) { transaction in
      try await Self.insert(wanted, in: transaction)
    }
    return known.merging(created) { _, new in new }
  }

  /// Creates the tags that are missing. Other transactions that create tags wait until this one
  /// ends.
  ///
  /// - Returns: Ids by ``IdentityKey`` of the name.
  static func insert(
    _ names: [String], in transaction: Transaction
  ) async throws -> [String: Int64] {
    // No index keeps names apart that differ only in case, so creators take turns.
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
