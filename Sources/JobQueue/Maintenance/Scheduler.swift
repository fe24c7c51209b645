import Foundation
public import Logging
import Metrics
import Redis
public import ServiceLifecycle
import Synchronization

/// Moves due jobs to the workers, takes over dead workers' jobs, rebuilds the queues after Redis was emptied, pushes
/// jobs that were committed and not pushed, and enqueues periodic jobs.
///
/// Any number may run: each task is safe when several do it at once, so there is no leader.
public final class Scheduler: Service {
  let client: JobClient
  let configuration: SchedulerConfiguration
  let periodic: [PeriodicJob]
  let logger: Logger
  /// Raised when a job was added that is due before the others.
  let earlier = Signal()
  let health = Mutex(SchedulerHealth())
  let lateness = Metrics.Timer(
    label: "martlet_schedule_lateness_seconds", dimensions: [], preferredDisplayUnit: .seconds)

  /// A scheduler of all queues and of the given periodic jobs.
  public init(
    client: JobClient, periodic: [PeriodicJob] = [],
    configuration: SchedulerConfiguration = SchedulerConfiguration(), logger: Logger
  ) {
    self.client = client
    self.periodic = periodic
    self.configuration = configuration
    self.logger = logger
  }

  /// The scheduler's state, for a readiness check.
  public var currentHealth: SchedulerHealth { health.withLock { $0 } }

  /// Works until graceful shutdown or cancellation.
  public func run() async throws {
    let wakeConnection = RedisConnection(
      client.redis.configuration, name: "martlet-wake", logger: logger)
    logger.info("Scheduler started")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.promoteLoop() }
      group.addTask { await self.wakeLoop(on: wakeConnection) }
      group.addTask { await self.reapLoop() }
      group.addTask { await self.epochLoop() }
      group.addTask { await self.sweepLoop() }
      group.addTask { await self.periodicLoop() }
      group.addTask { await self.housekeepingLoop() }
      group.addTask {
        await cancelWhenGracefulShutdown {
          // Nothing else ends: sleep until the shutdown.
          while !Task.isCancelled { await self.pause(.seconds(3600)) }
        }
      }
      // The first to end is the one that waits for the shutdown.
      await group.next()
      group.cancelAll()
    }
    await wakeConnection.close()
    logger.info("Scheduler stopped")
  }

  /// Sleeps; returns early when cancelled.
  func pause(_ time: Duration) async {
    do { try await Task.sleep(for: time) } catch {}
  }

  /// Makes one round of a loop. An outage is logged once when it begins and once when it ends.
  func attempt(_ what: String, _ body: () async throws -> Void) async {
    do {
      try await body()
      let wasAway = health.withLock { $0.failing.remove(what) != nil }
      if wasAway { logger.notice("Works again", metadata: ["what": "\(what)"]) }
    } catch {
      if Task.isCancelled { return }
      let isNew = health.withLock { $0.failing.insert(what).inserted }
      if isNew {
        logger.warning("Does not work", metadata: ["what": "\(what)", "error": "\(error)"])
      }
    }
  }
}

/// A scheduler's times and limits.
public struct SchedulerConfiguration: Sendable {
  /// The time without a heartbeat after which a worker is dead. The same as the workers'.
  public var leaseTime = Reaper.standardLeaseTime
  /// The time between searches for dead workers.
  public var reapInterval: Duration = .seconds(1)
  /// The number of worker crashes after which a job that was under way in all of them is dead.
  public var crashLimit = 3
  /// The time between checks whether Redis was emptied.
  public var epochInterval: Duration = .milliseconds(500)
  /// The minimum time between passes over the rows of PostgreSQL.
  public var sweepInterval: Duration = .seconds(5)
  /// The age up to which rows are left to their enqueuer's own push.
  public var sweepGrace: Duration = .seconds(2)

  /// Leases of 6 s, searches every 0.5 to 5 s, and a crash limit of 3.
  public init() {}
}

/// A scheduler's state, for a readiness check.
public struct SchedulerHealth: Sendable {
  /// The loops that are failing, in words; empty when all is well.
  public internal(set) var failing: Set<String> = []
}
