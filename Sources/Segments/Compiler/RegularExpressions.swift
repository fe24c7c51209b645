package import Postgres

/// Regular expressions in filters, tested by the database (segments.md 11).
package enum RegularExpressions {
  /// The time in milliseconds that the database may take to compile one.
  static let timeout = 5_000

  /// Tests the regular expressions of filters before they are saved.
  ///
  /// Each runs in a transaction of its own, since a failure ends it; so this happens before any write.
  ///
  /// - Returns: A problem for each that the database refuses or that takes too long.
  /// - Throws: `PostgresError` for any other error.
  package static func check(
    _ filters: SegmentFilters, on pool: PostgresPool
  ) async throws -> [FilterProblem] {
    var problems: [FilterProblem] = []
    for (index, filter) in filters.filters.enumerated() {
      guard filter.comparison.positive.form == .regexp else { continue }
      let reader = FilterValueReader(
        value: filter.value, comparison: filter.comparison, index: index, isStrict: false)
      let pattern: String
      do throws(FilterProblem) {
        pattern = try reader.pattern()
      } catch {
        problems.append(error)
        continue
      }
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
