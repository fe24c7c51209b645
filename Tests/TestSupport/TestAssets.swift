import Foundation

/// The data that `scripts/assets` gets.
public enum TestAssets {
  /// No folder is given; tests that need one fail, and are not passed over.
  public struct Missing: Error, CustomStringConvertible {
    /// What to do.
    public let description = "MARTLET_TEST_ASSETS is not set; run the tests by scripts/test"
  }

  /// The path of a file.
  public static func path(_ name: String) throws -> String {
    guard let folder = ProcessInfo.processInfo.environment["MARTLET_TEST_ASSETS"] else {
      throw Missing()
    }
    return "\(folder)/\(name)"
  }
}
