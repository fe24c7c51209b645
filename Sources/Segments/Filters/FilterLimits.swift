/// The limits of one segment's filters (segments.md 11).
package enum FilterLimits {
  /// The maximum number of filters of one segment.
  package static let filters = 200
  /// The maximum number of values in one list.
  package static let values = 2_000
  /// The maximum length of a regular expression, in characters.
  package static let patternLength = 1_000
  /// The maximum length of any other value, and of each entry of a list, in characters.
  package static let valueLength = 10_000
  /// The maximum length of a name of a field, type or object, in characters.
  package static let nameLength = 191
  /// The maximum depth of JSON inside a filter.
  package static let depth = 16
}
