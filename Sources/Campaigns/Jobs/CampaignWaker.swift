import Contacts
import JobQueue
import Logging
import ServiceLifecycle

/// Has campaigns follow when contacts moved into or out of segments in this process, and wakes what somebody
/// else's transaction made due: at once for the first time, then at most every ``pause``, the last one included.
/// What it misses the periodic look finds.
package struct CampaignWaker: Service, CustomStringConvertible {
  /// Time between two looks.
  package static let pause = Duration.milliseconds(50)

  private let runtime: CampaignService
  private let signals = WakeSignals()

  /// A waker; from now on it remembers that there were moves.
  package init(_ runtime: CampaignService) {
    self.runtime = runtime
    runtime.jobs.postgres.onSignal(SegmentTransitions.signal) { [signals] in signals.signal() }
    runtime.jobs.postgres.onSignal(CampaignService.signal) { [signals] in signals.signal() }
  }

  /// The name in logs.
  package var description: String { "campaign waker" }

  /// Works until graceful shutdown or cancellation.
  package func run() async {
    await signals.each(atMostEvery: Self.pause) { await wake() }
  }

  private func wake() async {
    await runtime.wakeNow()
    let jobs = runtime.jobs
    do {
      let waiting = try await jobs.postgres.query("SELECT FROM segment_announcements LIMIT 1")
      if !waiting.isEmpty { try await jobs.enqueue(FollowSegments()) }
    } catch {
      runtime.logger.warning(
        "Campaigns could not be told that segments changed; the periodic look will find it",
        metadata: ["error": "\(error)"])
    }
  }
}
