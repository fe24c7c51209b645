import CSodium

/// What an attacker signs with, who takes a public key for a secret.
enum HMAC {
  static func sha256(_ text: String, key: [UInt8]) -> [UInt8] {
    var state = crypto_auth_hmacsha256_state()
    let bytes = Array(text.utf8)
    var output = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_bytes()))
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, bytes, UInt64(bytes.count))
    crypto_auth_hmacsha256_final(&state, &output)
    return output
  }
}
