import Contacts
import Fields
import Foundation
import JobQueue
import Postgres

/// Handles ``RebuildRange``: writes the entries and exits of one range of contacts in one transaction.
struct RangeHandler: Sendable {
  let cache: SegmentSetCache
  let frozen = FrozenRebuilds()

  func handle(_ job: RebuildRange, _ context: JobContext) async throws {
    do {
      do {
        try await evaluate(job, waits: false, context)
      } catch let error as PostgresError {
        // A user is adding or removing one of these contacts by hand.
        guard error.sqlState == .uniqueViolation else { throw error }
        try await evaluate(job, waits: true, context)
      }
    } catch {
      guard let reason = Self.reason(error) else { throw error }
      // The rebuild fails with this reason; its other ranges then do nothing.
      try await context.complete { transaction in
        try await RebuildStore.fail(job.rebuild, reason, on: transaction.connection)
      }
    }
  }

  private static func reason(_ error: any Error) -> String? {
    if let error = error as? CompileError { return error.description }
    return EvaluationFailure(error)?.description
  }

  private func evaluate(_ job: RebuildRange, waits: Bool, _ context: JobContext) async throws {
    try await context.complete { transaction in
      try await evaluate(job, waits: waits, in: transaction)
    }
  }

  private func evaluate(
    _ job: RebuildRange, waits: Bool, in transaction: Transaction
  ) async throws {
    // Under the lock, the following statements see all that other evaluations have written.
    try await RebuildStore.lockRange(
      job.first...max(job.first, job.last), on: transaction.connection)
    let set = try await cache.current(on: transaction.connection, now: transaction.now)
    guard let rebuild = try await rebuild(job.rebuild, set.fields, on: transaction.connection)
    else { return }
    // Outdated: the filters were edited (a newer evaluation has written or will write by them),
    // another range failed, or the rebuild has ended.
    guard
      let allowance = try await RebuildStore.allowance(
        of: rebuild.id, isLimited: rebuild.limit != nil, on: transaction.connection)
    else { return }
    var moved = (added: 0, removed: 0)
    if allowance.map({ $0 > 0 }) ?? true {
      moved = try await write(
        rebuild, job, waits: waits, limit: allowance,
        isReferredTo: set.isReferredTo(rebuild.segment), in: transaction)
    }
    try await RebuildStore.addRange(
      to: rebuild.id, added: moved.added, removed: moved.removed, on: transaction.connection)
  }

  private func rebuild(
    _ id: Int64, _ fields: FieldSet, on connection: PostgresConnection
  ) async throws -> FrozenRebuild? {
    if let known = frozen[id] { return known }
    guard
      let loaded = try await FrozenRebuild.load(
        id, fields: fields, registry: cache.registry, on: connection)
    else { return nil }
    frozen.add(loaded)
    return loaded
  }

  private func write(
    _ rebuild: FrozenRebuild, _ job: RebuildRange, waits: Bool, limit: Int?, isReferredTo: Bool,
    in transaction: Transaction
  ) async throws -> (added: Int, removed: Int) {
    let connection = transaction.connection
    let range = job.first...max(job.first, job.last)
    let condition = try rebuild.condition(within: range)
    await connection.beginEvaluation(isSmall: false, hasPattern: rebuild.hasPattern)
    let marked: SQL =
      isReferredTo
      ? ", \(sql: SegmentTransitions.marked(rebuild.segment, now: rebuild.instant))" : ""
    let rows = try await connection.query(
      MembershipStatement.write(
        MembershipStatement.differing(range, rebuild.segment, condition, limit: limit),
        .range(range, segment: rebuild.segment, waits: waits), marked,
        result: """
          SELECT count(*) FILTER (WHERE entered), count(*) FILTER (WHERE NOT entered) FROM moved
          """, now: rebuild.instant))
    let isAhead = try await markDisagreeing(rebuild, range, condition, on: connection)
    await connection.endEvaluation()
    if isAhead { transaction.announce(ContactsChanged.self) }
    guard let row = rows.first else { return (0, 0) }
    let (added, removed) = try row.decode(Int.self, Int.self)
    if added + removed > 0 {
      transaction.announce(SegmentMembersChanged.self)
      if isReferredTo { transaction.announce(ContactsChanged.self) }
    }
    return (added, removed)
  }

  /// Marks the contacts for which the filters of referenced segments disagree with their stored members.
  /// If such a contact changes back before those members are updated, they never change, and nothing
  /// else would trigger an evaluation of this segment.
  ///
  /// - Returns: Whether there are any.
  private func markDisagreeing(
    _ rebuild: FrozenRebuild, _ range: ClosedRange<Int64>, _ condition: SQL,
    on connection: PostgresConnection
  ) async throws -> Bool {
    guard let stored = try rebuild.storedCondition(within: range) else { return false }
    // All segments are evaluated for them: the referenced ones first, then this one.
    return try await RebuildStore.markDiffering(
      condition, stored, in: range, at: rebuild.instant, on: connection)
  }
}
