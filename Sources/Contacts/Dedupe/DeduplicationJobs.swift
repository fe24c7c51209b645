import Fields
import Foundation
package import JobQueue
import Postgres
package import Users

/// Finds all duplicates and has them merged in batches (CON-80…83).
package struct DeduplicateContacts: DurableJob {
  /// The name in the queue.
  package static let name = "contacts.dedupe"
  package static let queue = ContactQueue.name
  /// Remembered for a month.
  package static let options = JobOptions(keep: .seconds(30 * 86_400))

  /// The rule by which contacts count as the same; `nil` as the settings say.
  package var rule: DuplicateRule?
  /// Whether newer contacts are merged into the oldest; otherwise older ones into the newest (CON-81).
  package var intoOldest: Bool
  /// About how many contacts one batch merges away.
  package var batchSize: Int
  /// On whose account.
  package var author: JobAuthor

  /// A run over all contacts.
  package init(
    rule: DuplicateRule? = nil, intoOldest: Bool = false, batchSize: Int = 100,
    by author: Author = .system
  ) {
    self.rule = rule
    self.intoOldest = intoOldest
    self.batchSize = min(max(1, batchSize), 1_000)
    self.author = JobAuthor(author)
  }

  /// The result of a run.
  package struct Result: Sendable, Codable, Equatable {
    /// The number of groups of equal contacts.
    package var groups: Int
    /// The number of contacts to merge into another.
    package var duplicates: Int
    /// The jobs that do that.
    package var jobs: [JobID]
  }
}

/// Merges the groups among some contacts: one transaction. What has changed since they were found counts
/// as it is now, so contacts that are duplicates no longer are left alone, and a second delivery finds nothing.
package struct MergeDuplicates: DurableJob {
  /// The name in the queue.
  package static let name = "contacts.dedupe.batch"
  package static let queue = ContactQueue.name
  /// Remembered for a month.
  package static let options = JobOptions(keep: .seconds(30 * 86_400))

  var ids: [Int64]
  var rule: DuplicateRule
  var intoOldest: Bool
  var author: JobAuthor

  /// The result of a batch.
  package struct Result: Sendable, Codable, Equatable {
    /// The number of contacts merged into another.
    package var merged: Int
  }
}

/// An author within the parameters of a job.
package struct JobAuthor: Sendable, Codable, Equatable {
  /// The user's id.
  package var id: Int64?
  /// The name the user had.
  package var name: String?

  init(_ author: Author) { (id, name) = (author.id, author.name) }

  package var author: Author { Author(id: id, name: name) }
}

/// The handlers of ``DeduplicateContacts`` and ``MergeDuplicates``.
struct Deduplication: Sendable {
  let fields: FieldStore
  let merger: ContactMerger
  let standardRule: @Sendable () async throws -> DuplicateRule

  func find(_ job: DeduplicateContacts, _ context: JobContext) async throws {
    let standard = try await standardRule()
    let rule = job.rule ?? standard
    // What is found may have changed when its batch runs: that looks again.
    let groups = try await context.client.postgres.transaction { connection in
      let definitions = try await fields.current(on: connection)
      return try await DuplicateFinder(fields: definitions, rule: rule).groups(on: connection)
    }
    let batches = Self.batches(groups, size: job.batchSize).map {
      MergeDuplicates(ids: $0, rule: rule, intoOldest: job.intoOldest, author: job.author)
    }
    // The batches are jobs from here on, the result with their ids is written with the end of this one.
    let ids = try await context.transaction { transaction in
      try transaction.outbox.add(batches, EnqueueOptions(createdBy: job.author.id))
    }
    try context.setResult(
      DeduplicateContacts.Result(
        groups: groups.count, duplicates: groups.reduce(0) { $0 + $1.count - 1 }, jobs: ids))
    try await context.complete()
  }

  func merge(_ job: MergeDuplicates, _ context: JobContext) async throws {
    let merged = try await context.transaction { transaction in
      _ = try await Self.merge(
        job.ids, rule: job.rule, intoOldest: job.intoOldest, by: job.author.author, fields: fields,
        merger: merger, in: transaction)
      // Those of an earlier delivery count too.
      return try await transaction.query(
        "SELECT count(*) FROM contact_merges WHERE old_id = ANY (\(job.ids))"
      ).first?.decode(at: 0, as: Int.self)
    }
    try context.setResult(MergeDuplicates.Result(merged: merged ?? 0))
    try await context.complete()
  }

  /// Whole groups, with about `size` duplicates together.
  static func batches(_ groups: [[Int64]], size: Int) -> [[Int64]] {
    var batches: [[Int64]] = []
    var batch: [Int64] = []
    var duplicates = 0
    for group in groups {
      batch += group
      duplicates += group.count - 1
      guard duplicates >= size else { continue }
      batches.append(batch)
      (batch, duplicates) = ([], 0)
    }
    if !batch.isEmpty { batches.append(batch) }
    return batches
  }

  /// Merges the groups among contacts, one loser of each group at a time (CON-81).
  ///
  /// - Returns: The number of contacts merged away.
  static func merge(
    _ ids: [Int64], rule: DuplicateRule, intoOldest: Bool, by author: Author, fields: FieldStore,
    merger: ContactMerger, in transaction: Transaction
  ) async throws -> Int {
    try await transaction.query("SELECT lock_contact_buckets(\(ids))")
    let finder = DuplicateFinder(
      fields: try await fields.current(on: transaction.connection), rule: rule)
    var groups = DuplicateGroups.find(
      try await finder.candidates(ids, on: transaction.connection), by: rule)
    if intoOldest { groups = groups.map { $0.reversed() } }
    var merged = 0
    for round in 1..<(groups.map(\.count).max() ?? 1) {
      let pairs = groups.filter { $0.count > round }.map {
        MergePair(winner: $0[0].id, loser: $0[round].id)
      }
      merged += try await merger.merge(pairs, by: author, in: transaction).count
    }
    return merged
  }
}
