import CSodium
import Primitives

extension SignIn {
  /// The challenge that goes with the verifier: its SHA-256 in the letters of URLs (RFC 7636, 4.2).
  var challenge: String {
    let bytes = Array(verifier.utf8)
    var output = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_bytes()))
    crypto_hash_sha256(&output, bytes, UInt64(bytes.count))
    return Base64URL.encode(output)
  }
}
