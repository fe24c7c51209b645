import CSodium
import Primitives

/// Random texts that prove who sends them: session ids, access tokens, secrets of clients. Only their digests are kept;
/// a text of 256 random bits cannot be guessed back from a plain digest.
package enum SecretToken {
  /// The maximum number of bytes of a text that is looked up; no token is as long.
  package static let maximumBytes = 512

  /// A new token: 32 random bytes in the letters of URLs, 43 characters.
  package static func make() -> String {
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
    var bytes = [UInt8](repeating: 0, count: 32)
    randombytes_buf(&bytes, bytes.count)
    return Base64URL.encode(bytes)
  }

  /// The digest under which a token is kept: BLAKE2b, 32 bytes.
  package static func digest(_ token: String) -> [UInt8] {
    let input = Array(token.utf8)
    var output = [UInt8](repeating: 0, count: 32)
    let status = crypto_generichash(
      &output, output.count, input, UInt64(input.count), nil, 0)
    precondition(status == 0, "BLAKE2b refused its parameters")
    return output
  }

  /// Whether two texts or digests are equal, in a time that tells only whether they are as long.
  package static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && sodium_memcmp(a, b, a.count) == 0
  }
}
