package import Contacts
import Foundation
import JobQueue
import Postgres

/// A send with its outcome.
struct DeliveryResult: Sendable {
  var send: ClaimedSend
  var outcome: DeliveryOutcome
  /// The values inserted for the recipient, as JSON.
  var tokens: String?
  var copyID: Int64?
}

/// Records the outcomes of sends, in groups (EML-223).
struct MailRecorder {
  let observers: [any MailObserver]
  let email: Int64
  let priority: SendPriority

  func record(_ done: [DeliveryResult], in transaction: Transaction) async throws {
    guard !done.isEmpty else { return }
    let refused = done.filter { if case .refusedRecipient = $0.outcome { true } else { false } }
    // Contacts are locked before sends.
    if !refused.isEmpty { try await bar(refused, in: transaction) }
    try await accepted(done.filter(\.isDone), in: transaction)
    try await putBack(done.filter(\.isOpen), in: transaction)
    try await failed(done.filter { !$0.isDone && !$0.isOpen }, in: transaction)
  }

  // MARK: Accepted or unknown

  private func accepted(_ done: [DeliveryResult], in transaction: Transaction) async throws {
    guard !done.isEmpty else { return }
    let rows = try await transaction.query(DeliveryStatements.accept(done, now: transaction.now))
    let written = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    let sent = done.filter { written.contains($0.send.id) }
    guard !sent.isEmpty else { return }
    let events = sent.map { event($0, at: transaction.now) }
    for observer in observers {
      try await observer.sent(events, in: transaction)
    }
    try await ContactChanges.mark(sent.map(\.send.contact), [.emailSent], in: transaction)
    let entries = sent.filter(\.send.isQueueEntry).map(\.send.id)
    if !entries.isEmpty {
      await transaction.sendWithNext(
        DeliveryStatements.finishEntries(entries, now: transaction.now))
    }
    await transaction.sendWithNext(DeliveryStatements.countSent(sent, of: email))
  }

  private func event(_ delivered: DeliveryResult, at now: Date) -> SendEvent {
    SendEvent(
      send: delivered.send.id, contact: delivered.send.contact, email: email,
      family: delivered.send.family, source: delivered.send.source, at: now)
  }

  // MARK: Retried

  /// Puts sends back (EML-221); those from the message queue return to it (EML-245).
  private func putBack(_ open: [DeliveryResult], in transaction: Transaction) async throws {
    let entries = open.filter(\.send.isQueueEntry)
    let plain = open.filter { !$0.send.isQueueEntry }
    if !entries.isEmpty { try await hold(entries, in: transaction) }
    guard !plain.isEmpty else { return }
    let rows = try await transaction.query(DeliveryStatements.requeue(plain))
    // A send belongs to one job: one that was put back before has a job.
    let put = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    let returned = plain.filter { put.contains($0.send.id) }
    // What was not even tried does not wait behind what was put off.
    for (turn, sends) in Dictionary(grouping: returned, by: Turn.init) {
      try SendJobs.add(
        sends.map(\.send.id), of: email, priority: priority,
        at: transaction.now.addingTimeInterval(RetrySchedule.delay(after: turn.attempts)),
        outbox: transaction.outbox)
    }
  }

  private struct Turn: Hashable {
    var attempts: Int
    var wasTried: Bool

    init(_ result: DeliveryResult) {
      attempts = result.send.attempts
      if case .down = result.outcome { wasTried = false } else { wasTried = true }
    }
  }

  private func hold(_ entries: [DeliveryResult], in transaction: Transaction) async throws {
    try await transaction.query(DeliveryStatements.holdBack(entries, now: transaction.now))
    // An entry is deleted with its contact.
    await transaction.sendWithNext(DeliveryStatements.skipDeleted(entries))
  }

  // MARK: Failed

  private func failed(_ failed: [DeliveryResult], in transaction: Transaction) async throws {
    guard !failed.isEmpty else { return }
    try await transaction.query(DeliveryStatements.fail(failed, now: transaction.now))
    await transaction.sendWithNext(DeliveryStatements.dropEntries(failed, now: transaction.now))
    await transaction.sendWithNext(DeliveryStatements.countFailed(failed, of: email))
    let failures = failed.map {
      MailFailure(event: event($0, at: transaction.now), reason: $0.note ?? "")
    }
    for observer in observers {
      try await observer.failed(failures, in: transaction)
    }
  }

  /// Bars the addresses of refused recipients: a refusal is a hard bounce, and no contact with the address is
  /// written to again (EML-420).
  private func bar(_ refused: [DeliveryResult], in transaction: Transaction) async throws {
    var barred: [(contacts: Set<Int64>, note: String?)] = []
    for (note, group) in Dictionary(grouping: refused, by: \.note) {
      let contacts = try await RecipientStore.contacts(
        with: group.map(\.send.person.address), on: transaction.connection)
      barred.append((Set(contacts).union(group.map(\.send.contact)), note))
    }
    // All at once, in the common order of locks; then each with the refusal of its own address.
    _ = try await ContactLock.lock(barred.flatMap(\.contacts), on: transaction.connection)
    for (contacts, note) in barred {
      _ = try await DoNotContactStore.add(
        contacts.sorted(), channel: "email", reason: .bounced, comments: note, channelID: email,
        in: transaction)
    }
  }
}

extension DeliveryResult {
  /// Whether the message was, or may have been, accepted.
  var isDone: Bool {
    switch outcome {
    case .accepted, .unknown: true
    default: false
    }
  }

  /// Whether to try again: the refusal is temporary, and attempts are left.
  var isOpen: Bool {
    switch outcome {
    case .later, .down: send.isQueueEntry || send.attempts < RetrySchedule.maximumAttempts
    default: false
    }
  }

  var isBounce: Bool { if case .refusedRecipient = outcome { true } else { false } }

  var state: SendState { if case .unknown = outcome { .unknown } else { .sent } }

  var note: String? {
    switch outcome {
    case .accepted: nil
    case .refusedRecipient(let text), .refusedMessage(let text), .refusedSender(let text),
      .later(let text), .down(let text), .unknown(let text):
      // The text comes from another server; PostgreSQL does not accept NUL.
      String(text.prefix(500)).replacing("\0", with: " ")
    }
  }
}

/// The schedule for messages that were refused temporarily (EML-221).
enum RetrySchedule {
  private static let delays: [TimeInterval] = [60, 300, 900, 3600]

  /// Returns the pause in seconds after a number of attempts: 1, 5, 15, 60 minutes, then an hour.
  static func delay(after attempts: Int) -> TimeInterval {
    delays[min(max(attempts, 1), delays.count) - 1]
  }

  /// The maximum number of attempts, which take about a day.
  static let maximumAttempts = 27

  /// The pause, in seconds, of a message that came from the message queue (EML-245).
  static let queuePause: TimeInterval = 15 * 60
}

extension ChangeTopic {
  /// The contact was sent an e-mail.
  package static let emailSent = ChangeTopic(rawValue: "email:sent")
  /// The contact has opened an e-mail.
  package static let emailRead = ChangeTopic(rawValue: "email:read")
  /// The contact has followed a link of an e-mail.
  package static let emailClicked = ChangeTopic(rawValue: "email:clicked")
}
