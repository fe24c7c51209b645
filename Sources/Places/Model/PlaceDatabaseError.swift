/// A problem with a database of places.
package struct PlaceDatabaseError: Error, Equatable, CustomStringConvertible {
  /// The problem in a sentence, with the file.
  package let description: String

  init(_ description: String) { self.description = description }
}
