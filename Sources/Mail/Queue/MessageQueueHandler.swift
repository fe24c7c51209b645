import Contacts
import Foundation
import JobQueue
import Postgres

/// Releases due entries.
struct ReleaseMessages: DurableJob {
  static let name = "mail.queue"
  static let queue = MailQueues.normal
  static let options = JobOptions(maxAttempts: 5)
}

struct MessageQueueHandler: Sendable {
  let settingsSource: MailSettingsSource
  /// The number of entries in one step.
  static let size = 1_000

  /// Runs one step. As long as there is more, another job follows: each entry is claimed by its lock, and one job
  /// runs at a time (EML-250).
  func handle(_ job: ReleaseMessages, _ context: JobContext) async throws {
    let settings = try await settingsSource.current()
    try await context.complete { transaction in
      let count = try await release(settings, in: transaction)
      if count == Self.size {
        try transaction.outbox.add(ReleaseMessages(), EnqueueOptions(uniqueKey: "queue"))
      }
    }
  }

  struct Entry {
    var id: Int64
    var contact: Int64
    var send: Int64
    var email: Int64
    var attempts: Int
    var maxAttempts: Int
    var scheduledAt: Date
    var priority: SendPriority
    var rule: FrequencyRule?
    var pauseEnd: Date?
  }

  /// Releases due entries.
  ///
  /// - Returns: The number of entries that were read.
  private func release(_ settings: MailSettings, in transaction: Transaction) async throws -> Int {
    let places = try await due(now: transaction.now, on: transaction.connection)
    guard !places.isEmpty else { return 0 }
    let entries = try await take(places, settings, in: transaction)
    let ruled = entries.compactMap { entry in
      entry.pauseEnd == nil ? entry.rule.map { (contact: entry.contact, unit: $0.unit) } : nil
    }
    var counts = try await FrequencyClock.counts(
      Dictionary(ruled.map { ($0.contact, $0.unit) }, uniquingKeysWith: { first, _ in first })
        .map { ($0.key, $0.value) }, now: transaction.now, on: transaction.connection)
    var released: [Entry] = []
    var moved: [(entry: Entry, to: Date, attempts: Int)] = []
    for entry in entries {
      if let end = entry.pauseEnd {
        moved.append((entry, end, entry.attempts))
      } else if let rule = entry.rule, counts[entry.contact] ?? 0 >= rule.number {
        // Counted from its former date, so that a late run does not shift the rhythm (EML-245).
        moved.append(
          (entry, FrequencyClock.next(entry.scheduledAt, rule.unit), entry.attempts + 1))
      } else {
        counts[entry.contact, default: 0] += 1
        released.append(entry)
      }
    }
    try await move(moved, in: transaction)
    try await send(released, in: transaction)
    return places.count
  }

  func send(_ released: [Entry], in transaction: Transaction) async throws {
    guard !released.isEmpty else { return }
    let sends = released.map(\.send)
    try await transaction.query(MessageQueueStatements.release(sends, now: transaction.now))
    // From here on the send counts for the rule of its contact.
    try await transaction.query(MessageQueueStatements.queue(sends, now: transaction.now))
    for (priority, entries) in Dictionary(grouping: released, by: \.priority) {
      for (email, group) in Dictionary(grouping: entries, by: \.email) {
        try SendJobs.add(
          group.map(\.send), of: email, priority: priority, outbox: transaction.outbox)
      }
    }
  }
}
