import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing

extension SegmentBed {
  /// The wait events of a session that conflicts with another: a bucket, a row; not a table extension.
  static let waitEvents = ["advisory", "transactionid", "tuple", "spectoken"]

  /// Keeps the first contacts from being evaluated while a closure begins `other`, until that waits for it; see
  /// ``holding(_:against:thenBeforeCommit:)``.
  func holdingContacts(
    against other: @escaping @Sendable () async throws -> Void,
    thenBeforeCommit before: @escaping @Sendable () async throws -> Void = {}
  ) async throws {
    try await holding {
      try await $0.query("SELECT lock_contact_range(0, 10)")
    } against: {
      try await other()
    } thenBeforeCommit: {
      try await before()
    }
  }

  /// Runs statements in a transaction and keeps it open while a closure begins `other`, until that waits
  /// for one of its locks; then commits, and waits for the end of both.
  func holding(
    _ first: @escaping @Sendable (Transaction) async throws -> Void,
    against other: @escaping @Sendable () async throws -> Void,
    thenBeforeCommit before: @escaping @Sendable () async throws -> Void = {}
  ) async throws {
    let (done, release) = (Latch(), Latch())
    let (pool, jobs, now) = (pool, jobs, now)
    let holder = Task {
      defer { done.open() }
      try await jobs.transaction(at: now, retries: 0) { transaction in
        try await first(transaction)
        done.open()
        await release.pass()
      }
    }
    await done.pass()
    let runner = Task { try await other() }
    let waits = try await eventually {
      try await !pool.query(
        """
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event = ANY (\(Self.waitEvents))
        """
      ).isEmpty
    }
    #expect(waits, "nobody came to wait for the held transaction")
    do { try await before() } catch { Issue.record(error) }
    release.open()
    try await holder.value
    try await runner.value
  }
}

/// A record of what happened.
final class Diary: Sendable {
  private let number = Mutex(0)

  func add() { number.withLock { $0 += 1 } }
  var count: Int { number.withLock { $0 } }
}
