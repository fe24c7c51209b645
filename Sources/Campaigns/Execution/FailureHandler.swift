import Foundation

/// Schedules further attempts for entries whose action failed, or gives them up (CAM-501, CAM-502, CAM-507).
struct FailureHandler {
  let transaction: CampaignTransaction
  let event: CampaignEvent

  init(_ transaction: CampaignTransaction, _ event: CampaignEvent) {
    self.transaction = transaction
    self.event = event
  }

  /// The next step for a failed entry.
  enum Course: Equatable {
    /// Another attempt at an instant.
    case retry(Date)
    case giveUp
  }

  /// Returns the next step for an entry after a failure.
  static func course(
    after failure: ActionFailure, attempts: Int, _ settings: CampaignSettings, now: Date
  ) -> Course {
    let pause = failure.retryAfter ?? settings.retryInterval
    if failure.isFinal || pause <= .zero || attempts + 1 >= settings.maxAttempts { return .giveUp }
    return .retry(now.addingTimeInterval(max(1, Double(pause.components.seconds))))
  }

  func handle(_ entries: [Entry], _ failures: [Int64: ActionFailure]) async throws {
    var retried: [(entry: Entry, fire: Date, error: String)] = []
    var failed: [(entry: Entry, error: String)] = []
    var left: [(entry: Entry, error: String)] = []
    for entry in entries {
      guard let failure = failures[entry.contact] else { continue }
      if transaction.progress.exited.contains(entry.contact) {
        // Its run is over: there is no other attempt (CAM-123).
        left.append((entry, failure.reason))
        continue
      }
      let course = Self.course(
        after: failure, attempts: entry.attempts, transaction.settings, now: transaction.now)
      switch course {
      case .retry(let fire): retried.append((entry, fire, failure.reason))
      case .giveUp: failed.append((entry, failure.reason))
      }
    }
    let store = transaction.entryOutcomes(of: event)
    if !retried.isEmpty {
      try await store.retry(retried)
      transaction.progress.stage(event, retried.map(\.fire), now: transaction.now)
    }
    if !failed.isEmpty { try await store.giveUp(failed) }
    if !left.isEmpty { try await store.giveUp(left, hasLeft: true) }
    transaction.count(event, .failed, failed.map(\.entry))
    let contacts = (retried.map(\.entry) + failed.map(\.entry) + left.map(\.entry)).map(\.contact)
    try await FailureReport(transaction, event).write(contacts.sorted())
  }
}
