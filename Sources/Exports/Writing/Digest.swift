import COpenSSL

/// A SHA-256 of bytes as they come. By libcrypto, which uses the processor's own instructions for it: of
/// a large export's time a fifth would go into the hash otherwise.
final class Digest {
  private let context: OpaquePointer

  init() throws(ExportError) {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      throw ExportError(.failed, "a SHA-256 cannot be computed here")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: [UInt8]) {
    _ = EVP_DigestUpdate(context, bytes, bytes.count)
  }

  /// The hash in hexadecimal. Nothing may be added afterwards.
  func finish() -> String {
    var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    _ = EVP_DigestFinal_ex(context, &hash, &count)
    return hash.prefix(Int(count)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
