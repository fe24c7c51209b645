import Contacts
import JobQueue
import Logging
public import ServiceLifecycle

/// Has campaigns follow when contacts moved into or out of segments in this process, and wakes what somebody
/// else's transaction made due: at once for the first time, then at most every ``pause``, the last one included.
/// What it misses the periodic look finds.
public final class CampaignWaker: Service, CustomStringConvertible {
  /// Time between two looks.
  public static let pause = Duration.milliseconds(50)

  private let runtime: CampaignRuntime
  private let signals: AsyncStream<Void>
  private let finish: @Sendable () -> Void

  /// A waker; from now on it remembers that there were moves.
  public init(_ runtime: CampaignRuntime) {
    self.runtime = runtime
    // One signal that waits stands for all that came meanwhile.
    let (signals, source) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.signals = signals
    finish = { source.finish() }
    runtime.jobs.postgres.onSignal(SegmentTransitions.signal) { source.yield() }
    runtime.jobs.postgres.onSignal(CampaignRuntime.signal) { source.yield() }
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
