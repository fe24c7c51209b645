import Contacts
import Foundation
import JobQueue
import Postgres

/// Does what is due, event by event: triggers in order of their points, events in order of position (PTS-22).
/// Each event is one transaction for all contacts of the job.
///
/// Several jobs for one contact go through the same order under the contact's lock, so it does not matter which
/// comes first.
struct TriggerHandler: Sendable {
  let actions: PointTriggerActions

  /// The maximum number of attempts of an event (PTS-29, CAM-502).
  static let attempts = 5
  /// The pause between attempts, in seconds (CAM-501).
  static let pause: TimeInterval = 3_600

  func fire(_ job: FirePointTriggers, _ context: JobContext) async throws {
    let now = max(context.clock.now, job.due ?? .distantPast)
    let postgres = context.client.postgres
    // What was due for a merged contact is due for the winner.
    let contacts = try await postgres.withConnection { connection in
      Set(try await ContactMerger.current(of: job.contacts, on: connection).values).sorted()
    }
    for event in try await DueEventStore.events(dueFor: contacts, now: now, on: postgres) {
      try context.checkLease()
      try await fire(event, contacts, now, context)
    }
    try await context.complete { transaction in
      let winners = Set(
        try await ContactMerger.current(of: contacts, on: transaction.connection).values
      )
      .subtracting(contacts)
      if !winners.isEmpty {
        try transaction.outbox.add(FirePointTriggers(contacts: winners.sorted(), due: job.due))
      }
      try await DueEventStore.deleteOrphans(of: contacts, on: transaction.connection)
    }
  }

  private func fire(
    _ event: Int64, _ contacts: [Int64], _ now: Date, _ context: JobContext
  ) async throws {
    try await context.transaction(at: now) { transaction in
      let work = DueEventStore(event: event, contacts: contacts, transaction: transaction)
      guard let (event, due) = try await work.take() else { return }
      let outcomes = try await perform(event, due, context, in: transaction)
      try await work.record(due, outcomes)
    }
  }

  /// Does an event for contacts. One whose data make it fail stands alone in the end, and the others are done.
  private func perform(
    _ event: PointTriggerEvent, _ due: [Int64], _ context: JobContext, in transaction: Transaction
  ) async throws -> [Int64: PointTriggerOutcome] {
    guard let action = actions.action(event.type) else {
      let refused = PointTriggerOutcome.refused("type: nothing here can do \(event.type)")
      return Dictionary(due.map { ($0, refused) }, uniquingKeysWith: { first, _ in first })
    }
    let done = try await ItemIsolation.run(due, in: transaction) { contacts in
      try await action(
        PointTriggerCall(contacts: contacts, event: event, transaction: transaction))
    }
    var outcomes = done.results.reduce(into: [Int64: PointTriggerOutcome]()) {
      $0.merge($1) { first, _ in first }
    }
    if let first = done.failures.first {
      context.logger.warning(
        "An event of a point trigger failed",
        metadata: [
          "event": "\(event.id)", "contacts": "\(done.failures.count)",
          "error": "\(first.error)",
        ])
    }
    for (contact, error) in done.failures {
      outcomes[contact] = error is InvalidInput ? .refused("\(error)") : .failed("\(error)")
    }
    return outcomes
  }

  func apply(_ job: ApplyPointTrigger, _ context: JobContext) async throws {
    try await context.complete { transaction in
      let transaction = transaction.at(max(transaction.now, job.opens ?? .distantPast))
      let reached = try await DueEventStore.lockReached(
        job.trigger, after: job.after, through: job.last, limit: PointJobs.rangeSize,
        in: transaction)
      guard let contacts = reached else { return }
      try await DueEvents.note(contacts, [job.trigger], in: transaction)
      guard contacts.count == PointJobs.rangeSize, let after = contacts.last else { return }
      try transaction.outbox.add(
        ApplyPointTrigger(
          trigger: job.trigger, after: after, last: job.last, opens: job.opens),
        EnqueueOptions(object: JobSubject(type: "trigger", id: job.trigger)))
    }
  }
}
