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

  private struct Entry {
    var user: User
    var expires: ContinuousClock.Instant
  }

  private let key: [UInt8]
  private let lifetime: Duration
  private let capacity: Int
  private var entries: [Digest: Entry] = [:]
  private var version: Int64 = 0

  init(lifetime: Duration, capacity: Int) {
    self.lifetime = lifetime
    self.capacity = max(1, capacity)
    var key = [UInt8](repeating: 0, count: crypto_generichash_keybytes())
    randombytes_buf(&key, key.count)
    self.key = key
  }

  /// The maximum number of credentials kept.
  var count: Int { entries.count }

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
    guard let entry = entries[digest], entry.expires > now else { return nil }
    return entry.user
  }

  /// Keeps credentials that were verified when the users stood at a version.
  mutating func insert(
    _ user: User, _ digest: Digest, version: Int64, at now: ContinuousClock.Instant
  ) {
    // A result read before a known change is stale.
    guard version >= self.version else { return }
    adopt(version: version)
    if entries.count >= capacity { makeRoom(now) }
    entries[digest] = Entry(user: user, expires: now + lifetime)
  }

  /// Drops credentials that proved wrong.
  mutating func remove(_ digest: Digest) { entries[digest] = nil }

  /// Drops everything if any user changed since.
  mutating func adopt(version: Int64) {
    guard version > self.version else { return }
    self.version = version
    entries.removeAll()
  }

  private mutating func makeRoom(_ now: ContinuousClock.Instant) {
    entries = entries.filter { $0.value.expires > now }
    guard entries.count >= capacity else { return }
    // An eighth at a time, the oldest first, so that sorting is seldom.
    let oldest = entries.sorted { $0.value.expires < $1.value.expires }
      .prefix(max(1, capacity / 8))
    for (digest, _) in oldest { entries[digest] = nil }
  }
}
