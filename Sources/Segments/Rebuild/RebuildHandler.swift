import Foundation
import JobQueue
import Postgres

/// Handles ``RebuildSegment``: freezes the inputs of the rebuild and enqueues its ranges.
struct RebuildHandler: Sendable {
  let cache: SegmentSetCache

  /// The number of ids in a range. Ranges are aligned to the buckets of `lock_contact_range`, so that two
  /// never wait for each other. One takes some 100 ms, for which a live refresh of its contacts waits.
  static let rangeSize: Int64 = 32_768
  /// The maximum number of ranges; beyond it they become larger.
  static let mostRanges: Int64 = 4_096

  func handle(_ job: RebuildSegment, _ context: JobContext) async throws {
    if job.limit == nil { try await resume(job.segment, context) }
    try await context.complete { transaction in
      try await begin(job, in: transaction)
    }
  }

  /// Lets the live refresh evaluate a failed segment again before the greatest contact is looked up, so
  /// that a contact created meanwhile is evaluated by one of the two. A rebuild that does not evaluate
  /// all contacts does not clear the failure.
  private func resume(_ segment: Int64, _ context: JobContext) async throws {
    try await context.transaction { transaction in
      try await RebuildStore.clearFailure(of: segment, on: transaction.connection)
    }
  }

  private func begin(_ job: RebuildSegment, in transaction: Transaction) async throws {
    try await SegmentLock.take(on: transaction.connection)
    // The lock makes this wait for an edit that has requested this rebuild, and see it.
    guard
      let demand = try await RebuildStore.lockDemand(of: job.segment, on: transaction.connection)
    else {
      return try await RebuildRun.advance(after: job.segment, in: transaction)
    }
    guard demand.served < demand.requested else { return }
    // One at a time (SEG-75): the end of the running one enqueues this one again.
    guard try await !RebuildStore.isRunning(job.segment, on: transaction.connection) else { return }
    var rebuild = NewRebuild(
      segment: job.segment, request: demand.requested, inlinesReferences: job.inlinesReferences,
      now: transaction.now)
    rebuild.limit = job.limit
    guard demand.isPublished else {
      return try await RebuildEnd.served(rebuild, in: transaction)
    }
    let set = try await cache.current(on: transaction.connection, now: transaction.now)
    rebuild.options = set.version.options
    rebuild.filtersVersion = set.entries[job.segment]?.filtersVersion ?? 0
    try await requestDependents(rebuild, set, in: transaction)
    do {
      try rebuild.compile(set, registry: cache.registry)
    } catch {
      return try await RebuildEnd.refused(rebuild, error.description, in: transaction)
    }
    try await start(rebuild, in: transaction)
  }

  /// Requests rebuilds of segments with a filter on any segment, and of those that reference them, when
  /// this segment gains or loses such a filter: it then stops or starts to count for them, although no
  /// contact changes.
  private func requestDependents(
    _ rebuild: NewRebuild, _ set: SegmentSet, in transaction: Transaction
  ) async throws {
    let asking = set.filters.filter { $0.key != rebuild.segment && $0.value.refersToAnySegment }
    guard !asking.isEmpty else { return }
    let wasBuilt = try await RebuildStore.wasBuilt(
      rebuild.segment, version: rebuild.filtersVersion, on: transaction.connection)
    guard !wasBuilt else { return }
    try await SegmentRebuilds.request(asking.map(\.key), in: transaction)
  }

  private func start(_ rebuild: NewRebuild, in transaction: Transaction) async throws {
    let last = try await lastContact(rebuild, on: transaction.connection)
    let ranges = Self.ranges(through: last)
    let id = try await rebuild.insert(
      lastContact: last, ranges: ranges.count, on: transaction.connection)
    let options = EnqueueOptions.of(rebuild: id, segment: rebuild.segment)
    try transaction.outbox.addBatch(
      ranges.map { RebuildRange(rebuild: id, first: $0.lowerBound, last: $0.upperBound) }, options,
      then: FinishRebuild(rebuild: id), options)
  }

  /// Returns the greatest contact id (SEG-74); 0 if a segment without filters has no member to remove.
  private func lastContact(
    _ rebuild: NewRebuild, on connection: PostgresConnection
  ) async throws -> Int64 {
    rebuild.isStatic
      ? try await RebuildStore.lastFilteredMember(of: rebuild.segment, on: connection)
      : try await RebuildStore.lastContact(on: connection)
  }

  /// Splits the ids from 1 into ranges.
  static func ranges(through last: Int64) -> [ClosedRange<Int64>] {
    guard last > 0 else { return [] }
    var size = rangeSize
    while last / size >= mostRanges { size *= 2 }
    return (0...(last / size)).map { $0 * size...min($0 * size + size - 1, last) }
  }
}
