import Fields
import Foundation
package import JobQueue
import Postgres
import Query

/// Applies a bulk action to all selected contacts, in steps of bounded size.
package struct ChangeContacts: DurableJob {
  /// The name in the queue.
  package static let name = "contacts.bulk"
  package static let queue = ContactQueue.name
  /// Kept for 30 days after it ends.
  package static let options = JobOptions(keep: .seconds(30 * 86_400))

  var request: BulkRequest
  /// The id of the requesting user, for `is:mine`.
  var user: Int64
  var author: JobAuthor
  /// The contacts that a deletion matched at the time of the request: contacts that match only
  /// later were not counted against the limit (CON-90).
  var only: [Int64]?

  /// The result of a bulk action (api.md 11.6).
  package struct Result: Sendable, Codable, Equatable {
    /// The number of contacts selected.
    package var matched: Int
    /// The number of contacts that changed.
    package var changed: Int
    /// The number of contacts that already had the requested state, or may not be changed (CON-91).
    package var skipped: Int
    /// The number of contacts named for deletion that do not exist (CON-91).
    package var failed: Int
  }
}

/// The handler of ``ChangeContacts``.
///
/// Contacts are processed in the order of their ids. The progress is written with each step, so a
/// step is applied once however often the job is delivered, and contacts created meanwhile are left
/// alone.
struct BulkHandler: Sendable {
  let fields: FieldStore
  let actions: BulkActions
  let commands: [String: SearchCommand]
  let segments: SegmentQuery
  let companies: @Sendable () async throws -> CompanyRules
  /// The maximum number of contacts changed in one transaction.
  let stepSize: Int

  func handle(_ job: ChangeContacts, _ context: JobContext) async throws {
    let rules = try await companies()
    while true {
      try context.checkLease()
      let progress = try await context.transaction { transaction in
        try await step(job, context.id, rules, in: transaction)
      }
      context.progress(done: Int64(progress.matched))
      if progress.last >= progress.highest { return try await finish(job, progress, context) }
    }
  }

  private func finish(_ job: ChangeContacts, _ progress: BulkProgress, _ context: JobContext)
    async throws
  {
    let missing =
      job.request.action == "delete"
      ? (job.request.selection.ids.map { Set($0).count } ?? progress.matched) - progress.matched : 0
    try context.setResult(
      ChangeContacts.Result(
        matched: progress.matched, changed: progress.changed,
        skipped: progress.matched - progress.changed,
        failed: job.request.selection.hasCondition ? 0 : missing))
    let id = context.id
    try await context.complete { transaction in
      try await BulkProgressStore.delete(id, on: transaction.connection)
    }
  }

  /// Changes the next contacts.
  private func step(
    _ job: ChangeContacts, _ id: JobID, _ rules: CompanyRules, in transaction: Transaction
  ) async throws -> BulkProgress {
    var progress = try await BulkProgressStore.begin(id, in: transaction)
    let definitions = try await fields.current(on: transaction.connection)
    let effect: any BulkEffect
    var condition: SQL
    do {
      let request = try job.request.withoutBlanks(fields: definitions, user: job.user)
      effect = try await actions.prepare(request, on: transaction.connection)
      condition = try request.selection.condition(
        fields: definitions, user: job.user, commands: commands, segments: segments)
    } catch let error where error is InvalidInput || error is QueryError {
      // A record that the request names has been deleted since.
      throw PermanentJobFailure("\(error)")
    }
    if let only = job.only {
      condition = "contacts.id = ANY (\(only)) AND (\(sql: condition))"
    }
    let next = try await BulkSelectionStore.next(
      stepSize, after: progress.last, upTo: progress.highest, where: condition,
      on: transaction.connection
    )
    if effect.deletes { try await transaction.query("SELECT lock_contact_buckets(\(next))") }
    var contacts = try await ContactLock.lock(
      next, deleting: effect.deletes, on: transaction.connection)
    if job.request.selection.hasCondition {
      // Contacts changed while the locks were awaited may no longer match.
      contacts = try await BulkSelectionStore.filter(
        contacts, where: condition, on: transaction.connection)
    }
    if !contacts.isEmpty {
      let bulkContext = BulkContext(
        author: job.author.author, fields: definitions, companies: rules,
        transaction: transaction)
      do {
        progress.changed += try await effect.apply(to: contacts, bulkContext).count
      } catch let error as InvalidInput {
        throw PermanentJobFailure("\(error)")
      }
      progress.matched += contacts.count
    }
    progress.last = next.count < stepSize ? progress.highest : next.last ?? progress.highest
    try await BulkProgressStore.write(progress, of: id, on: transaction.connection)
    return progress
  }
}
