import Foundation
import JobQueue
import Logging
import Postgres
import Redis

/// Records the hits of a part: entries of the stream, which are removed after the transaction that records them, then
/// rows that wait in the database, which are deleted in it. A hit that is read again is recognized by its id.
struct HitHandler: Sendable {
  let jobs: JobClient
  let stream: HitStream
  let recorder: HitRecorder
  let visits: DeferredVisits
  let logger: Logger
  /// The maximum number of hits of a transaction.
  static let size = 2_000
  /// The maximum number of attempts of a batch whose contacts are merged meanwhile.
  private static let turns = 5

  /// Records until nothing of a part is left.
  func drain(_ part: Int, _ check: () throws -> Void) async throws {
    repeat { try check() } while try await recordEntries(part)
    repeat { try check() } while try await recordRows(part, check)
  }

  /// Puts back the hits that were set aside and are due, and returns the parts with hits that wait.
  func reconcile() async throws -> Set<Int> {
    let pool = jobs.postgres
    try await HitIntakeStore.putBack(Self.size, now: jobs.clock.now, in: pool)
    try await IdentityStore.forgetMessages(
      Self.size * 10, before: jobs.clock.now.addingTimeInterval(-IdentityStore.memory), in: pool)
    return Set(try await HitIntakeStore.parts(in: pool) + stream.parts())
  }

  /// Whether an error says nothing about the hits: then they stay where they are.
  private static func isElsewhere(_ error: any Error) -> Bool {
    ErrorCause.isElsewhere(error) || Breaker.isAway(error)
  }

  private func record(_ hits: [Hit]) async throws {
    guard !hits.isEmpty else { return }
    let (recorder, resolved) = (recorder, try await visits.resolved(hits))
    for turn in 1... {
      do {
        return try await jobs.transaction { transaction in
          try await recorder.record(resolved, in: transaction)
        }
      } catch is HitRecorder.Moved where turn < Self.turns {
        continue
      }
    }
  }

  /// Records one batch of entries, or puts them among the rows, where the failing one is found.
  ///
  /// - Returns: Whether there may be more.
  private func recordEntries(_ part: Int) async throws -> Bool {
    let entries = try await stream.first(Self.size, of: part)
    guard !entries.isEmpty else { return false }
    let unreadable = entries.filter { $0.hit == nil }
    if !unreadable.isEmpty {
      // Perhaps of a newer version, whose workers can read them.
      logger.error("hits that cannot be read are set aside: \(unreadable.count)")
      try await HitIntakeStore.setAside(
        unreadable.map(\.text), of: part, now: jobs.clock.now, in: jobs.postgres)
    }
    let hits = entries.compactMap(\.hit)
    do {
      try await record(hits)
    } catch {
      if Self.isElsewhere(error) { throw error }
      try await HitIntakeStore.append(hits, to: jobs.postgres)
    }
    try await stream.remove(entries, of: part)
    return true
  }

  /// Records one batch of rows.
  ///
  /// - Returns: Whether there may be more.
  private func recordRows(_ part: Int, _ check: () throws -> Void) async throws -> Bool {
    let recorder = recorder
    do {
      return try await jobs.transaction { transaction in
        let rows = try await HitIntakeStore.take(Self.size, of: part, on: transaction.connection)
        let hits = rows.compactMap { Hit(text: $0.utf8) }
        guard hits.count == rows.count, hits.allSatisfy(\.visit.isEmpty) else { throw Single() }
        try await recorder.record(hits, in: transaction)
        return rows.count == Self.size
      }
    } catch {
      if Self.isElsewhere(error) { throw error }
      if !(error is Single) {
        logger.warning("hits are recorded one by one", metadata: ["error": "\(error)"])
      }
      for row in try await HitIntakeStore.rows(Self.size, of: part, in: jobs.postgres) {
        try check()
        try await recordRow(row)
      }
      return true
    }
  }

  /// Records one hit, or sets it aside so that it does not block the others.
  private func recordRow(_ row: Int64) async throws {
    let recorder = recorder
    do {
      guard let text = try await HitIntakeStore.text(of: row, in: jobs.postgres),
        let hit = Hit(text: text.utf8)
      else { throw Unreadable() }
      // A visitor is found or made in a transaction of its own, which a second attempt finds done.
      let resolved = try await visits.resolved([hit])
      try await jobs.transaction { transaction in
        guard
          try await HitIntakeStore.take(row: row, on: transaction.connection) != nil
        else { return }
        try await recorder.record(resolved, in: transaction)
      }
    } catch {
      if Self.isElsewhere(error) { throw error }
      let attempts = try await jobs.transaction { transaction in
        try await HitIntakeStore.setAside(row: row, error, in: transaction)
      }
      guard let attempts else { return }
      logger.error(
        "a hit could not be recorded and is set aside",
        metadata: [
          "attempts": "\(attempts) of \(HitIntakeStore.attempts)", "error": "\(error)",
        ])
    }
  }

  /// A batch with visitors who are not looked up yet, or a hit that cannot be read: it is done hit by hit.
  private struct Single: Error {}

  private struct Unreadable: Error, CustomStringConvertible {
    let description = "the hit cannot be read"
  }
}

/// Looks up the visitors of hits that arrived while the database was away.
struct DeferredVisits: Sendable {
  let resolver: VisitorResolver

  /// Returns the hits with their contacts and devices, those of unknown visitors after making them contacts, without
  /// those that are not to be tracked.
  ///
  /// - Throws: The error of ``VisitorResolver/resolve(_:creating:)``.
  func resolved(_ hits: [Hit]) async throws -> [Hit] {
    var resolved: [Hit] = []
    resolved.reserveCapacity(hits.count)
    for hit in hits {
      guard !hit.visit.isEmpty else {
        resolved.append(hit)
        continue
      }
      var request = try JSONDecoder().decode(VisitRequest.self, from: Data(hit.visit.utf8))
      request.isDeferred = true
      do {
        if let hit = try await resolver.fill(hit, request), hit.kind != .visit {
          resolved.append(hit)
        }
      } catch is RepeatedMessage {
        // It changed the contact when it came first.
        continue
      }
    }
    return resolved
  }
}
