/// The product's version.
public enum Version {
  /// As `martlet --version` shows it.
  public static let text = "0.1.0"
}
