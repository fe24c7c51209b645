package import Postgres

/// The rows that match a search term.
package indirect enum SearchMatch: Sendable {
  /// No row. Negated: every row.
  case nothing
  /// Rows for which a condition is true, and not null. `isIndexed`: whether an index answers it.
  case when(SQL, isIndexed: Bool = false)
  /// Rows whose id a query returns in its only column, which must not be null.
  case ids(SQL)
  /// Rows found by all of these.
  case all([SearchMatch])
  /// Rows found by at least one of these.
  case any([SearchMatch])
}

/// The user on whose behalf a search runs.
package struct SearchContext: Sendable {
  /// The user's id, for `is:mine`.
  package var user: Int64

  package init(user: Int64) { self.user = user }
}

/// Returns the match of a command for its value; nil if the text must be searched for as written,
/// `command:value`.
package typealias SearchCommand = @Sendable (SearchText, SearchContext) -> SearchMatch?
