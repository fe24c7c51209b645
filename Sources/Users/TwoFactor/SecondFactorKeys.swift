import CSodium
import Primitives

/// The keys that second factors need, made from the secret of the installation: who has the database alone can read no
/// secret, and who has neither proves no password.
struct SecondFactorKeys: Sendable {
  private let secrets: [UInt8]
  private let proofs: [UInt8]

  /// - Parameter secret: The secret, `MARTLET_SECRET`.
  init(secret: String) {
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
    let key = Array(secret.utf8)
    secrets = MessageCode.hmac(.sha256, key: key, Array("second-factor:secrets".utf8))
    proofs = MessageCode.hmac(.sha256, key: key, Array("second-factor:proofs".utf8))
  }

  /// A user's secret as the table keeps it: a random nonce, and XChaCha20-Poly1305 that names the user.
  func seal(_ secret: SecondFactorSecret, of user: Int64) -> [UInt8] {
    var nonce = [UInt8](repeating: 0, count: Int(crypto_aead_xchacha20poly1305_ietf_npubbytes()))
    randombytes_buf(&nonce, nonce.count)
    let (message, name) = (secret.bytes, Self.name(user))
    var sealed = [UInt8](
      repeating: 0, count: message.count + Int(crypto_aead_xchacha20poly1305_ietf_abytes()))
    let status = crypto_aead_xchacha20poly1305_ietf_encrypt(
      &sealed, nil, message, UInt64(message.count), name, UInt64(name.count), nil, nonce, secrets)
    precondition(status == 0, "XChaCha20-Poly1305 refused its parameters")
    return nonce + sealed
  }

  /// Reads what the table keeps; nil where it was sealed for somebody else, or under another secret of the installation.
  func open(_ kept: [UInt8], of user: Int64) -> SecondFactorSecret? {
    let nonceCount = Int(crypto_aead_xchacha20poly1305_ietf_npubbytes())
    let overhead = nonceCount + Int(crypto_aead_xchacha20poly1305_ietf_abytes())
    guard kept.count > overhead else { return nil }
    let (nonce, sealed) = (Array(kept.prefix(nonceCount)), Array(kept.dropFirst(nonceCount)))
    let name = Self.name(user)
    var message = [UInt8](repeating: 0, count: kept.count - overhead)
    let status = crypto_aead_xchacha20poly1305_ietf_decrypt(
      &message, nil, nil, sealed, UInt64(sealed.count), name, UInt64(name.count), nonce, secrets)
    return status == 0 ? SecondFactorSecret(bytes: message) : nil
  }

  /// Signs a text that a browser keeps for us.
  func sign(_ text: String) -> String {
    Hex.encode(MessageCode.hmac(.sha256, key: proofs, Array(text.utf8)))
  }

  private static func name(_ user: Int64) -> [UInt8] { Array("user:\(user)".utf8) }
}
