import Foundation
import JobQueue
import Postgres

/// Handles ``RebuildSegment``: freezes what the rebuild goes by, and enqueues its ranges.
struct RebuildHandler: Sendable {
  let cache: SegmentSetCache

  /// Ranges are aligned to the buckets of `lock_contact_range`, so that two never wait for each other. One
  /// of so many ids takes some 100 ms: so long a live refresh of its contacts waits.
  static let rangeSize: Int64 = 32_768
  /// More ranges than these are not made; they are larger then.
  static let mostRanges: Int64 = 4_096

  func handle(_ job: RebuildSegment, _ context: JobContext) async throws {
    if job.limit == nil { try await resume(job.segment, context) }
    try await context.complete { transaction in
      try await begin(job, in: transaction)
    }
  }

  /// Lets the live refresh evaluate a segment again, if it had stopped doing so, from before the greatest
  /// contact is looked up: a contact that is created meanwhile is judged by the one or the other. A
  /// rebuild that does not look at everybody does not end the failure.
  private func resume(_ segment: Int64, _ context: JobContext) async throws {
    try await context.transaction { transaction in
      try await RebuildStore.clearFailure(of: segment, on: transaction.connection)
    }
  }

  private func begin(_ job: RebuildSegment, in transaction: Transaction) async throws {
    try await SegmentLock.take(on: transaction.connection)
    // The lock makes this wait for an edit that has asked for this rebuild, and see it.
    guard
      let demand = try await RebuildStore.lockDemand(of: job.segment, on: transaction.connection)
    else {
      return try await RebuildRun.advance(after: job.segment, in: transaction)
    }
    guard demand.served < demand.requested else { return }
    // One at a time (SEG-75): the end of the one under way enqueues this one again.
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
    try await tellThoseAsking(rebuild, set, in: transaction)
    do {
      try rebuild.compile(set, registry: cache.registry)
    } catch {
      return try await RebuildEnd.refused(rebuild, error.description, in: transaction)
    }
    try await start(rebuild, in: transaction)
  }

  /// A segment whose filters have come to ask for membership of any segment, or no longer do, counts no
  /// longer, or again, for the others that ask so; with it those that refer to it. No contact changes by
  /// that, so they are rebuilt too.
  private func tellThoseAsking(
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

  /// The greatest contact there is (SEG-74); none where a segment without filters has nobody to lose.
  private func lastContact(
    _ rebuild: NewRebuild, on connection: PostgresConnection
  ) async throws -> Int64 {
    rebuild.isStatic
      ? try await RebuildStore.lastFilteredMember(of: rebuild.segment, on: connection)
      : try await RebuildStore.lastContact(on: connection)
  }

  /// Cuts the ids from 1 in ranges.
  static func ranges(through last: Int64) -> [ClosedRange<Int64>] {
    guard last > 0 else { return [] }
    var size = rangeSize
    while last / size >= mostRanges { size *= 2 }
    return (0...(last / size)).map { $0 * size...min($0 * size + size - 1, last) }
  }
}
