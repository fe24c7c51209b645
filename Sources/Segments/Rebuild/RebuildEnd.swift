import Foundation
import JobQueue
import Postgres

/// The ends of rebuilds, and what follows them.
enum RebuildEnd {
  /// Ends a rebuild whose ranges have ended. The transaction must hold no lock but its job's.
  static func finish(_ id: Int64, in transaction: Transaction) async throws {
    try await SegmentLock.take(on: transaction.connection)
    // Segment before rebuild, as everywhere.
    guard let segment = try await RebuildStore.segment(of: id, on: transaction.connection) else {
      return
    }
    let version = try await RebuildStore.lockVersion(of: segment, on: transaction.connection)
    guard let row = try await RebuildStore.lockRunning(id, on: transaction.connection) else {
      return
    }
    var error: String? = try row.decode("error")
    let isOutdated = try version != row.decode("filters_version", as: Int64.self)
    if error == nil, try row.decode("ranges", as: Int.self) > row.decode("ranges_done") {
      error = "some contacts could not be looked at"
    }
    let state: SegmentRebuild.State = isOutdated ? .outdated : error == nil ? .done : .failed
    try await RebuildStore.end(id, state, error: state == .failed ? error : nil, in: transaction)
    switch state {
    case .done where try row.isNull("limited_to"):
      try await complete(row, segment, in: transaction)
    case .failed:
      try await RebuildStore.recordFailure(error, of: segment, on: transaction.connection)
    case .done, .running, .outdated: break
    }
    try await serve(segment, try row.decode("request"), in: transaction)
  }

  /// Records success; only a complete rebuild counts (SEG-73).
  private static func complete(
    _ row: PostgresRow, _ segment: Int64, in transaction: Transaction
  ) async throws {
    let options = SegmentOptions(
      timeZone: TimeZone(identifier: try row.decode("time_zone")) ?? .gmt,
      excludesVisitors: try row.decode("excludes_visitors"))
    let next: Date? = try row.decode("next_change")
    let seconds = transaction.now.timeIntervalSince(try row.decode("started_at"))
    try await RebuildStore.recordBuild(
      of: segment, version: try row.decode("filters_version"), options: options, seconds: seconds,
      next: next, in: transaction)
    if let next {
      let due = RebuildDueSegment(segment: segment, at: next)
      // A waiting one that already runs waits for the segment's row and sees its new state.
      if try await !RebuildStore.isWaiting(due, on: transaction.connection) {
        try transaction.outbox.add(due, due.options)
      }
    }
  }

  /// Records that a rebuild cannot begin: members stay, the reason is recorded (SEG-85, SEG-86).
  static func refused(
    _ rebuild: NewRebuild, _ reason: String, in transaction: Transaction
  ) async throws {
    _ = try await rebuild.insert(state: .failed, error: reason, on: transaction.connection)
    try await RebuildStore.recordFailure(reason, of: rebuild.segment, on: transaction.connection)
    try await served(rebuild, in: transaction)
  }

  /// Marks a request as served without a rebuild.
  static func served(_ rebuild: NewRebuild, in transaction: Transaction) async throws {
    try await serve(rebuild.segment, rebuild.request, in: transaction.at(rebuild.now))
  }

  /// Marks requests up to a number as served. Later ones get a rebuild of their own, and runs that
  /// waited for this one continue.
  private static func serve(
    _ segment: Int64, _ request: Int64, in transaction: Transaction
  ) async throws {
    if try await RebuildStore.recordServed(request, of: segment, on: transaction.connection) {
      try await SegmentRebuilds.enqueue([RebuildSegment(segment: segment)], in: transaction)
    }
    try await RebuildRun.advance(after: segment, in: transaction)
  }
}
