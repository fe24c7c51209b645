extension SigningKey {
  /// Whether a token was signed with the private key that belongs to this one.
  func verifies(_ token: SignedToken) -> Bool {
    guard fits(token.algorithm), let key = PublicKey(material) else { return false }
    switch token.algorithm {
    case .rs256: return key.verifies(token.signature, of: token.signed, isPSS: false)
    case .ps256: return key.verifies(token.signature, of: token.signed, isPSS: true)
    case .es256:
      guard token.signature.count == 64 else { return false }
      return key.verifies(Self.der(token.signature), of: token.signed, isPSS: false)
    }
  }

  /// Two numbers of 32 bytes (RFC 7518, 3.4) as the sequence of DER that libcrypto takes.
  private static func der(_ signature: [UInt8]) -> [UInt8] {
    let numbers = integer(signature[..<32]) + integer(signature[32...])
    return [0x30, UInt8(numbers.count)] + numbers
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var digits = Array(bytes.drop { $0 == 0 })
    // A first bit that is set would make it negative, and zero has a digit too.
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return [0x02, UInt8(digits.count)] + digits
  }
}
