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
    do {
      try await context.transaction(at: now) { transaction in
        let work = DueEventStore(event: event, contacts: contacts, transaction: transaction)
        guard let (event, due) = try await work.take() else { return }
        guard let action = actions.action(event.type) else {
          throw InvalidInput("type", "nothing here can do \(event.type)")
        }
        let outcomes = try await action(
          PointTriggerCall(contacts: due, event: event, transaction: transaction))
        try await work.record(due, outcomes)
      }
    } catch {
      guard let outcome = Self.outcome(of: error) else { throw error }
      context.logger.warning(
        "An event of a point trigger failed",
        metadata: ["event": "\(event)", "error": "\(error)"])
      try await context.transaction(at: now) { transaction in
        let work = DueEventStore(event: event, contacts: contacts, transaction: transaction)
        guard let (_, due) = try await work.take() else { return }
        try await work.record(due, Dictionary(uniqueKeysWithValues: due.map { ($0, outcome) }))
      }
    }
  }

  /// Returns the outcome of an error for all contacts; `nil` for an error that is not the event's: the lease was
  /// lost or a server is away, and the whole job is tried again.
  private static func outcome(of error: any Error) -> PointTriggerOutcome? {
    switch error {
    case is JobSuperseded, is JobCancellation, is CancellationError, is QueueFull: return nil
    case let error as InvalidInput: return .refused("\(error)")
    case let error as PostgresError:
      // A retryable error was retried often enough to rule out the event as its cause.
      return error.code == .server && !error.isRetryable ? .failed("\(error)") : nil
    default: return .failed("\(error)")
    }
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
