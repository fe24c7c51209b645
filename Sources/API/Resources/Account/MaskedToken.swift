import Primitives

/// Tokens of forms as pages show them: each time other digits, behind which the same token stands. A page is packed when it
/// is sent; how long it is then would tell, guess by guess, a token that is always the same (BREACH).
enum MaskedToken {
  /// A token of hexadecimal digits behind a mask of its own, which stands before it.
  static func masked(_ token: String) -> String {
    guard let bytes = Hex.decode(token) else { return token }
    var generator = SystemRandomNumberGenerator()
    let mask = bytes.map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return Hex.encode(mask + zip(mask, bytes).map { $0 ^ $1 })
  }

  /// The token behind a mask.
  ///
  /// - Parameters:
  ///   - text: What a browser sends.
  ///   - digits: The number of digits of a token. A text of so many stands without a mask.
  /// - Returns: The text itself if it is no masked token.
  static func opened(_ text: String, digits: Int = 64) -> String {
    guard text.utf8.count == 2 * digits, let bytes = Hex.decode(text) else { return text }
    let half = bytes.count / 2
    return Hex.encode(zip(bytes[..<half], bytes[half...]).map { $0 ^ $1 })
  }
}
