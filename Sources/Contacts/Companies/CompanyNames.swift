public import Foundation
public import Postgres
public import Users

/// Companies by name alone, many at once: as lists of contacts name them.
public struct CompanyNames: Sendable {
  private let pool: PostgresPool

  /// The names in a database.
  public init(pool: PostgresPool) { self.pool = pool }

  /// The numbers of companies by name (CON-34, CON-62). What does not exist stays out.
  ///
  /// - Returns: Numbers by ``IdentityKey`` of the name; of several companies the one added last.
  public static func find(
    _ names: [String], on connection: PostgresConnection
  ) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    let keys = Array(Set(names.map(IdentityKey.of)))
    // Two halves, so that each uses the index that was made for it.
    let rows = try await connection.query(
      """
      SELECT key, id FROM (
        SELECT lower(companyname COLLATE "C") AS key, id, date_added FROM companies
        WHERE lower(companyname COLLATE "C") = ANY (\(keys)) AND NOT identity_shared
        UNION ALL
        SELECT lower(companyname COLLATE "C"), id, date_added FROM companies
        WHERE lower(companyname COLLATE "C") = ANY (\(keys)) AND identity_shared
      ) AS found ORDER BY date_added, id
      """)
    var found: [String: Int64] = [:]
    for row in rows { found[try row.decode("key")] = try row.decode("id") }
    return found
  }

  /// The numbers of companies by name; those that do not exist are created.
  ///
  /// - Parameters:
  ///   - names: Names without surrounding blanks, within the field's limit.
  ///   - author: Who creates them.
  ///   - now: The instant of creation.
  ///   - fields: The definitions, for the default values of company fields (CON-06).
  /// - Returns: Numbers by ``IdentityKey`` of the name.
  /// - Throws: `PostgresError`.
  public func ensure(
    _ names: [String], by author: Author, now: Date, fields: FieldSet
  ) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    return try await pool.withConnection { connection in
      var known = try await Self.find(names, on: connection)
      var missing: [String: String] = [:]
      for name in names where known[IdentityKey.of(name)] == nil {
        if missing[IdentityKey.of(name)] == nil { missing[IdentityKey.of(name)] = name }
      }
      guard !missing.isEmpty else { return known }
      let wanted = missing.sorted { $0.key < $1.key }.map(\.value)
      let defaults = fields.defaults(.company).filter { $0.field.alias != "companyname" }
      let columns = defaults.map { ", \(identifier: $0.field.column)" as SQL }
      let values = defaults.map {
        ", \($0.canonical)::text::\(sql: SQL(unsafeText: $0.field.columnType))" as SQL
      }
      // In the order of their keys, so that two who create the same ones never wait in a circle.
      try await connection.query(
        """
        INSERT INTO companies
          (companyname, date_added, created_by, created_by_user\(sql: columns.joined(separator: "")))
        SELECT name, \(now), \(author.id), \(author.name)\(sql: values.joined(separator: ""))
        FROM unnest(\(wanted)::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place
        ON CONFLICT (lower(companyname COLLATE "C"))
          WHERE NOT identity_shared AND companyname IS NOT NULL DO NOTHING
        """)
      known.merge(try await Self.find(wanted, on: connection)) { _, new in new }
      return known
    }
  }
}
