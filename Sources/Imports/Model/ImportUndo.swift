package import Foundation

/// The undoing of an import: how far it has come (IMP-75).
package struct ImportUndo: Sendable, Hashable {
  /// The time of the request.
  package var dateStarted: Date
  /// The time at which all contacts had been looked at.
  package var dateEnded: Date?
  /// The number of contacts removed so far.
  package var removedCount: Int
  /// The number of contacts kept so far, because something happened to them since.
  package var keptCount: Int
  /// The id of the last contact looked at.
  var lastID: Int64 = 0
}
