import Primitives

/// A token in a query or in the beginning of a form body: that of access (RFC 6750, 2.2 and 2.3), or that of a form.
enum TokenParameter {
  /// The bytes of a form body within which the token has to stand: more is not read of a stranger.
  static let maximumBytes = 64 * 1024
  /// The name of the token of access.
  static let accessToken = "access_token"

  /// The last token among parameters; nil without one, and for an empty one.
  ///
  /// - Parameters:
  ///   - name: The parameter's name.
  ///   - isWhole: Whether the text has ended, so that its last parameter is complete.
  static func find(
    _ name: String = accessToken, in text: some Collection<UInt8>, isWhole: Bool = true
  ) -> String? {
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
