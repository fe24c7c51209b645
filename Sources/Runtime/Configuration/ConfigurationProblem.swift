/// A problem with one variable.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// The variable's name.
  package let variable: String
  /// The problem and the expected form; never a secret's value.
  package let text: String

  /// - Parameters:
  ///   - variable: The variable's name.
  ///   - text: The problem; never a secret's value.
  package init(_ variable: String, _ text: String) {
    self.variable = variable
    self.text = text
  }

  /// `NAME: what is wrong`.
  package var description: String { "\(variable): \(text)" }
}

/// All problems of a configuration, so that they can be fixed in one go.
package struct ConfigurationError: Error, CustomStringConvertible {
  /// The problems, in the order of the documentation.
  package let problems: [ConfigurationProblem]

  /// - Parameter problems: The problems, at least one.
  package init(_ problems: [ConfigurationProblem]) { self.problems = problems }

  /// A line for each problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
