import Foundation

/// The variables of a test run: `MARTLET_TEST_…`, and `MARTLET_WRITE_…` for what a run writes into the repository.
public enum TestVariable {
  /// A number, such as the seed of a run that is to be repeated; nil where none is given.
  public static func number<N: LosslessStringConvertible>(_ name: String) -> N? {
    ProcessInfo.processInfo.environment[name].flatMap { N($0) }
  }

  /// Whether a variable is `1`.
  public static func isSet(_ name: String) -> Bool {
    ProcessInfo.processInfo.environment[name] == "1"
  }
}
