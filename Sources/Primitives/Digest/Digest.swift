import COpenSSL

/// An incremental hash, by libcrypto with the processor's own instructions: without them a large export would spend a
/// fifth of its time on hashing.
package final class Digest {
  /// The hash algorithms.
  package enum Algorithm: Sendable {
    /// For names that others define by it, not for security.
    case sha1
    case sha256
  }

  private let context: OpaquePointer

  /// An empty hash; nil if the library does not offer the algorithm.
  package init?(_ algorithm: Algorithm) {
    guard let context = EVP_MD_CTX_new() else { return nil }
    let type =
      switch algorithm {
      case .sha1: EVP_sha1()
      case .sha256: EVP_sha256()
      }
    guard EVP_DigestInit_ex(context, type, nil) == 1 else {
      EVP_MD_CTX_free(context)
      return nil
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes bytes.
  package func update(_ bytes: [UInt8]) {
    _ = EVP_DigestUpdate(context, bytes, bytes.count)
  }

  /// The hash in hexadecimal. Nothing may be added afterwards.
  package func finish() -> String {
    var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    _ = EVP_DigestFinal_ex(context, &hash, &count)
    return Hex.encode(hash.prefix(Int(count)))
  }
}
