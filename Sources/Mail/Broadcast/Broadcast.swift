import Foundation
package import JobQueue
import Postgres
import Segments

/// Why an e-mail cannot be sent to its segments.
package enum BroadcastError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no such e-mail, or it is not published.
  case notFound
  /// It is one that other parts send (EML-136).
  case isTemplate

  /// The reason as people read it.
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
  /// So many recipients are looked for at once.
  static let step = 5_000

  /// The broadcasts of an installation.
  package init(jobs: JobClient, dispatcher: EmailDispatcher) {
    self.jobs = jobs
    self.dispatcher = dispatcher
  }

  /// Writes the sends of the next recipients, up to a bound, and leaves the rest to a job.
  ///
  /// - Parameters:
  ///   - email: The e-mail.
  ///   - limit: So many contacts get it in this run (EML-232); a later run goes on.
  ///   - segments: Only members of these; nil for all that the e-mail includes.
  /// - Returns: How many sends were written before this returned.
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

  /// How many contacts would get the e-mail now (EML-135).
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

/// Goes on with a broadcast.
struct ContinueBroadcast: DurableJob {
  static let name = "mail.broadcast"
  static let queue = MailQueues.normal

  let email: Int64
  /// The contact up to which recipients were chosen.
  let after: Int64
  /// How many may still get it in this run; nil for all.
  let left: Int?
  let segments: [Int64]?

  /// The same step is not waiting twice.
  var options: EnqueueOptions {
    let bounds = "\(left.map(String.init) ?? "-"):\(segments.map { "\($0)" } ?? "-")"
    return EnqueueOptions(
      uniqueKey: "\(email):\(after):\(bounds)", object: JobSubject(type: "email", id: email))
  }
}

/// One step of a broadcast: finds the next recipients and orders the e-mail for them.
struct BroadcastRun: Sendable {
  let email: Int64
  let after: Int64
  let left: Int?
  let segments: [Int64]?
  let dispatcher: EmailDispatcher
  let now: Date

  /// Orders the e-mail for the next recipients.
  ///
  /// - Returns: How many were accepted, and what is left to do.
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
      let order = SendRequest(
        email: email, kind: .marketing, source: SendSource(kind: "email", id: email),
        recipients: page.recipients.map { contact, segment in
          var recipient = SendRequest.Recipient(contact: contact, key: "email:\(family):\(contact)")
          recipient.segment = segment
          return recipient
        })
      let refusals = try await dispatcher.place(order, in: transaction)
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

  /// Who may get the e-mail: anti-joins over indexed keys (email.md 19). What is held counts as sent.
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
