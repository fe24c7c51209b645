import Contacts
public import JobQueue
public import Logging
public import ServiceLifecycle
import Synchronization

/// Has campaigns follow when contacts moved into or out of segments in this process, or began a run in somebody
/// else's transaction: at once for the first move, then at most every ``pause``, the last one included. What
/// it misses the periodic look finds.
public final class CampaignWaker: Service, CustomStringConvertible {
  /// Time between two looks.
  public static let pause = Duration.milliseconds(50)

  private let jobs: JobClient
  private let logger: Logger
  /// The signal that entries that come due soon were committed, by whom nobody could be told directly.
  static let dueSignal = "campaign_due"

  private let signals: AsyncStream<Void>
  private let isDue = Atomic(false)
  private let finish: @Sendable () -> Void

  /// A waker; from now on it remembers that there were moves.
  public init(jobs: JobClient, logger: Logger) {
    self.jobs = jobs
    self.logger = logger
    // One signal that waits stands for all that came meanwhile.
    let (signals, source) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.signals = signals
    finish = { source.finish() }
    jobs.postgres.onSignal(SegmentTransitions.signal) { source.yield() }
    jobs.postgres.onSignal(Self.dueSignal) { [weak self] in
      self?.isDue.store(true, ordering: .releasing)
      source.yield()
    }
  }

  /// The name in logs.
  public var description: String { "campaign waker" }

  /// Works until graceful shutdown or cancellation.
  public func run() async {
    await withGracefulShutdownHandler {
      for await _ in signals {
        await wake()
        do { try await Task.sleep(for: Self.pause) } catch { return }
      }
    } onGracefulShutdown: {
      self.finish()
    }
  }

  private func wake() async {
    do {
      if isDue.exchange(false, ordering: .acquiringAndReleasing) {
        try await jobs.enqueue(LookAfterCampaigns(), EnqueueOptions(uniqueKey: "look"))
      }
      let waiting = try await jobs.postgres.query("SELECT FROM segment_announcements LIMIT 1")
      if !waiting.isEmpty { try await jobs.enqueue(FollowSegments()) }
    } catch {
      logger.warning(
        "Campaigns could not be told that segments changed; the periodic look will find it",
        metadata: ["error": "\(error)"])
    }
  }
}
