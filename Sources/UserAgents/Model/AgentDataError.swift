/// A problem with a file of data about user agents.
package struct AgentDataError: Error, Equatable, CustomStringConvertible {
  /// The problem in a sentence, with the place where it is.
  package let description: String

  init(_ description: String) { self.description = description }
}
