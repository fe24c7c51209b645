/// The bounds of reports and of their answers.
package enum ReportLimits {
  /// The most columns shown.
  package static let columns = 60
  /// The most filters.
  package static let filters = 50
  /// The most columns of an order, of groups, and the most figures.
  package static let parts = 10
  /// The most values of a filter.
  static let values = 1_000
  /// The most characters of a name in a list.
  static let name = 191
  /// The most bytes of the settings.
  static let settings = 64 * 1024
  /// The most rows of an answer.
  package static let rows = 10_000
  /// The most rows of a file.
  package static let fileRows = 1_000_000
  /// The time a page of rows may take, in seconds.
  static let pageSeconds = 15
  /// The time between two pieces of a file, in seconds.
  static let pieceSeconds = 120
  /// The time in which a client must have taken a file, in seconds.
  static let fileSeconds = 900
}
