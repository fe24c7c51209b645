import JobQueue
import Logging
import Segments
import ServiceLifecycle

/// Wakes campaigns when contacts moved into or out of segments in this process, and stages timers of other
/// owners' transactions: at once for the first time, then at most every ``pause``, including after the last
/// one. Periodic reconciliation finds what it misses.
package struct CampaignWaker: Service, CustomStringConvertible {
  /// The time between two rounds.
  package static let pause = Duration.milliseconds(50)

  private let runtime: CampaignService
  private let signals = WakeSignals()

  /// Creates a waker, which records moves from here on.
  package init(_ runtime: CampaignService) {
    self.runtime = runtime
    let transactions = runtime.jobs.transactions
    transactions.onCommit(of: SegmentMembersChanged.self) { [signals] in signals.signal() }
    transactions.onCommit(of: TimersDue.self) { [signals] in signals.signal() }
  }

  /// The name in logs.
  package var description: String { "campaign waker" }

  /// Runs until graceful shutdown or cancellation.
  package func run() async {
    await signals.each(atMostEvery: Self.pause) { await round() }
  }

  private func round() async {
    await runtime.timers.stagePending()
    let jobs = runtime.jobs
    do {
      let isWaiting = try await jobs.postgres.withConnection {
        try await AnnouncementStore.isAnyWaiting(on: $0)
      }
      if isWaiting { try await jobs.enqueue(FollowSegments()) }
    } catch {
      runtime.logger.warning(
        "Campaigns could not be told that segments changed; the periodic reconciliation will find it",
        metadata: ["error": "\(error)"])
    }
  }
}
