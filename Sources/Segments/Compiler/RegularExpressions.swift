package import Postgres

/// Regular expressions of filters, tried by the database (segments.md 11).
package enum RegularExpressions {
  /// How long the database may take to compile one, in milliseconds.
  static let timeout = 5_000

  /// Tries the regular expressions of filters that are to be saved.
  ///
  /// Each runs in a transaction of its own, since a failure ends it; so this is done before anything is
  /// written.
  ///
  /// - Returns: A problem for each that the database refuses, or that takes it too long.
  /// - Throws: `PostgresError` for anything else.
  package static func check(
    _ filters: SegmentFilters, on pool: PostgresPool
  ) async throws -> [FilterProblem] {
    var problems: [FilterProblem] = []
    for (index, filter) in filters.filters.enumerated() {
      guard filter.comparison.positive.form == .regexp else { continue }
      let reader = FilterValueReader(
        value: filter.value, comparison: filter.comparison, index: index, isStrict: false)
      let pattern = try reader.pattern()
      do {
        try await pool.transaction { connection in
          try await connection.query(
            "SELECT set_config('statement_timeout', \("\(timeout)"), true)")
          try await connection.query("SELECT ''::text ~* \(pattern)")
        }
      } catch let error as PostgresError {
        guard error.sqlState == .invalidRegularExpression || error.sqlState == .queryCanceled else {
          throw error
        }
        problems.append(
          FilterProblem(
            error.sqlState == .queryCanceled
              ? "the regular expression is too complex" : error.message,
            index: index, member: "filter"))
      }
    }
    return problems
  }
}
