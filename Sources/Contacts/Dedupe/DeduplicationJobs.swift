import Fields
import Foundation
package import JobQueue
import Postgres
package import Users

/// Finds all duplicates and enqueues their merge in batches (CON-80…83).
package struct DeduplicateContacts: DurableJob {
  /// The name in the queue.
  package static let name = "contacts.dedupe"
  package static let queue = ContactQueue.name
  /// Kept for 30 days after it ends.
  package static let options = JobOptions(keep: .seconds(30 * 86_400))

  /// The rule for duplicates; `nil` for the one in the settings.
  package var rule: DuplicateRule?
  /// Whether newer contacts are merged into the oldest; otherwise older ones into the newest (CON-81).
  package var intoOldest: Bool
  /// The approximate number of contacts that one batch merges away.
  package var batchSize: Int
  /// The author of the merges.
  package var author: JobAuthor

  /// Creates a run over all contacts.
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
    /// The number of groups of duplicates.
    package var groups: Int
    /// The number of contacts to merge into another.
    package var duplicates: Int
    /// The ids of the batches' jobs.
    package var jobs: [JobID]
  }
}

/// Merges the groups among some contacts in one transaction. The groups are found again, so
/// contacts that are no longer duplicates are left alone, and a second delivery finds nothing.
package struct MergeDuplicates: DurableJob {
  /// The name in the queue.
  package static let name = "contacts.dedupe.batch"
  package static let queue = ContactQueue.name
  /// Kept for 30 days after it ends.
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

/// The author of a change, as a job parameter.
package struct JobAuthor: Sendable, Codable, Equatable {
  /// The user's id.
  package var id: Int64?
  /// The name of the user at the time.
  package var name: String?
  /// The address of the client whose request led to the job.
  package var address: String?

  init(_ author: Author) { (id, name, address) = (author.id, author.name, author.address) }

  package var author: Author { Author(id: id, name: name, address: address) }
}

/// The handlers of ``DeduplicateContacts`` and ``MergeDuplicates``.
struct Deduplication: Sendable {
  let fields: FieldStore
  let merger: ContactMerger
  let standardRule: @Sendable () async throws -> DuplicateRule

  func find(_ job: DeduplicateContacts, _ context: JobContext) async throws {
    let standard = try await standardRule()
    let rule = job.rule ?? standard
    // Groups may have changed when their batch runs, which looks again.
    let groups = try await context.client.postgres.transaction { connection in
      let definitions = try await fields.current(on: connection)
      return try await DuplicateFinder(fields: definitions, rule: rule).groups(on: connection)
    }
    let batches = Self.batches(groups, size: job.batchSize).map {
      MergeDuplicates(ids: $0, rule: rule, intoOldest: job.intoOldest, author: job.author)
    }
    // The batches are jobs from here on; the result with their ids is written when this job ends.
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
      // Jobs of an earlier delivery count too.
      return try await transaction.query(
        "SELECT count(*) FROM contact_merges WHERE old_id = ANY (\(job.ids))"
      ).first?.decode(at: 0, as: Int.self)
    }
    try context.setResult(MergeDuplicates.Result(merged: merged ?? 0))
    try await context.complete()
  }

  /// Splits groups into batches of about `size` duplicates, without dividing a group.
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

  /// Merges the groups among contacts, one loser per group at a time (CON-81).
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
