import Foundation
import Primitives

/// A token in the compact form of JSON Web Signature (RFC 7515, 3.1), whose signature has not been looked at yet.
struct SignedToken: Sendable {
  /// The maximum number of bytes.
  static let maximumBytes = 16 * 1024

  let algorithm: SignatureAlgorithm
  /// The name of the key; nil for none.
  let keyID: String?
  /// What is signed: the first two parts as they came.
  let signed: [UInt8]
  let signature: [UInt8]
  /// The second part. Nothing of it may be believed before the signature is verified.
  let payload: [UInt8]

  /// Reads a token.
  ///
  /// - Throws: ``OpenIDError/invalid(_:)``.
  init(_ text: String) throws(OpenIDError) {
    guard text.utf8.count <= Self.maximumBytes else {
      throw .invalid("the ID token has more than \(Self.maximumBytes) bytes")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.bytes(parts[0]), let payload = Self.bytes(parts[1]),
      let signature = Self.bytes(parts[2])
    else { throw .invalid("the ID token is no JWS of three parts") }
    let members = try ProviderJSON.object(header, "the ID token's header")
    guard case .string(let name)? = members["alg"], let known = SignatureAlgorithm(rawValue: name)
    else { throw .invalid("the ID token is not signed by RS256, PS256 or ES256") }
    // What must be understood cannot be passed over (RFC 7515, 4.1.11).
    guard members["crit"] == nil else { throw .invalid("the ID token has the header crit") }
    algorithm = known
    keyID = members["kid"]?.text
    signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    self.signature = signature
    self.payload = payload
  }

  private static func bytes(_ part: Substring) -> [UInt8]? {
    let isPlain = part.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return isPlain && !part.isEmpty ? Base64URL.decode(String(part)) : nil
  }
}
