import Fields
package import Foundation
package import JobQueue
package import Postgres
package import Users

/// Stages in the database.
package struct StageStore: RecordStore {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Returns the ids of stages by name, ignoring case. Unknown names are left out.
  ///
  /// - Returns: Ids by ``IdentityKey`` of the name; the oldest stage if there are several.
  package static func find(
    _ names: [String], on connection: PostgresConnection
  ) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT lower(name COLLATE "C") AS key, id FROM stages
      WHERE lower(name COLLATE "C") = ANY (\(names.map(IdentityKey.of))) ORDER BY id DESC
      """)
    var found: [String: Int64] = [:]
    for row in rows { found[try row.decode("key")] = try row.decode("id") }
    return found
  }

  /// Returns the ids of stages by name; missing ones are created with the next free weights.
  ///
  /// - Parameters:
  ///   - names: Names without surrounding blanks, 1 to 191 characters.
  ///   - author: The author of the change.
  ///   - now: The instant of creation.
  /// - Returns: Ids by ``IdentityKey`` of the name.
  /// - Throws: `PostgresError`.
  package func ensure(
    _ names: [String], by author: Author, now: Date
  ) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    let known = try await pool.withConnection { try await Self.find(names, on: $0) }
    var seen: Set<String> = []
    let wanted = names.filter { name in
      known[IdentityKey.of(name)] == nil && seen.insert(IdentityKey.of(name)).inserted
    }
    guard !wanted.isEmpty else { return known }
    return try await pool.transaction { connection in
      try await connection.lock(.stages)
      try await connection.query(
        """
        INSERT INTO stages (name, weight, date_added, created_by, created_by_user)
        SELECT name, (SELECT coalesce(max(weight), 0) FROM stages) + place, \(now), \(author.id),
          \(author.name)
        FROM unnest(\(wanted)::text[]) WITH ORDINALITY AS wanted (name, place)
        WHERE NOT EXISTS (
          SELECT FROM stages s WHERE lower(s.name COLLATE "C") = lower(wanted.name COLLATE "C"))
        ORDER BY place
        """)
      return try await Self.find(names, on: connection)
    }
  }
}
