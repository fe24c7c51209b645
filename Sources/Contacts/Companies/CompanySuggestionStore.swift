import Fields
package import Postgres

/// A company that is offered to somebody who types the beginning of its name.
package struct CompanySuggestion: Sendable, Equatable {
  package var id: Int64
  package var name: String
  package var city: String?
  package var state: String?
}

/// Finds companies by the beginnings of their names.
package enum CompanySuggestionStore {
  /// Returns companies whose names begin with a text, in any case, by name.
  ///
  /// - Parameters:
  ///   - text: The beginning.
  ///   - limit: The maximum number of companies.
  /// - Throws: `PostgresError`.
  package static func find(
    _ text: String, limit: Int, in pool: PostgresPool
  ) async throws -> [CompanySuggestion] {
    let key = IdentityKey.of(text)
    // Two halves and a range, so that each uses its index, whose order is that of code points.
    let last = key + "\u{10FFFF}"
    let rows = try await pool.query(
      """
      SELECT id, companyname, companycity, companystate FROM (
        (SELECT * FROM companies WHERE NOT identity_shared AND companyname IS NOT NULL
          AND lower(companyname COLLATE "C") >= \(key) AND lower(companyname COLLATE "C") < \(last)
          ORDER BY lower(companyname COLLATE "C") LIMIT \(limit))
        UNION ALL
        (SELECT * FROM companies WHERE identity_shared
          AND lower(companyname COLLATE "C") >= \(key) AND lower(companyname COLLATE "C") < \(last)
          ORDER BY lower(companyname COLLATE "C") LIMIT \(limit))
      ) AS c
      WHERE is_published ORDER BY lower(companyname COLLATE "C"), id LIMIT \(limit)
      """)
    return try rows.map { row in
      CompanySuggestion(
        id: try row.decode(at: 0), name: try row.decode(at: 1), city: try row.decode(at: 2),
        state: try row.decode(at: 3))
    }
  }
}
