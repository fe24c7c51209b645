package import Fields
package import Foundation
package import JobQueue
package import Postgres
package import Users

/// Finds and creates companies by name, many at once, for lists of contacts.
package struct CompanyNameStore: Sendable {
  /// The id of a company and the stored spelling of its name.
  package typealias Found = (id: Int64, name: String)

  private let transactions: TransactionRunner
  private var pool: PostgresPool { transactions.postgres }

  /// Creates a store on a database.
  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Returns companies by ``IdentityKey`` of their name (CON-34, CON-62). Unknown names are left
  /// out; of several companies with one name the one added last is returned (CON-36, CON-63).
  ///
  /// - Throws: `PostgresError`.
  package static func find(
    _ names: [String], on connection: PostgresConnection
  ) async throws -> [String: Found] {
    guard !names.isEmpty else { return [:] }
    // Two halves, so that each uses its index.
    let rows = try await connection.query(
      """
      SELECT k.key, c.id, c.companyname
      FROM unnest(\(Array(Set(names.map(IdentityKey.of))))::text[]) AS k (key)
      CROSS JOIN LATERAL (
        SELECT m.id, m.companyname FROM (
          SELECT id, companyname, date_added FROM companies
          WHERE NOT identity_shared AND companyname IS NOT NULL
            AND lower(companyname COLLATE "C") = k.key
          UNION ALL
          SELECT id, companyname, date_added FROM companies
          WHERE identity_shared AND lower(companyname COLLATE "C") = k.key
        ) AS m ORDER BY m.date_added DESC, m.id DESC LIMIT 1
      ) AS c
      """)
    var found: [String: Found] = [:]
    for row in rows {
      found[try row.decode(at: 0)] = (try row.decode(at: 1), try row.decode(at: 2))
    }
    return found
  }

  /// Returns companies by name, creating missing ones in the given order; of two spellings the
  /// first is used.
  ///
  /// Runs in its own transaction, so that others who name the same companies wait for nothing else.
  ///
  /// - Parameters:
  ///   - names: Names without surrounding blanks, within the field's limit.
  ///   - author: The author of the change.
  ///   - now: The instant of creation.
  ///   - defaults: The default values of company fields (CON-06, ``FieldSet/defaults(_:)``).
  /// - Returns: Companies by ``IdentityKey`` of the name.
  /// - Throws: `PostgresError`.
  package func ensure(
    _ names: [String], by author: Author, now: Date,
    defaults: [(field: Field, canonical: String)]
  ) async throws -> [String: Found] {
    guard !names.isEmpty else { return [:] }
    let known = try await pool.withConnection { try await Self.find(names, on: $0) }
    var seen: Set<String> = []
    let wanted = names.filter { name in
      known[IdentityKey.of(name)] == nil && seen.insert(IdentityKey.of(name)).inserted
    }
    guard !wanted.isEmpty else { return known }
    let others = defaults.filter { $0.field.alias != "companyname" }
    let columns = others.map { ", \(identifier: $0.field.column)" as SQL }.joined(separator: "")
    let values = others.map {
      ", \($0.canonical)::text::\(sql: SQL(unsafeText: $0.field.columnType))" as SQL
    }.joined(separator: "")
    let made = try await pool.transaction { connection in
      // Transactions that create many names in different orders would deadlock.
      try await connection.lock(.companyNames)
      try await connection.query(
        """
        INSERT INTO companies
          (companyname, date_added, created_by, created_by_user\(sql: columns))
        SELECT name, \(now)::timestamptz, \(author.id)::bigint, \(author.name)::text\(sql: values)
        FROM unnest(\(wanted)::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place
        ON CONFLICT (lower(companyname COLLATE "C"))
          WHERE NOT identity_shared AND companyname IS NOT NULL DO NOTHING
        """)
      return try await Self.find(wanted, on: connection)
    }
    return known.merging(made) { _, new in new }
  }
}
