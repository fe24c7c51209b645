/// The bounds of pages.
package enum PageLimits {
  /// The greatest size of a page in bytes.
  static let bytes = 4 << 20
  /// The maximum number of tokens of a page.
  static let tokens = 1_000
  /// The maximum number of bytes of a contact's value in a page; the rest is cut off.
  static let valueBytes = 4_096
  /// The maximum number of forms that a page shows.
  static let forms = 20
  /// The maximum number of characters of an alias.
  static let alias = 180
  /// The maximum number of pages of a family that visitors choose among.
  static let family = 500

  /// The first parts of other addresses of this installation. A page with such a name would never be seen.
  package static let reserved: Set<String> = [
    "account", "api", "asset", "beacon", "dwc", "email", "focus", "form", "health", "index",
    "media", "mcp", "metrics", "mtc", "oauth", "page", "plugin", "r", "redirect", "s", "video",
  ]
}
