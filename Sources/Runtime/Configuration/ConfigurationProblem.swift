/// What is wrong with one variable.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// The variable's name.
  public let variable: String
  /// What is wrong and what would be right; never a secret's value.
  public let text: String

  /// - Parameters:
  ///   - variable: The variable's name.
  ///   - text: What is wrong; never a secret's value.
  public init(_ variable: String, _ text: String) {
    self.variable = variable
    self.text = text
  }

  /// `NAME: what is wrong`.
  public var description: String { "\(variable): \(text)" }
}

/// Everything that is wrong with a configuration, so that it is mended in one go.
public struct ConfigurationError: Error, CustomStringConvertible {
  /// The problems, in the order of the documentation.
  public let problems: [ConfigurationProblem]

  /// - Parameter problems: What is wrong, at least one thing.
  public init(_ problems: [ConfigurationProblem]) { self.problems = problems }

  /// A line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
