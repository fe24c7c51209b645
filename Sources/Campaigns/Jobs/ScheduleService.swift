import JobQueue
import Logging
import Primitives
package import ServiceLifecycle
import Synchronization

/// Keeps the schedule of campaigns in Redis: splits buckets that come near, and lays all of it after Redis was emptied.
/// While nothing is due it asks Redis only.
///
/// Any number may run: what one takes, the others do not see, unless it dies.
package final class ScheduleService: Service, CustomStringConvertible {
  /// The time between two questions to Redis. The shortest lead of a bucket is many times as long.
  private static let pause = Duration.seconds(1)
  /// The time between two questions for transactions that have ended.
  private static let againPause = Duration.seconds(5)
  /// The time after which the whole schedule is laid again, though nothing is known to be missing: an operator may have
  /// purged jobs.
  private static let layPause = Duration.seconds(3600)

  private let schedule: CampaignSchedule
  private let logger: Logger
  private let trouble = Mutex<String?>(nil)

  /// Creates the service.
  package init(_ runtime: CampaignService) {
    schedule = runtime.timers
    logger = runtime.logger
  }

  /// The name in logs.
  package var description: String { "campaign schedule" }

  /// What keeps the schedule from being kept, in words; nil if all is well.
  package var currentTrouble: String? { trouble.withLock(\.self) }

  /// Runs until graceful shutdown or cancellation.
  package func run() async {
    await cancelWhenGracefulShutdown {
      var laid: ContinuousClock.Instant?
      var asked = ContinuousClock.now
      while !Task.isCancelled {
        let isMore = await self.attempt {
          if laid.map({ .now - $0 > Self.layPause }) ?? false { laid = nil }
          let found = try await self.schedule.look()
          if found.isLost || laid == nil {
            try await self.schedule.layAll()
            laid = .now
          }
          if found.isAgainWaiting, .now - asked >= Self.againPause {
            try await self.schedule.lookAgain()
            asked = .now
          }
          return found.isMore
        }
        if isMore { continue }
        // Nothing wakes this loop when a movable clock is moved.
        let pause = self.schedule.jobs.clock.isMovable ? .milliseconds(100) : Self.pause
        do { try await Task.sleep(for: pause) } catch { return }
      }
    }
  }

  /// Makes one round. An outage is logged once when it begins and once when it ends.
  private func attempt(_ body: () async throws -> Bool) async -> Bool {
    do {
      let isMore = try await body()
      if trouble.withLock({ trouble in
        defer { trouble = nil }
        return trouble != nil
      }) {
        logger.notice("The schedule of campaigns is kept again")
      }
      return isMore
    } catch {
      if Task.isCancelled { return false }
      let isNew = trouble.withLock { trouble in
        defer { trouble = "\(error)" }
        return trouble == nil
      }
      if isNew {
        logger.warning(
          "The schedule of campaigns cannot be kept", metadata: ["error": "\(error)"])
      }
      return false
    }
  }
}
