import Primitives

/// A public key of a provider (RFC 7517), as its document gives it.
struct SigningKey: Sendable, Equatable {
  /// The numbers of a key, by its type.
  enum Material: Sendable, Equatable {
    /// Modulus and exponent, the highest byte first.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point of P-256.
    case p256(x: [UInt8], y: [UInt8])
  }

  /// The bits that a modulus may have: fewer can be broken, more take long.
  private static let modulusBytes = 256...1024

  /// The key's name; nil for none.
  let id: String?
  let material: Material
  /// The only algorithm that the key is for; nil for all of its type.
  let algorithm: SignatureAlgorithm?

  /// Reads a key; nil for one that signs nothing, or that is of another type, as documents may have them.
  init?(_ members: JSONValue) {
    if let use = members["use"], use != .string("sig") { return nil }
    if case .array(let uses)? = members["key_ops"], !uses.contains(.string("verify")) {
      return nil
    }
    if let named = members["alg"] {
      guard case .string(let name) = named, let known = SignatureAlgorithm(rawValue: name) else {
        return nil
      }
      algorithm = known
    } else {
      algorithm = nil
    }
    id = members["kid"]?.text
    switch members["kty"] {
    case .string("RSA"):
      guard let modulus = Self.bytes(members["n"]), let exponent = Self.bytes(members["e"]),
        Self.modulusBytes.contains(modulus.count), (1...4).contains(exponent.count),
        let last = exponent.last, last % 2 == 1, exponent != [1]
      else { return nil }
      material = .rsa(modulus: modulus, exponent: exponent)
    case .string("EC"):
      guard members["crv"] == .string("P-256"), let x = Self.coordinate(members["x"]),
        let y = Self.coordinate(members["y"])
      else { return nil }
      material = .p256(x: x, y: y)
    default: return nil
    }
    if let algorithm, !fits(algorithm) { return nil }
  }

  /// Whether the key's type is that of an algorithm, and the key for no other one.
  func fits(_ wanted: SignatureAlgorithm) -> Bool {
    guard algorithm == nil || algorithm == wanted else { return false }
    return switch (material, wanted) {
    case (.rsa, .rs256), (.rsa, .ps256), (.p256, .es256): true
    default: false
    }
  }

  /// A number without zeros before it.
  private static func bytes(_ value: JSONValue?) -> [UInt8]? {
    guard case .string(let text)? = value, text.utf8.count <= 4096 else { return nil }
    return Base64URL.decode(text).map { Array($0.drop { $0 == 0 }) }
  }

  private static func coordinate(_ value: JSONValue?) -> [UInt8]? {
    guard case .string(let text)? = value, text.utf8.count <= 64,
      let bytes = Base64URL.decode(text), bytes.count == 32
    else { return nil }
    return bytes
  }
}
