import CSodium
import Primitives

/// Signs the seals of the audit log with the secret of the installation: who has the database alone cannot make new ones.
package struct AuditSigner: Sendable {
  private let key: [UInt8]

  /// - Parameter secret: The secret, `MARTLET_SECRET`.
  package init(secret: String) {
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
    key = Array(secret.utf8)
  }

  /// The signature of a block's hash, in hexadecimal.
  func sign(_ hash: String) -> String { mac("audit-seal:\(hash)") }

  /// The signature of the place at which the chain begins, in hexadecimal.
  func sign(anchor hash: String, block: Int64) -> String { mac("audit-anchor:\(block):\(hash)") }

  private func mac(_ text: String) -> String {
    let message = Array(text.utf8)
    var state = crypto_auth_hmacsha256_state()
    var output = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_bytes()))
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
    crypto_auth_hmacsha256_final(&state, &output)
    return Hex.encode(output)
  }
}

/// Several secrets that may have signed, as after a change of the secret.
package struct AuditSigners: Sendable {
  private let all: [AuditSigner]

  /// - Parameter secrets: The present secret and those before it.
  package init(secrets: [String]) { all = secrets.map { AuditSigner(secret: $0) } }

  /// Whether one of them has made a signature.
  func isSignature(_ signature: String, _ sign: (AuditSigner) -> String) -> Bool {
    let given = Array(signature.utf8)
    return all.contains { signer in
      let right = Array(sign(signer).utf8)
      return right.count == given.count && sodium_memcmp(right, given, given.count) == 0
    }
  }
}
