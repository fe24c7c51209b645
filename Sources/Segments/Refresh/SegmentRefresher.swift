import Contacts
import Foundation
import JobQueue
import Logging
import Postgres

/// Updates segment members when contacts change (SEG-77).
///
/// A round takes marks, waits until no other evaluation has these contacts, and only then reads
/// definitions and contacts: everything committed before is visible, and everything committed later
/// has a mark of its own. So the last evaluation of a contact has always seen its last change.
///
/// Other observers of contact changes (``ContactChangeObserver``) are called in between.
struct SegmentRefresher: Sendable {
  let jobs: JobClient
  let cache: SegmentSetCache
  let observers: [any ContactChangeObserver]
  let logger: Logger

  /// The number of contacts up to which a round takes marks.
  var roundSize = 5_000
  /// The maximum number of contacts that are compared with whole bundles of segments.
  var few = 64

  /// The result of a round.
  struct Round: Sendable {
    /// The number of contacts evaluated; 0 if there were no marks.
    var contacts = 0
    /// The number of entries and exits.
    var moved = 0
  }

  /// Takes a bounded number of marks and processes them.
  func round() async throws -> Round {
    do {
      return try await jobs.transaction { transaction in
        try await round(in: transaction, isCareful: false)
      }
    } catch {
      guard EvaluationFailure(error) != nil || !ErrorCause.isElsewhere(error) else { throw error }
      logger.warning(
        "Segments are refreshed one by one, as one of them cannot be evaluated",
        metadata: ["error": "\(error)"])
      return try await jobs.transaction { transaction in
        try await round(in: transaction, isCareful: true)
      }
    }
  }

  /// - Parameter isCareful: Whether each segment is evaluated by itself, so that a failing one does not
  ///   stop the others.
  private func round(in transaction: Transaction, isCareful: Bool) async throws -> Round {
    let answers = try await transaction.pipeline(
      [
        RefreshStore.take(roundSize), SegmentSetCache.versions,
      ] + observers.map { $0.question(now: transaction.now) })
    var changed = try ChangedContacts(answers[0])
    guard !changed.isEmpty else { return Round() }
    // The transactions waited for may have changed contacts after this one began.
    let transaction = transaction.at(jobs.clock.now)
    for (observer, answer) in zip(observers, answers.dropFirst(2)) {
      if isCareful {
        try await observe(changed, answer, observer, in: transaction)
      } else {
        try await observer.observe(changed.groups, answer, in: transaction)
      }
    }
    let set = try await cache.current(answers[1], on: transaction.connection, now: transaction.now)
    var round = Round(contacts: changed.everybody.count)
    var failures = set.problems.filter { set.entries[$0.key]?.hasFailed == false }
    await transaction.connection.beginEvaluation(
      isSmall: true, hasPattern: set.levels.contains(where: \.hasPattern))
    for level in set.levels {
      let work = changed.work(on: level, few: few)
      guard !work.isEmpty else { continue }
      let moves =
        isCareful
        ? try await oneByOne(work, &failures, in: transaction)
        : try await together(work, in: transaction)
      for (segment, contacts) in moves {
        round.moved += contacts.count
        changed.add(contacts, [.segment(segment)])
      }
    }
    if !failures.isEmpty { try await record(failures, on: transaction.connection) }
    if round.moved > 0 { transaction.announce(SegmentMembersChanged.self) }
    return round
  }

  /// Calls an observer so that a contact whose data make it fail does not stop the others.
  private func observe(
    _ changed: ChangedContacts, _ answer: PostgresRows, _ observer: any ContactChangeObserver,
    in transaction: Transaction
  ) async throws {
    let contacts = changed.everybody.sorted()
    let done = try await ItemIsolation.run(contacts, in: transaction) { part in
      let part = Set(part)
      let groups = changed.groups.mapValues { $0.intersection(part) }.filter { !$0.value.isEmpty }
      try await observer.observe(groups, answer, in: transaction)
    }
    leaveOut(done.failures, "observed")
  }

  private func leaveOut(_ failures: [(item: Int64, error: any Error)], _ what: String) {
    for (contact, error) in failures {
      logger.error(
        "A changed contact could not be \(what)",
        metadata: ["contact": "\(contact)", "error": "\(error)"])
    }
  }

  /// The number of contacts that may fail alone before the filters are taken for the cause.
  private static let mostFailures = 16

  private typealias Moves = [(segment: Int64, contacts: [Int64])]

  private func together(
    _ work: [(contacts: [Int64], segments: [LiveSegment])], in transaction: Transaction
  ) async throws -> Moves {
    let answers = try await transaction.pipeline(
      work.map { Self.statement($0.contacts, $0.segments, transaction.now) })
    return try answers.flatMap(Self.moves)
  }

  private func oneByOne(
    _ work: [(contacts: [Int64], segments: [LiveSegment])], _ failures: inout [Int64: String],
    in transaction: Transaction
  ) async throws -> Moves {
    var moves: Moves = []
    for (contacts, segments) in work {
      for segment in segments {
        do {
          let done = try await ItemIsolation.run(
            contacts, in: transaction, limit: Self.mostFailures
          ) { contacts in
            await transaction.connection.limitEvaluation(hasPattern: segment.hasPattern)
            return try await transaction.query(Self.statement(contacts, [segment], transaction.now))
          }
          if done.results.isEmpty, let first = done.failures.first { throw first.error }
          for rows in done.results { moves += try Self.moves(rows) }
          leaveOut(done.failures, "evaluated for the segment \(segment.id)")
        } catch {
          guard EvaluationFailure(error) != nil || !ErrorCause.isElsewhere(error) else {
            throw error
          }
          failures[segment.id] = EvaluationFailure(error)?.description ?? "\(error)"
        }
      }
    }
    return moves
  }

  static func statement(_ contacts: [Int64], _ segments: [LiveSegment], _ now: Date) -> SQL {
    MembershipStatement.write(
      MembershipStatement.differing(contacts, segments), .contacts,
      result: "SELECT segment_id, array_agg(contact_id) FROM moved GROUP BY segment_id", now: now)
  }

  private static func moves(_ rows: PostgresRows) throws -> Moves {
    try rows.map { row in
      let (segment, contacts) = try row.decode(Int64.self, [Int64].self)
      return (segment, contacts)
    }
  }

  /// Records failures. A failed segment stays as it is until a rebuild succeeds, which is retried
  /// periodically (SEG-86).
  private func record(
    _ failures: [Int64: String], on connection: PostgresConnection
  ) async throws {
    try await SegmentLock.take(on: connection)
    for (segment, reason) in failures.sorted(by: { $0.key < $1.key }) {
      logger.warning(
        "A segment cannot be evaluated",
        metadata: ["segment": "\(segment)", "error": "\(reason)"])
      try await RefreshStore.recordFailure(reason, of: segment, on: connection)
    }
  }
}
