import CSodium

/// Codes for who has lost the phone: 16 letters and digits that are not easily confused, 80 random bits, in four groups.
enum RecoveryCode {
  /// How many a user has at first.
  static let count = 10
  private static let length = 16
  private static let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")

  /// A new code.
  static func make() -> String {
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
    var bytes = [UInt8](repeating: 0, count: length)
    randombytes_buf(&bytes, bytes.count)
    return bytes.enumerated().map { place, byte in
      (place > 0 && place % 4 == 0 ? "-" : "") + String(letters[Int(byte & 31)])
    }.joined()
  }

  /// The digest under which a code of a user is kept; nil for a text that is no code.
  ///
  /// - Parameter code: The code, with or without blanks and dashes, in any case.
  static func digest(_ code: String, of user: Int64) -> [UInt8]? {
    let bare = bare(code)
    guard bare.count == length, bare.allSatisfy({ letters.contains($0) }) else { return nil }
    return SecretToken.digest("recovery:\(user):\(bare)")
  }

  /// A code as it is compared.
  static func bare(_ code: String) -> String {
    String(code.prefix(100).filter { !$0.isWhitespace && $0 != "-" }).lowercased()
  }
}
