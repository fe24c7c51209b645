import Contacts
import Postgres
import Primitives
import Synchronization

/// What browsers and apps that come again and again are known by: devices, and the ids of senders. What is remembered
/// for longer than a second is asked for again, many keys in one statement; while the database is away it still holds.
final class LookupCache<Value: Sendable>: Sendable {
  private struct Remembered {
    var value: Value
    var readAt: ContinuousClock.Instant
  }

  /// The age after which a value is read again, in which merges and deletions elsewhere are noticed.
  private let freshness: Duration
  /// The maximum number of values remembered; then all are forgotten.
  private let limit = 200_000
  private let entries = Mutex<[String: Remembered]>([:])
  private let reads: Coalescer<Bool, String, Value?>

  /// - Parameter read: Returns the values of some keys, as far as there are any.
  init(
    pool: PostgresPool, freshness: Duration, breaker: Breaker,
    _ read: @escaping @Sendable ([String], PostgresConnection) async throws -> [String: Value]
  ) {
    self.freshness = freshness
    reads = Coalescer(concurrency: 2, size: 1_000) { _, keys in
      // The wait is bounded for all callers together: a timer for each would cost more than the look-up.
      let found = try await breaker.run {
        try await pool.withConnection { try await read(Array(Set(keys)), $0) }
      }
      return keys.map { found[$0] }
    }
  }

  /// Returns the value of a key; nil if there is none.
  ///
  /// - Throws: The error of ``Breaker``, if the value is not remembered either.
  func find(_ key: String) async throws -> Value? {
    let known = entries.withLock { $0[key] }
    if let known, ContinuousClock.now - known.readAt < freshness { return known.value }
    do {
      let value = try await reads.answer(key, in: true)
      note(key, value)
      return value
    } catch {
      if let known { return known.value }
      throw error
    }
  }

  /// Remembers what a transaction of this process has found or made.
  func note(_ key: String, _ value: Value?) {
    entries.withLock { entries in
      guard let value else {
        entries[key] = nil
        return
      }
      if entries.count >= limit { entries = [:] }
      entries[key] = Remembered(value: value, readAt: .now)
    }
  }
}

/// The devices of browsers, by their ids.
typealias DeviceCache = LookupCache<TrackedDevice>
