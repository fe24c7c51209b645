import COpenSSL

/// Codes that prove a message to those who share a key (RFC 2104), by libcrypto.
package enum MessageCode {
  /// The HMAC of a message: 20 bytes with SHA-1, 32 with SHA-256.
  package static func hmac(
    _ algorithm: Digest.Algorithm, key: [UInt8], _ message: [UInt8]
  ) -> [UInt8] {
    let name =
      switch algorithm {
      case .sha1: "SHA1"
      case .sha256: "SHA256"
      }
    var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let capacity = code.count
    var count = 0
    let made = EVP_Q_mac(
      nil, "HMAC", nil, name, nil, key, key.count, message, message.count, &code, capacity, &count)
    precondition(made != nil, "libcrypto refused HMAC with \(name)")
    return Array(code.prefix(count))
  }
}
