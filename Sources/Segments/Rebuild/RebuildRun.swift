import Foundation
import JobQueue
import Postgres

/// Rebuilds of many segments, level by level: a level begins when all rebuilds of the previous one have
/// ended, so that the members of referenced segments are correct by then (SEG-82).
enum RebuildRun {
  /// Inserts a run and the job that begins it.
  static func open(
    except: [Int64]?, only: [Int64]?, by user: Int64?, in transaction: Transaction
  ) async throws -> Int64 {
    guard
      let run = try await RunStore.insert(except: except, only: only, by: user, in: transaction)
    else {
      throw RebuildRefusal(description: "the run was not recorded")
    }
    try transaction.outbox.add(
      RunRebuilds(run: run),
      EnqueueOptions(object: JobSubject(type: "segment_run", id: run), createdBy: user))
    return run
  }

  /// Handles ``RunRebuilds``: computes the levels and begins the first.
  static func begin(_ job: RunRebuilds, _ context: JobContext, _ cache: SegmentSetCache)
    async throws
  {
    let now = context.clock.now
    try await context.complete(at: now) { transaction in
      try await SegmentLock.take(on: transaction.connection)
      guard let (except, only) = try await RunStore.lockNew(job.run, on: transaction.connection)
      else { return }
      let set = try await cache.current(on: transaction.connection, now: now)
      var known: Set<Int64> = []
      var levels: [[Step]] = []
      for level in set.order {
        levels.append(
          level.filter { id in
            known.insert(id)
            return set.entries[id]?.isPublished == true && except?.contains(id) != true
              && only?.contains(id) != false
          }.map { Step(segment: $0, inlinesReferences: set.refersToUnpublished($0)) })
      }
      // Segments with unreadable filters are in no level; their rebuild reports it.
      levels.append(
        set.entries.values.filter { !known.contains($0.id) && $0.isPublished }.map(\.id).sorted()
          .filter { except?.contains($0) != true && only?.contains($0) != false }
          .map { Step(segment: $0, inlinesReferences: false) })
      try await next(job.run, levels.filter { !$0.isEmpty }, in: transaction)
    }
  }

  /// One rebuild of a run.
  private struct Step: Codable {
    var segment: Int64
    var inlinesReferences: Bool

    private enum CodingKeys: String, CodingKey {
      case segment
      case inlinesReferences = "takesIn"
    }
  }

  /// Continues the runs that wait only for this segment.
  static func advance(after segment: Int64, in transaction: Transaction) async throws {
    try await advance("\(segment) = ANY (waiting)", in: transaction)
  }

  /// Continues all runs that no longer wait for anything, such as after a segment was deleted.
  static func advanceAll(in transaction: Transaction) async throws {
    try await advance("true", in: transaction)
  }

  private static func advance(_ condition: SQL, in transaction: Transaction) async throws {
    for (id, json) in try await RunStore.lockRunning(where: condition, on: transaction.connection) {
      guard try await !RunStore.isWaiting(id, on: transaction.connection) else { continue }
      let levels = try json.decode([[Step]].self)
      try await next(id, levels, in: transaction)
    }
  }

  /// Requests the rebuilds of the next non-empty level, or ends the run.
  private static func next(
    _ run: Int64, _ levels: [[Step]], in transaction: Transaction
  ) async throws {
    var rest = levels[...]
    while let level = rest.popFirst() {
      let requests = try await SegmentRebuilds.count(
        level.map(\.segment), on: transaction.connection)
      guard !requests.isEmpty else { continue }
      let jobs = requests.map { request in
        let inlinesReferences =
          level.first { $0.segment == request.segment }?.inlinesReferences ?? false
        return RebuildSegment(segment: request.segment, inlinesReferences: inlinesReferences)
      }
      try await SegmentRebuilds.enqueue(jobs, in: transaction)
      try await RunStore.advance(
        run, to: requests, remaining: try JSON(Array(rest)), on: transaction.connection)
      return
    }
    try await RunStore.end(run, in: transaction)
  }
}

extension SegmentSet {
  /// Whether filters reference a segment that no run rebuilds (SEG-87).
  fileprivate func refersToUnpublished(_ segment: Int64) -> Bool {
    filters[segment]?.references.contains { entries[$0]?.isPublished == false } ?? false
  }
}
