import Primitives

/// The access token in a query or in a form body (RFC 6750, 2.2 and 2.3).
enum TokenParameter {
  /// The bytes of a form body within which the token has to stand: more is not read of a stranger.
  static let maximumBytes = 64 * 1024
  private static let name = "access_token"

  /// The last token among parameters; nil without one, and for an empty one.
  ///
  /// - Parameter isWhole: Whether the text has ended, so that its last parameter is complete.
  static func find(in text: some Collection<UInt8>, isWhole: Bool = true) -> String? {
    var pairs = text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
    if !isWhole { pairs.removeLast() }
    for pair in pairs.reversed() {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2, PercentCoding.decode(parts[0], plusIsBlank: true) == name else {
        continue
      }
      let token = PercentCoding.decode(parts[1], plusIsBlank: true)
      if !token.isEmpty { return token }
    }
    return nil
  }
}
