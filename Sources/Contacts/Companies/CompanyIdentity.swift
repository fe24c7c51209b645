package import Fields
import Foundation
import JobQueue
package import Postgres
import Users

/// A value of a company field in PostgreSQL's canonical form; `nil` clears it.
package typealias CompanyValue = (field: Field, canonical: String?)

/// Finds companies by their unique identifiers, and creates missing ones (CON-36).
package enum CompanyIdentity {
  /// Returns the company that has the unique identifiers among these values; the one added last if
  /// there are several.
  ///
  /// Empty values and unpublished fields are ignored; without any unique value nothing is found.
  ///
  /// - Parameters:
  ///   - values: Canonical values by field.
  ///   - rules: Whether all identifiers must be equal or one is enough.
  ///   - connection: The connection to use.
  /// - Throws: `PostgresError`.
  package static func find(
    _ values: [CompanyValue], rules: CompanyRules, on connection: PostgresConnection
  ) async throws -> Int64? {
    let matches = matches(values, rules: rules)
    guard !matches.isEmpty else { return nil }
    return try await connection.query(
      """
      SELECT id FROM (\(sql: matches.joined(separator: " UNION ALL "))) AS found
      ORDER BY date_added DESC, id DESC LIMIT 1
      """
    ).first?.decode(at: 0)
  }

  /// Returns queries for the companies that have the unique identifiers among values: two for each
  /// condition, so that each uses its index.
  private static func matches(_ values: [CompanyValue], rules: CompanyRules) -> [SQL] {
    let conditions = equalities(values)
    guard !conditions.isEmpty else { return [] }
    let groups =
      rules.matchesAnyIdentifier ? conditions : [conditions.joined(separator: " AND ")]
    return groups.flatMap { condition in
      (["NOT identity_shared", "identity_shared"] as [SQL]).map { half -> SQL in
        "SELECT id, date_added FROM companies WHERE \(sql: half) AND \(sql: condition)"
      }
    }
  }

  /// Creates a company, with the defaults of fields without a value (CON-06).
  ///
  /// A company that intentionally shares a unique identifier with another is marked as such and
  /// leaves the unique index.
  ///
  /// - Parameter rules: The rules under which an existing company prevents the insertion, because
  ///   an earlier ``find(_:rules:on:)`` is older than this statement; nil to insert in any case.
  /// - Returns: The id; `nil` if another transaction has created a company with the same
  ///   identifiers meanwhile.
  /// - Throws: `PostgresError`.
  static func insert(
    _ values: [CompanyValue], unlessFoundBy rules: CompanyRules?, owner: Int64? = nil,
    score: Int = 0, isPublished: Bool = true, by author: Author, fields: FieldSet,
    in transaction: Transaction
  ) async throws -> Int64? {
    var given = values.filter { $0.canonical != nil }
    let defaults = fields.defaults(.company).filter { standard in
      !values.contains { $0.field.id == standard.field.id && $0.canonical != nil }
    }
    given += defaults.map { ($0.field, $0.canonical) }
    let columns = given.map { ", \(identifier: $0.field.column)" as SQL }.joined(separator: "")
    let literals = given.map { value -> SQL in
      ", \(value.canonical)::text::\(sql: SQL(unsafeText: value.field.columnType))"
    }
    let known = rules.map { matches(values, rules: $0) } ?? []
    let guarding = known.map { " AND NOT EXISTS (\(sql: $0))" as SQL }.joined(separator: "")
    let rows = try await transaction.query(
      """
      INSERT INTO companies
        (date_added, created_by, created_by_user, owner_id, score, is_published,
          identity_shared\(sql: columns))
      SELECT \(transaction.now)::timestamptz, \(author.id)::bigint, \(author.name)::text, \(owner)::bigint,
        \(score)::integer, \(isPublished)::boolean,
        \(sql: isShared(given, except: nil))\(sql: literals.joined(separator: ""))
      WHERE true\(sql: guarding)
      ON CONFLICT DO NOTHING RETURNING id
      """)
    return try rows.first?.decode(at: 0)
  }

  /// Returns whether another company in the unique indexes has one of the identifiers.
  static func isShared(_ values: [CompanyValue], except id: Int64?) -> SQL {
    let conditions = equalities(values)
    guard !conditions.isEmpty else { return "false" }
    let parts = conditions.map { condition -> SQL in
      """
      EXISTS (SELECT FROM companies WHERE NOT identity_shared AND \(sql: condition)
        AND id IS DISTINCT FROM \(id)::bigint)
      """
    }
    return "(\(sql: parts.joined(separator: " OR ")))"
  }

  /// Returns conditions that the unique identifiers among values are equal.
  private static func equalities(_ values: [CompanyValue]) -> [SQL] {
    values.compactMap { field, canonical in
      guard field.isUniqueIdentifier, field.isPublished, let canonical else { return nil }
      return """
        (\(sql: SQL(unsafeText: field.identityExpression)) = \(IdentityKey.of(canonical))
          AND \(identifier: field.column) IS NOT NULL)
        """
    }
  }
}
