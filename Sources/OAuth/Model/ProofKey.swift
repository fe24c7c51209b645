import CSodium
import Primitives
import Users

/// The challenge by which the receiver of a code proves that it is the one that asked for it (PKCE, RFC 7636).
package struct ProofKey: Sendable, Equatable {
  /// How the challenge is made of the verifier.
  package enum Method: String, Sendable {
    /// The verifier itself.
    case plain
    /// Its SHA-256 in the letters of URLs.
    case s256 = "S256"
  }

  package let challenge: String
  package let method: Method

  /// A challenge as a request names it.
  ///
  /// - Parameter method: The method's name; nil for `plain`.
  /// - Throws: ``OAuthError`` for a challenge or a method that is none.
  package init(challenge: String, method: String?) throws(OAuthError) {
    guard let known = Method(rawValue: method ?? "plain") else {
      throw OAuthError(.invalidRequest, "code_challenge_method must be S256 or plain")
    }
    guard Self.isVerifier(challenge) else {
      throw OAuthError(
        .invalidRequest, "code_challenge must have 43 to 128 letters, digits, or -._~")
    }
    self.challenge = challenge
    self.method = known
  }

  /// A challenge that was accepted before.
  init(accepted challenge: String, _ method: Method) {
    self.challenge = challenge
    self.method = method
  }

  /// Whether a verifier is the one that the challenge was made of.
  package func accepts(_ verifier: String) -> Bool {
    guard Self.isVerifier(verifier) else { return false }
    let made =
      switch method {
      case .plain: verifier
      case .s256: Base64URL.encode(Self.sha256(Array(verifier.utf8)))
      }
    return SecretToken.isEqual(Array(made.utf8), Array(challenge.utf8))
  }

  /// 43 to 128 unreserved characters (RFC 7636, 4.1).
  private static func isVerifier(_ text: String) -> Bool {
    (43...128).contains(text.utf8.count)
      && text.utf8.allSatisfy(PercentCoding.unreserved.contains)
  }

  private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_bytes()))
    crypto_hash_sha256(&output, bytes, UInt64(bytes.count))
    return output
  }
}
