import Foundation
package import JobQueue
package import Postgres

/// Asking for full rebuilds, and for how they went.
package enum SegmentRebuilds {
  /// Asks for rebuilds of segments, each by itself: it evaluates the filters of the segments it refers to as
  /// well (SEG-82). Call it in the transaction that changes the filters, after the change. One that waits
  /// already is not asked for twice (SEG-75).
  ///
  /// - Parameters:
  ///   - segments: Which; those that do not exist or are not published are left out (SEG-70).
  ///   - limit: The most contacts to add and remove together, of each segment (SEG-72).
  ///   - user: Who asks.
  ///   - transaction: The transaction.
  /// - Returns: What to wait for with ``result(of:on:)``, by segment.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func request(
    _ segments: [Int64], limit: Int? = nil, by user: Int64? = nil, in transaction: Transaction
  ) async throws -> [SegmentRebuildRequest] {
    let requests = try await count(segments, on: transaction.connection)
    try await enqueue(
      requests.map { RebuildSegment(segment: $0.segment, limit: limit) }, by: user, in: transaction)
    return requests
  }

  /// Asks for a rebuild of all published segments, those that others refer to first.
  ///
  /// - Parameters:
  ///   - except: Segments to leave out (SEG-70).
  ///   - user: Who asks.
  ///   - transaction: The transaction.
  /// - Returns: The number under which ``run(_:on:)`` tells how it goes.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func requestAll(
    except: [Int64] = [], by user: Int64? = nil, in transaction: Transaction
  ) async throws -> Int64 {
    try await RebuildRun.open(except: except, only: nil, by: user, in: transaction)
  }

  /// How the rebuild went that served a request.
  ///
  /// - Returns: nil while it has not ended, and for a segment that was deleted or unpublished meanwhile.
  /// - Throws: `PostgresError`.
  package static func result(
    of request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> SegmentRebuild? {
    try await RebuildStore.result(of: request, on: pool)
  }

  /// Whether a request is neither waiting nor under way any more.
  /// - Throws: `PostgresError`.
  package static func isServed(
    _ request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> Bool {
    try await RebuildStore.isServed(request, on: pool)
  }

  /// Waits until a request is served, looking several times a second.
  ///
  /// - Returns: How it went; nil for a segment that was deleted or unpublished meanwhile.
  /// - Throws: `CancellationError`, `PostgresError`.
  package static func wait(
    for request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> SegmentRebuild? {
    try await poll { try await isServed(request, on: pool) }
    return try await result(of: request, on: pool)
  }

  /// Waits until a rebuild of many segments has ended, looking several times a second.
  ///
  /// - Returns: The rebuilds in the order in which they were asked for.
  /// - Throws: `CancellationError`, `PostgresError`.
  package static func wait(forRun run: Int64, on pool: PostgresPool) async throws
    -> [SegmentRebuild]
  {
    try await poll {
      try await RunStore.hasEnded(run, on: pool)
    }
    return try await self.run(run, on: pool)
  }

  /// The rebuilds of a run so far, in the order in which they were asked for.
  /// - Throws: `PostgresError`.
  package static func run(_ run: Int64, on pool: PostgresPool) async throws -> [SegmentRebuild] {
    try await RunStore.rebuilds(of: run, on: pool)
  }

  /// Enqueues rebuilds of segments whose rows are locked. A job that is there already serves this request
  /// too (SEG-75): it reads the requests under the row's lock, and so has not read them yet. No other is
  /// inserted then, for that would wait for the end of the one, which may wait for the row.
  static func enqueue(
    _ rebuilds: [RebuildSegment], by user: Int64? = nil, in transaction: Transaction
  ) async throws {
    let waiting = try await RebuildStore.waiting(
      rebuilds.map(\.segment), for: RebuildSegment.name, on: transaction.connection)
    for job in rebuilds where !waiting.contains(job.segment) {
      try transaction.outbox.add(job, job.options(createdBy: user))
    }
  }

  /// Counts requests, in the order of the segments' numbers, as everywhere.
  static func count(
    _ segments: [Int64], on connection: PostgresConnection
  ) async throws -> [SegmentRebuildRequest] {
    guard !segments.isEmpty else { return [] }
    if segments.count > 1 { try await SegmentLock.take(on: connection) }
    return try await RebuildStore.countRequests(of: segments, on: connection)
  }

  private static func poll(_ isDone: () async throws -> Bool) async throws {
    var pause = Duration.milliseconds(10)
    while !(try await isDone()) {
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(200))
    }
  }
}
