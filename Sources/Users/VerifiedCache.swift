/// What was verified a short while ago, such as credentials, by their digests.
///
/// All of it was true of one version of the users, or of what else is counted; a later version empties it.
package struct VerifiedCache<Value: Sendable>: Sendable {
  private struct Entry {
    var value: Value
    var expires: ContinuousClock.Instant
  }

  private let lifetime: Duration
  private let capacity: Int
  private var entries: [[UInt8]: Entry] = [:]
  private var version: Int64 = 0

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - lifetime: The time for which a value is trusted.
  ///   - capacity: The maximum number of values kept.
  package init(lifetime: Duration, capacity: Int) {
    self.lifetime = lifetime
    self.capacity = max(1, capacity)
  }

  /// The number of values kept.
  package var count: Int { entries.count }

  /// The value of a digest, if it was verified within the lifetime.
  package func value(_ digest: [UInt8], at now: ContinuousClock.Instant) -> Value? {
    guard let entry = entries[digest], entry.expires > now else { return nil }
    return entry.value
  }

  /// Keeps a value that was verified at a version.
  package mutating func insert(
    _ value: Value, _ digest: [UInt8], version: Int64, at now: ContinuousClock.Instant
  ) {
    // A result read before a known change is stale.
    guard version >= self.version else { return }
    adopt(version: version)
    if entries.count >= capacity { makeRoom(now) }
    entries[digest] = Entry(value: value, expires: now + lifetime)
  }

  /// Drops what proved wrong.
  package mutating func remove(_ digest: [UInt8]) { entries[digest] = nil }

  /// Drops everything if anything changed since.
  package mutating func adopt(version: Int64) {
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
