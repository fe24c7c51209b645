/// The product's version.
package enum Version {
  /// As `martlet --version` shows it.
  package static let text = "0.1.0"
}
