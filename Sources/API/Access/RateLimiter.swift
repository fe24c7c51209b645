import Synchronization

/// Limits the events per minute of each key: a bucket that refills steadily and holds a minute's
/// worth. Each process counts for itself.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var updated: ContinuousClock.Instant
  }

  /// The number of keys remembered; beyond it full buckets, which carry no information, are
  /// dropped.
  private static let capacity = 10_000

  /// Events a minute; 0 for no limit.
  let limit: Int
  private let buckets = Mutex<[String: Bucket]>([:])

  init(perMinute limit: Int) { self.limit = limit }

  /// Counts an event and returns true if there is room for it.
  func take(_ key: String, at now: ContinuousClock.Instant) -> Bool {
    guard limit > 0 else { return true }
    return buckets.withLock { buckets in
      var bucket = refilled(buckets[key], at: now)
      let isAllowed = bucket.tokens >= 1
      if isAllowed { bucket.tokens -= 1 }
      store(bucket, for: key, in: &buckets, at: now)
      return isAllowed
    }
  }

  /// Takes back an event that was counted.
  func giveBack(_ key: String, at now: ContinuousClock.Instant) {
    guard limit > 0 else { return }
    buckets.withLock { buckets in
      var bucket = refilled(buckets[key], at: now)
      bucket.tokens = min(Double(limit), bucket.tokens + 1)
      store(bucket, for: key, in: &buckets, at: now)
    }
  }

  /// Seconds until there is room for another event; nil if there is now.
  func secondsUntilAllowed(_ key: String, at now: ContinuousClock.Instant) -> Int? {
    guard limit > 0 else { return nil }
    return buckets.withLock { buckets in
      let bucket = refilled(buckets[key], at: now)
      guard bucket.tokens < 1 else { return nil }
      return Int(((1 - bucket.tokens) * 60 / Double(limit)).rounded(.up))
    }
  }

  private func refilled(_ bucket: Bucket?, at now: ContinuousClock.Instant) -> Bucket {
    guard var bucket else { return Bucket(tokens: Double(limit), updated: now) }
    let seconds = (now - bucket.updated) / .seconds(1)
    bucket.tokens = min(Double(limit), bucket.tokens + max(0, seconds) * Double(limit) / 60)
    bucket.updated = now
    return bucket
  }

  private func store(
    _ bucket: Bucket, for key: String, in buckets: inout [String: Bucket],
    at now: ContinuousClock.Instant
  ) {
    if buckets.count >= Self.capacity, buckets[key] == nil {
      let full = Double(limit)
      buckets = buckets.filter { refilled($0.value, at: now).tokens < full }
      // All of them in use: an attack from everywhere. Forgetting is better than growing.
      if buckets.count >= Self.capacity { buckets.removeAll() }
    }
    buckets[key] = bucket
  }
}
