/// How much one segment may ask (segments.md 11).
package enum FilterLimits {
  /// Filters of one segment.
  package static let filters = 200
  /// Values in one list.
  package static let values = 2_000
  /// Characters of a regular expression.
  package static let patternLength = 1_000
  /// Characters of any other value, and of each entry of a list.
  package static let valueLength = 10_000
  /// Characters of a name: of a field, a type, an object.
  package static let nameLength = 191
  /// Levels of JSON inside a filter.
  package static let depth = 16
}
