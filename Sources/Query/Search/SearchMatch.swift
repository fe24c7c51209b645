package import Postgres

/// The rows that match a search term.
package indirect enum SearchMatch: Sendable {
  /// No row. Negated: every row.
  case nothing
  /// Rows on which a condition holds. Where it is null it does not. `isIndexed` says that an index
  /// answers it.
  case when(SQL, isIndexed: Bool = false)
  /// Rows whose number a query gives in its only column, which must not be null.
  case ids(SQL)
  /// Rows that all of these find.
  case all([SearchMatch])
  /// Rows that one of these finds.
  case any([SearchMatch])
}

/// The user on whose behalf a search runs.
package struct SearchContext: Sendable {
  /// The user's id, for `is:mine`.
  package var user: Int64

  package init(user: Int64) { self.user = user }
}

/// The match of a command for its value; nil if the text shall be searched for as it was
/// written, `command:value`.
package typealias SearchCommand = @Sendable (SearchText, SearchContext) -> SearchMatch?
