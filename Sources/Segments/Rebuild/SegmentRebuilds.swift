import Foundation
package import JobQueue
package import Postgres

/// Requests for full rebuilds, and their results.
package enum SegmentRebuilds {
  /// Requests rebuilds of segments, each by itself: it evaluates the filters of referenced segments as
  /// well (SEG-82). Call it in the transaction that changes the filters, after the change. A waiting
  /// rebuild serves further requests (SEG-75).
  ///
  /// - Parameters:
  ///   - segments: The segments; missing and unpublished ones are left out (SEG-70).
  ///   - limit: The maximum number of contacts to add and remove together, per segment (SEG-72).
  ///   - user: The user who asks.
  ///   - transaction: The transaction.
  /// - Returns: The requests to pass to ``result(of:on:)``, by segment.
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

  /// Requests a rebuild of all published segments, referenced ones first.
  ///
  /// - Parameters:
  ///   - except: Segments to leave out (SEG-70).
  ///   - user: The user who asks.
  ///   - transaction: The transaction.
  /// - Returns: The id of the run, for ``run(_:on:)``.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func requestAll(
    except: [Int64] = [], by user: Int64? = nil, in transaction: Transaction
  ) async throws -> Int64 {
    try await RebuildRun.open(except: except, only: nil, by: user, in: transaction)
  }

  /// Returns the rebuild that served a request.
  ///
  /// - Returns: nil until it has ended, and for a segment deleted or unpublished meanwhile.
  /// - Throws: `PostgresError`.
  package static func result(
    of request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> SegmentRebuild? {
    try await RebuildStore.result(of: request, on: pool)
  }

  /// Whether a request is neither waiting nor running.
  /// - Throws: `PostgresError`.
  package static func isServed(
    _ request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> Bool {
    try await RebuildStore.isServed(request, on: pool)
  }

  /// Waits until a request is served, polling several times a second.
  ///
  /// - Returns: The rebuild; nil for a segment deleted or unpublished meanwhile.
  /// - Throws: `CancellationError`, `PostgresError`.
  package static func wait(
    for request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> SegmentRebuild? {
    try await poll { try await isServed(request, on: pool) }
    return try await result(of: request, on: pool)
  }

  /// Waits until a rebuild of many segments has ended, polling several times a second.
  ///
  /// - Returns: The rebuilds in the order in which they were requested.
  /// - Throws: `CancellationError`, `PostgresError`.
  package static func wait(forRun run: Int64, on pool: PostgresPool) async throws
    -> [SegmentRebuild]
  {
    try await poll {
      try await RunStore.hasEnded(run, on: pool)
    }
    return try await self.run(run, on: pool)
  }

  /// Returns the rebuilds of a run so far, in the order in which they were requested.
  /// - Throws: `PostgresError`.
  package static func run(_ run: Int64, on pool: PostgresPool) async throws -> [SegmentRebuild] {
    try await RunStore.rebuilds(of: run, on: pool)
  }

  /// Enqueues rebuilds of segments whose rows are locked. A job that exists already serves this request
  /// too (SEG-75): it reads requests under the row's lock, so it has not read them yet. Inserting
  /// another would wait for the end of the first, which may be waiting for the row.
  static func enqueue(
    _ rebuilds: [RebuildSegment], by user: Int64? = nil, in transaction: Transaction
  ) async throws {
    let waiting = try await RebuildStore.waiting(
      rebuilds.map(\.segment), for: RebuildSegment.name, on: transaction.connection)
    for job in rebuilds where !waiting.contains(job.segment) {
      try transaction.outbox.add(job, job.options(createdBy: user))
    }
  }

  /// Counts requests, in the order of segment ids, as everywhere.
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
