import CSodium
import Foundation

/// Recently verified credentials.
///
/// A pair of name and password is kept as a keyed BLAKE2b digest under a key that is drawn at random for
/// each process and never leaves it: neither a core dump of another process nor a precomputed table
/// says anything about the passwords, and the time of a look-up tells nothing about how near a guess is.
struct CredentialCache {
  /// The digest of a name and a password.
  typealias Digest = [UInt8]

  private let key: [UInt8]
  private var users: VerifiedCache<User>

  init(lifetime: Duration, capacity: Int) {
    users = VerifiedCache(lifetime: lifetime, capacity: capacity)
    var key = [UInt8](repeating: 0, count: crypto_generichash_keybytes())
    randombytes_buf(&key, key.count)
    self.key = key
  }

  /// The number of credentials kept.
  var count: Int { users.count }

  /// The digest of a name and a password; the name's length keeps the two apart.
  func digest(name: String, password: String) -> Digest {
    var input: [UInt8] = []
    withUnsafeBytes(of: UInt64(name.utf8.count).littleEndian) { input.append(contentsOf: $0) }
    input.append(contentsOf: name.utf8)
    input.append(contentsOf: password.utf8)
    var output = [UInt8](repeating: 0, count: crypto_generichash_bytes())
    let status = crypto_generichash(
      &output, output.count, input, UInt64(input.count), key, key.count)
    sodium_memzero(&input, input.count)
    precondition(status == 0, "BLAKE2b refused its parameters")
    return output
  }

  /// The user whose credentials these are, if they were verified within the lifetime.
  func user(_ digest: Digest, at now: ContinuousClock.Instant) -> User? {
    users.value(digest, at: now)
  }

  /// Keeps credentials that were verified when the users stood at a version.
  mutating func insert(
    _ user: User, _ digest: Digest, version: Int64, at now: ContinuousClock.Instant
  ) { users.insert(user, digest, version: version, at: now) }

  /// Drops credentials that proved wrong.
  mutating func remove(_ digest: Digest) { users.remove(digest) }

  /// Drops everything if any user changed since.
  mutating func adopt(version: Int64) { users.adopt(version: version) }
}
