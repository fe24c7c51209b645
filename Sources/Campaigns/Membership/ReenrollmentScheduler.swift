import Foundation
import JobQueue

/// Schedules the re-enrollment, after the pause, of contacts that exited while a source segment holds them
/// (CAM-110).
struct ReenrollmentScheduler {
  private let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Schedules it for contacts that are exiting.
  func schedule(exited contacts: [Int64]) async throws {
    guard transaction.graph.allowsRestart else { return }
    let store = SourceStore(transaction)
    if try await store.holdsAny(of: contacts, try await store.segments()) {
      try schedule(after: transaction.now)
    }
  }

  /// Schedules it for contacts that exited too recently to return yet.
  func scheduleRecent(_ segments: [Int64]) async throws {
    guard transaction.graph.allowsRestart else { return }
    if let exit = try await SourceStore(transaction).latestExit(segments) {
      try schedule(after: exit)
    }
  }

  /// Adds one job for all contacts that may return within the same ten seconds, at their end.
  ///
  /// - Parameter exit: The last of the exits.
  private func schedule(after exit: Date) throws {
    let (campaign, now) = (transaction.campaign, transaction.now)
    let end = transaction.settings.returnTime(after: exit)
    // A job that runs a little early, by another machine's clock, leaves them to one with another key: its
    // own is taken until it has ended.
    let due = max(end.timeIntervalSince1970, (now.timeIntervalSince1970 + 1).rounded(.up))
    // Includes slightly earlier exits, in transactions that commit only now.
    let since = now.addingTimeInterval(-transaction.restartPause - 60)
    try transaction.outbox.add(
      Reenroll(campaign: campaign, since: since),
      EnqueueOptions(
        runAt: Date(timeIntervalSince1970: due), group: CampaignJobs.group(campaign),
        uniqueKey: "\(campaign):\(Int64(due))"))
  }
}

extension CampaignTransaction {
  /// The pause between an exit and the return, in seconds.
  var restartPause: Double { Double(settings.restartPause.components.seconds) }
}

extension SourceStore {
  init(_ transaction: CampaignTransaction) {
    self.init(
      connection: transaction.connection, graph: transaction.graph, now: transaction.now,
      restartPause: transaction.restartPause)
  }
}
