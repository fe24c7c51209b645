public import Foundation
public import Logging
import Redis
public import ServiceLifecycle
import Synchronization

/// Fetches jobs and does them.
///
/// Run any number of them, anywhere. `run()` returns after a drain: on graceful shutdown it stops
/// fetching, waits for its handlers, hands back what they did not finish and says goodbye, so that
/// others go on at once. A worker that dies instead is found out by its missing heartbeat.
public final class Worker: Service {
  let client: JobClient
  let registry: JobRegistry
  let configuration: WorkerConfiguration
  let middleware: [any JobMiddleware]
  let services: JobServices
  let logger: Logger

  let backlog = PrefetchBuffer()
  let slots: [Slot]
  let unsettled = BatchQueue<Settlement>()
  let unacknowledged = BatchQueue<Settlement>()
  let watch = Signal()
  let drain = Signal()
  let holdings = InFlightJobs()
  let cancelled = RecentlyCancelled()
  let suspects = CrashGate()
  let outages: BackendHealth
  let identity: WorkerIdentity
  let heart: Heartbeat
  let life = Mutex(Life())

  /// What changes while the worker lives.
  struct Life {
    var paused: Set<String> = []
    var isDraining = false
    var drainTimeout: Duration
    var isAbandoned = false
    var lastHeartbeat: Date?
    var consumer = ""

    init() { drainTimeout = .zero }
  }

  /// A worker that does the registered kinds of jobs.
  ///
  /// - Parameters:
  ///   - client: the queues.
  ///   - registry: the kinds of jobs with their handlers.
  ///   - configuration: queues, concurrency, times.
  ///   - middleware: runs around every job, the first one outermost.
  ///   - logger: the worker's.
  public init(
    client: JobClient, registry: JobRegistry, configuration: WorkerConfiguration,
    middleware: [any JobMiddleware] = [MetricsMiddleware(), LoggingMiddleware()], logger: Logger
  ) {
    self.client = client
    self.registry = registry
    self.configuration = configuration
    self.middleware = middleware
    identity = WorkerIdentity()
    var logger = logger
    logger[metadataKey: "worker"] = "\(identity.id)"
    self.logger = logger
    services = JobServices(
      client: client, logger: logger, evictionGrace: configuration.evictionGrace)
    slots = (0..<configuration.concurrency).map { _ in Slot() }
    outages = BackendHealth(logger: logger)
    heart = Heartbeat(interval: configuration.heartbeatInterval)
    let consumer = identity.id
    life.withLock { $0.consumer = consumer }
  }

  /// The worker's id: host, process and a random part.
  public var id: String { identity.id }

  /// Whether the worker is in order, for a readiness check.
  public var health: WorkerHealth {
    let last = life.withLock { $0.lastHeartbeat }
    return WorkerHealth(
      lastHeartbeat: last, isRedisReachable: !outages.isAway(.redis) && last != nil,
      isPostgresReachable: !outages.isAway(.postgres))
  }

  /// Works until graceful shutdown, or until the task is cancelled; then hands its jobs back.
  public func run() async throws {
    // The work runs in a task that cancellation of the caller does not reach: handing jobs back
    // needs Redis, and a cancelled task cannot talk to it.
    let work = Task { await self.work() }
    await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await work.value
      } onGracefulShutdown: {
        self.beginDrain(timeout: self.configuration.drainTimeout)
      }
    } onCancel: {
      beginDrain(timeout: .zero)
    }
  }

  /// Stops fetching. `run()` returns when the handlers have ended, at the latest after `timeout`,
  /// when their jobs are handed back.
  public func beginDrain(timeout: Duration) {
    life.withLock {
      $0.drainTimeout = $0.isDraining ? min($0.drainTimeout, timeout) : timeout
      $0.isDraining = true
    }
    drain.raise()
  }

  var isDraining: Bool { life.withLock { $0.isDraining } }
  var isAbandoned: Bool { life.withLock { $0.isAbandoned } }
  var consumer: String { life.withLock { $0.consumer } }

  /// Ends as a killed process does: no goodbye, nothing handed back. For tests.
  func abandon() {
    life.withLock { $0.isAbandoned = true }
    for slot in slots { slot.stop(.leaseLost) }
    beginDrain(timeout: .zero)
  }

  private func work() async {
    logger.info(
      "Worker started",
      metadata: [
        "queues": "\(configuration.queues.map(\.name).joined(separator: ","))",
        "concurrency": "\(configuration.concurrency)",
      ])
    let readers = Readers(client: client, id: id, logger: logger)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.heartbeatLoop() }
      group.addTask { await self.controlLoop(readers.control) }
      group.addTask { await self.reapLoop() }
      group.addTask { await self.watchdogLoop() }
      group.addTask { await self.settleLoop() }
      group.addTask { await self.acknowledgeLoop() }

      await withDiscardingTaskGroup { handlers in
        for slot in slots {
          handlers.addTask { await slot.run { await self.slotLoop(slot) } }
        }
        handlers.addTask { await self.fetchLoop(readers.jobs) }
        await waitForDrain()
      }
      await handBack(backlog.withdraw())
      unsettled.close()
      await settlementsDone()
      if !isAbandoned { await goodbye() }
      heart.stop()
      group.cancelAll()
    }
    await readers.close()
    logger.info("Worker stopped")
  }

  /// Waits for the order to drain, then closes the backlog; handlers that outlast the timeout are
  /// told to stop.
  private func waitForDrain() async {
    while !isDraining { await drain.wait(atMost: .seconds(3600)) }
    backlog.close()
    let end = ContinuousClock.now
    while slots.contains(where: { $0.state.withLock { !$0.jobs.isEmpty } }) {
      let timeout = life.withLock { $0.drainTimeout }
      let left = timeout - (.now - end)
      if left <= .zero { break }
      await drain.wait(atMost: min(left, .milliseconds(20)))
    }
    let reason: JobCancellation = isAbandoned ? .leaseLost : .shutdown
    for slot in slots { slot.stop(reason) }
  }

  /// Waits until all settlements are written. Servers that stay away are not waited for longer than
  /// the lease, after which others take over anyway.
  private func settlementsDone() async {
    let limit = ContinuousClock.now + configuration.leaseTime
    while !settled.load(ordering: .acquiring) {
      if ContinuousClock.now > limit || isAbandoned { return }
      await drain.wait(atMost: .milliseconds(5))
    }
  }
  let settled = Atomic<Bool>(false)
}

/// A worker's state, for a readiness check.
public struct WorkerHealth: Sendable {
  /// When Redis last took the heartbeat; nil before the first.
  public var lastHeartbeat: Date?
  /// Whether Redis answers.
  public var isRedisReachable: Bool
  /// Whether PostgreSQL answers, as far as jobs have needed it.
  public var isPostgresReachable: Bool
}

/// Connections of the worker's own, for reads that block.
struct Readers: Sendable {
  let jobs: RedisConnection
  let control: RedisConnection

  init(client: JobClient, id: String, logger: Logger) {
    let configuration = client.redis.configuration
    jobs = RedisConnection(configuration, name: "martlet-jobs", logger: logger)
    control = RedisConnection(configuration, name: "martlet-control", logger: logger)
  }

  func close() async {
    await jobs.close()
    await control.close()
  }
}
