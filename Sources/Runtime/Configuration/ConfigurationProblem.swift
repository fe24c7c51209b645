/// What is wrong with one variable.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// The variable's name.
  package let variable: String
  /// What is wrong and what would be right; never a secret's value.
  package let text: String

  /// - Parameters:
  ///   - variable: The variable's name.
  ///   - text: What is wrong; never a secret's value.
  package init(_ variable: String, _ text: String) {
    self.variable = variable
    self.text = text
  }

  /// `NAME: what is wrong`.
  package var description: String { "\(variable): \(text)" }
}

/// Everything that is wrong with a configuration, so that it is mended in one go.
package struct ConfigurationError: Error, CustomStringConvertible {
  /// The problems, in the order of the documentation.
  package let problems: [ConfigurationProblem]

  /// - Parameter problems: What is wrong, at least one thing.
  package init(_ problems: [ConfigurationProblem]) { self.problems = problems }

  /// A line for each problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
