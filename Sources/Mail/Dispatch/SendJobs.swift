import Foundation
import JobQueue
import Postgres

/// A job with sends of one e-mail.
protocol SendJob: DurableJob {
  /// The version to send.
  var email: Int64 { get }
  var sends: [Int64] { get }
  init(email: Int64, sends: [Int64])
}

extension SendJob {
  static var options: JobOptions { JobOptions(maxAttempts: 50) }
}

/// A job with sends of the first priority.
struct SendFirstMail: SendJob {
  static let name = "mail.send.first"
  static let queue = MailQueues.first
  let email: Int64
  let sends: [Int64]
}

/// A job with sends of campaigns.
struct SendMail: SendJob {
  static let name = "mail.send"
  static let queue = MailQueues.normal
  let email: Int64
  let sends: [Int64]
}

/// A job with sends of a broadcast.
struct SendBulkMail: SendJob {
  static let name = "mail.send.bulk"
  static let queue = MailQueues.bulk
  let email: Int64
  let sends: [Int64]
}

enum SendJobs {
  /// The number of sends in one job: enough to make it cheap, few enough not to delay others.
  static let size = 200

  /// Adds the jobs for rows of `id, email_id`.
  static func add(_ rows: PostgresRows, priority: SendPriority, outbox: JobOutbox) throws {
    var emails: [Int64: [Int64]] = [:]
    for row in rows {
      emails[try row.decode(at: 1), default: []].append(try row.decode(at: 0))
    }
    for (email, sends) in emails.sorted(by: { $0.key < $1.key }) {
      try add(sends, of: email, priority: priority, outbox: outbox)
    }
  }

  /// Adds the jobs for sends of one e-mail.
  static func add(
    _ sends: [Int64], of email: Int64, priority: SendPriority, at time: Date? = nil,
    outbox: JobOutbox
  ) throws {
    let sends = sends.sorted()
    let parts = stride(from: 0, to: sends.count, by: size).map {
      Array(sends[$0..<min($0 + size, sends.count)])
    }
    let options = EnqueueOptions(runAt: time, object: JobSubject(type: "email", id: email))
    switch priority {
    case .first: try add(parts.map { SendFirstMail(email: email, sends: $0) }, options, outbox)
    case .normal: try add(parts.map { SendMail(email: email, sends: $0) }, options, outbox)
    case .bulk: try add(parts.map { SendBulkMail(email: email, sends: $0) }, options, outbox)
    }
  }

  /// Passes sends of a version that is no longer sent on to its parent, unless they were handed over. They stay
  /// the same sends, so no contact gets two.
  static func passOn(
    _ sends: [Int64], of email: Int64, priority: SendPriority, in transaction: Transaction
  ) async throws {
    guard !sends.isEmpty else { return }
    let rows = try await transaction.query(SendStatements.passOn(sends, of: email))
    try add(rows, priority: priority, outbox: transaction.outbox)
  }

  private static func add<J: DurableJob>(
    _ jobs: [J], _ options: EnqueueOptions, _ outbox: JobOutbox
  ) throws {
    guard !jobs.isEmpty else { return }
    try outbox.add(jobs, options)
  }
}
