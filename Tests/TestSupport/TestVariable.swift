import Foundation

/// The variables of a test run: `MARTLET_TEST_…`.
public enum TestVariable {
  /// A number, such as the seed of a run that is to be repeated; nil where none is given.
  public static func number<N: LosslessStringConvertible>(_ name: String) -> N? {
    ProcessInfo.processInfo.environment[name].flatMap { N($0) }
  }
}
