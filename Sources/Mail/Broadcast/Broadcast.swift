import Foundation
package import JobQueue
import Postgres
import Segments

/// The reason why an e-mail cannot be sent to its segments.
package enum BroadcastError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The e-mail does not exist or is not published.
  case notFound
  /// The e-mail is a template, which other modules send (EML-136).
  case isTemplate

  /// The reason in plain text.
  package var description: String {
    switch self {
    case .notFound: "the e-mail does not exist or is not published"
    case .isTemplate: "a template e-mail has no recipients of its own"
    }
  }
}

/// Sends e-mails to the members of their segments (EML-130 to EML-137).
package struct Broadcasts: Sendable {
  let jobs: JobClient
  let dispatcher: EmailDispatcher
  /// The number of recipients selected in one step.
  static let step = 5_000

  /// Creates the broadcasts of an installation.
  package init(jobs: JobClient, dispatcher: EmailDispatcher) {
    self.jobs = jobs
    self.dispatcher = dispatcher
  }

  /// Writes the sends of the next recipients, one step at most, and leaves the rest to a job.
  ///
  /// - Parameters:
  ///   - email: The e-mail.
  ///   - limit: The maximum number of contacts in this run (EML-232); a later run continues.
  ///   - segments: The segments to send to; nil for all that the e-mail includes.
  /// - Returns: The number of sends written so far.
  /// - Throws: ``BroadcastError``; `PostgresError`.
  package func send(
    _ email: Int64, limit: Int? = nil, segments: [Int64]? = nil
  ) async throws -> Int {
    let now = jobs.clock.now
    let (jobs, dispatcher) = (jobs, dispatcher)
    return try await jobs.transaction { transaction in
      let run = BroadcastRun(
        email: email, after: 0, left: limit, segments: segments, dispatcher: dispatcher, now: now)
      guard let kind = try await run.kind(on: transaction.connection) else {
        throw BroadcastError.notFound
      }
      guard kind == .list else { throw BroadcastError.isTemplate }
      let (accepted, next) = try await run.step(in: transaction)
      if let next { try transaction.outbox.add(next, next.options) }
      return accepted
    }
  }

  /// Returns the number of contacts who would receive the e-mail (EML-135).
  package func pending(_ email: Int64) async throws -> Int {
    let now = jobs.clock.now
    let dispatcher = dispatcher
    return try await jobs.postgres.transaction(readOnly: true) { connection in
      let run = BroadcastRun(
        email: email, after: 0, left: nil, segments: nil, dispatcher: dispatcher, now: now)
      return try await run.pending(on: connection)
    }
  }
}

/// Continues a broadcast.
struct ContinueBroadcast: DurableJob {
  static let name = "mail.broadcast"
  static let queue = MailQueues.normal

  let email: Int64
  /// The contact up to which recipients were selected.
  let after: Int64
  /// The number of contacts who may still receive it in this run; nil for no limit.
  let left: Int?
  let segments: [Int64]?

  /// The options that keep the same step from being enqueued twice.
  var options: EnqueueOptions {
    let bounds = "\(left.map(String.init) ?? "-"):\(segments.map { "\($0)" } ?? "-")"
    return EnqueueOptions(
      uniqueKey: "\(email):\(after):\(bounds)", object: JobSubject(type: "email", id: email))
  }
}

/// One step of a broadcast, which selects the next recipients and requests the sends.
struct BroadcastRun: Sendable {
  let email: Int64
  let after: Int64
  let left: Int?
  let segments: [Int64]?
  let dispatcher: EmailDispatcher
  let now: Date

  /// Requests the e-mail for the next recipients.
  ///
  /// - Returns: The number of accepted recipients, and the job for the rest.
  func step(in transaction: Transaction) async throws -> (accepted: Int, next: ContinueBroadcast?) {
    guard let kind = try await kind(on: transaction.connection) else {
      try await PausedSends.keep(
        ContinueBroadcast(email: email, after: after, left: left, segments: segments),
        on: transaction.connection)
      return (0, nil)
    }
    guard kind == .list else { return (0, nil) }
    let size = min(Broadcasts.step, left ?? .max)
    guard size > 0 else { return (0, nil) }
    let page = try await recipients(size, on: transaction.connection)
    var accepted = 0
    if !page.recipients.isEmpty {
      let family = page.family
      let request = SendRequest(
        email: email, kind: .marketing, source: SendSource(kind: "email", id: email),
        recipients: page.recipients.map { contact, segment in
          var recipient = SendRequest.Recipient(contact: contact, key: "email:\(family):\(contact)")
          recipient.segment = segment
          return recipient
        })
      let refusals = try await dispatcher.dispatch(request, in: transaction)
      accepted = page.recipients.count - refusals.count
    }
    guard let end = page.end else { return (accepted, nil) }
    let rest = left.map { $0 - accepted }
    if let rest, rest <= 0 { return (accepted, nil) }
    return (
      accepted, ContinueBroadcast(email: email, after: end, left: rest, segments: segments)
    )
  }

  struct Lists {
    var family: Int64
    var category: Int64?
    var included: [Int64]
    var excluded: [Int64]
  }

  /// Returns the condition that a contact may receive the e-mail, as anti-joins over indexed keys (email.md 19).
  /// A held send counts as sent.
  func eligible(_ contact: StaticString, _ lists: Lists) -> SQL {
    let id: SQL = "\(literal: contact)"
    return """
      NOT EXISTS (SELECT FROM email_sends s WHERE s.family_id = \(lists.family)
          AND s.contact_id = \(sql: id) AND s.counts_once)
        AND NOT EXISTS (SELECT FROM do_not_contact d
          WHERE d.contact_id = \(sql: id) AND d.channel = 'email')
        AND NOT EXISTS (SELECT FROM contact_categories k WHERE k.contact_id = \(sql: id)
          AND k.category_id = \(lists.category)::bigint AND k.manually_removed)
        AND NOT EXISTS (SELECT FROM segment_members x WHERE x.contact_id = \(sql: id)
          AND x.segment_id = ANY (\(lists.excluded)) AND \(sql: SegmentMember.isMember("x")))
      """
  }
}
