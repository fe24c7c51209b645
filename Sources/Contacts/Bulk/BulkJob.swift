import Fields
import Foundation
package import JobQueue
import Postgres
import Query

/// Does a bulk action with all contacts it is about, in steps of bounded size.
package struct ChangeContacts: DurableJob {
  /// The name in the queue.
  package static let name = "contacts.bulk"
  package static let queue = ContactQueue.name
  /// Remembered for a month.
  package static let options = JobOptions(keep: .seconds(30 * 86_400))

  var request: BulkRequest
  /// The user who asked, for `is:mine`.
  var user: Int64
  var author: JobAuthor
  /// The contacts that a deletion matched when it was requested: those that match only afterwards were
  /// not counted against the limit (CON-90).
  var only: [Int64]?

  /// The result of a bulk action (api.md 11.6).
  package struct Result: Sendable, Codable, Equatable {
    /// Contacts it was about.
    package var matched: Int
    /// Contacts to which something happened.
    package var changed: Int
    /// Contacts that were already as asked for, or may not be changed (CON-91).
    package var skipped: Int
    /// Contacts that were named for deletion and do not exist (CON-91).
    package var failed: Int
  }
}

/// The handler of ``ChangeContacts``.
///
/// Contacts are gone through by number. How far it has come is written with each step, so a step is done
/// once however often the job is delivered, and contacts created meanwhile are left alone.
struct BulkHandler: Sendable {
  let fields: FieldStore
  let actions: BulkActions
  let commands: [String: SearchCommand]
  let segments: SegmentQuery
  let companies: @Sendable () async throws -> CompanyRules
  /// So many contacts are changed in one transaction.
  let stepSize: Int

  func handle(_ job: ChangeContacts, _ context: JobContext) async throws {
    let rules = try await companies()
    while true {
      try context.checkLease()
      let place = try await context.transaction { transaction in
        try await step(job, context.id, rules, in: transaction)
      }
      context.progress(done: Int64(place.matched))
      if place.last >= place.highest { return try await finish(job, place, context) }
    }
  }

  private func finish(_ job: ChangeContacts, _ place: BulkProgress, _ context: JobContext)
    async throws
  {
    let missing =
      job.request.action == "delete"
      ? (job.request.selection.ids.map { Set($0).count } ?? place.matched) - place.matched : 0
    try context.setResult(
      ChangeContacts.Result(
        matched: place.matched, changed: place.changed, skipped: place.matched - place.changed,
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
    var place = try await BulkProgressStore.begin(id, in: transaction)
    let definitions = try await fields.current(on: transaction.connection)
    let effect: any BulkEffect
    var condition: SQL
    do {
      let request = try job.request.meant(fields: definitions, user: job.user)
      effect = try await actions.prepare(request, on: transaction.connection)
      condition = try request.selection.condition(
        fields: definitions, user: job.user, commands: commands, segments: segments)
    } catch let error where error is InvalidInput || error is QueryError {
      // What it names has been deleted since.
      throw PermanentJobFailure("\(error)")
    }
    if let only = job.only {
      condition = "contacts.id = ANY (\(only)) AND (\(sql: condition))"
    }
    let next = try await BulkSelectionStore.next(
      stepSize, after: place.last, upTo: place.highest, where: condition, on: transaction.connection
    )
    if effect.deletes { try await transaction.query("SELECT lock_contact_buckets(\(next))") }
    var contacts = try await ContactLock.lock(
      next, deleting: effect.deletes, on: transaction.connection)
    if job.request.selection.hasCondition {
      // Who was changed while the locks were waited for may be meant no longer.
      contacts = try await BulkSelectionStore.filter(
        contacts, where: condition, on: transaction.connection)
    }
    if !contacts.isEmpty {
      let scene = BulkContext(
        author: job.author.author, fields: definitions, companies: rules,
        transaction: transaction)
      do {
        place.changed += try await effect.apply(to: contacts, scene).count
      } catch let error as InvalidInput {
        throw PermanentJobFailure("\(error)")
      }
      place.matched += contacts.count
    }
    place.last = next.count < stepSize ? place.highest : next.last ?? place.highest
    try await BulkProgressStore.write(place, of: id, on: transaction.connection)
    return place
  }
}
