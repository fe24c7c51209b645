import Foundation
public import Logging
import Metrics
import Redis
public import ServiceLifecycle
import Synchronization

/// Keeps time and order: brings due jobs to the workers, takes dead workers' jobs over, lays the
/// order of work again when Redis was emptied, pushes what was committed and not pushed, starts
/// periodic jobs.
///
/// Run any number; each thing it does is safe to be done by several at once, so there is no leader.
public final class Scheduler: Service {
  let client: JobClient
  let configuration: SchedulerConfiguration
  let periodic: [PeriodicJob]
  let logger: Logger
  let bell = Signal()
  let health = Mutex(SchedulerHealth())
  let lateness = Metrics.Timer(
    label: "martlet_schedule_lateness_seconds", dimensions: [], preferredDisplayUnit: .seconds)

  /// A scheduler of all queues, which also starts the given periodic jobs.
  public init(
    client: JobClient, periodic: [PeriodicJob] = [],
    configuration: SchedulerConfiguration = SchedulerConfiguration(), logger: Logger
  ) {
    self.client = client
    self.periodic = periodic
    self.configuration = configuration
    self.logger = logger
  }

  /// Whether the scheduler is in order, for a readiness check.
  public var currentHealth: SchedulerHealth { health.withLock { $0 } }

  /// Works until graceful shutdown or cancellation.
  public func run() async throws {
    let ears = RedisConnection(
      client.redis.configuration, name: "martlet-bell", logger: logger)
    logger.info("Scheduler started")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.promoteLoop() }
      group.addTask { await self.bellLoop(ears) }
      group.addTask { await self.reapLoop() }
      group.addTask { await self.epochLoop() }
      group.addTask { await self.sweepLoop() }
      group.addTask { await self.periodicLoop() }
      group.addTask { await self.housekeepingLoop() }
      group.addTask {
        await cancelWhenGracefulShutdown {
          // Nothing else ends: sleep until told.
          while !Task.isCancelled { await self.pause(.seconds(3600)) }
        }
      }
      // The first to end is the one that waits for the shutdown.
      await group.next()
      group.cancelAll()
    }
    await ears.close()
    logger.info("Scheduler stopped")
  }

  /// Sleeps; returns early when cancelled.
  func pause(_ time: Duration) async {
    do { try await Task.sleep(for: time) } catch {}
  }

  /// Does one round of a loop. A server that is away is told once, and told again when it is back.
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

/// How a scheduler works.
public struct SchedulerConfiguration: Sendable {
  /// After this long without a heartbeat a worker is dead. The same as the workers'.
  public var leaseTime = WorkerConfiguration.standardLeaseTime
  /// Time between looks for dead workers.
  public var reapInterval: Duration = .seconds(1)
  /// A job that was under way in so many workers when they died is dead.
  public var poisonKills = 3
  /// Time between looks whether Redis was emptied.
  public var epochInterval: Duration = .milliseconds(500)
  /// Least time between passes over the rows of PostgreSQL.
  public var sweepInterval: Duration = .seconds(5)
  /// Rows younger than this are left to their enqueuer's own push.
  public var sweepGrace: Duration = .seconds(2)

  /// The defaults.
  public init() {}
}

/// A scheduler's state, for a readiness check.
public struct SchedulerHealth: Sendable {
  /// What does not work at present, in words; empty when all is well.
  public internal(set) var failing: Set<String> = []
}
