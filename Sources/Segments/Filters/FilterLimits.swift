/// How much one segment may ask (segments.md 11).
public enum FilterLimits {
  /// Filters of one segment.
  public static let filters = 200
  /// Values in one list.
  public static let values = 2_000
  /// Characters of a regular expression.
  public static let patternLength = 1_000
  /// Characters of any other value, and of each entry of a list.
  public static let valueLength = 10_000
  /// Characters of a name: of a field, a type, an object.
  public static let nameLength = 191
  /// Levels of JSON inside a filter.
  public static let depth = 16
}
