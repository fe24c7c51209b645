import Contacts
import Foundation
import JobQueue
import Logging
import Points
import Postgres
import Primitives

/// Does what follows from a submission: the form's actions in their order, campaigns, points (FRM-02). One transaction
/// does all of it and removes the job, so it is done once.
struct SubmissionHandler: Sendable {
  let runner: FormActionRunner
  let observers: [any FormObserver]

  func follow(_ job: FollowSubmission, _ context: JobContext) async throws {
    let logger = context.logger
    try await context.complete { transaction in
      guard let subject = try await load(job.submission, in: transaction) else { return }
      let submission = subject.submission
      for action in subject.form.orderedActions {
        try await run(action, subject, logger, in: transaction)
      }
      let event = FormEvent(
        submission: submission.id, form: submission.form, contact: submission.contact,
        at: submission.date)
      for observer in observers { try await observer.submitted(event, in: transaction) }
      let engagement = PointEngagement(
        .formSubmit, contact: submission.contact, id: String(submission.id),
        subjects: [submission.form], at: submission.date, ipID: subject.ipID)
      try await PointActions.record([engagement], in: transaction)
    }
  }

  /// Reads a submission and locks its contact; nil if one of them, or the form, is gone.
  private func load(
    _ id: Int64, in transaction: Transaction
  ) async throws -> SubmissionSubject? {
    let connection = transaction.connection
    guard let first = try await SubmissionStore.subject(id, on: connection),
      try await !ContactLock.lock([first.submission.contact], on: connection).isEmpty,
      // A merge may have moved it before the lock was there.
      let subject = try await SubmissionStore.subject(id, on: connection)
    else { return nil }
    guard subject.submission.contact == first.submission.contact else {
      throw RetryJob(after: .milliseconds(100), "the contact was merged at this moment")
    }
    return subject
  }

  /// Runs one action. One that fails is logged and does not stop the others (FRM-20).
  private func run(
    _ action: FormAction, _ subject: SubmissionSubject, _ logger: Logger,
    in transaction: Transaction
  ) async throws {
    let done = try await ItemIsolation.run([action], in: transaction) { _ in
      try await runner.run(action, subject, in: transaction)
    }
    let reasons = done.results.compactMap(\.self) + done.failures.map { "\($0.error)" }
    for reason in reasons {
      logger.warning(
        "An action of a form was not done",
        metadata: [
          "form": "\(subject.form.id)", "action": "\(action.id)", "type": "\(action.type)",
          "submission": "\(subject.submission.id)", "reason": "\(reason)",
        ])
    }
  }
}
