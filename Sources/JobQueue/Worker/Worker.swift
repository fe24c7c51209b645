public import Foundation
public import Logging
import Redis
public import ServiceLifecycle

/// Fetches jobs and runs their handlers.
///
/// Any number of workers run on any number of machines. `run()` returns after a drain: on graceful shutdown the
/// worker stops fetching, waits for its handlers, gives back what they did not finish and deregisters, so that others
/// go on at once. A worker that crashes instead is detected by its missing heartbeat.
///
/// The worker only wires its services, starts and stops them:
///
/// - ``HeartbeatService``, ``ControlListener`` and ``Rescuer`` keep it present among the others,
/// - ``Fetcher`` fills the ``PrefetchBuffer``,
/// - ``SlotPool`` runs a ``JobExecutor`` in each slot, watched by ``TimeoutWatchdog``,
/// - ``FigureWriter`` writes what the jobs do for operators,
/// - ``Settler`` and ``Acknowledger`` write the outcomes to PostgreSQL and Redis.
public final class Worker: Service {
  private let configuration: WorkerConfiguration
  private let client: JobClient
  private let logger: Logger
  private let lease = Lease()
  private let shutdown = Shutdown()
  private let buffer = PrefetchBuffer()
  private let slots: SlotPool
  private let backends: BackendHealth
  private let heartbeat: HeartbeatService
  private let presence: QueuePresence
  private let control: ControlListener
  private let rescuer: Rescuer
  private let watchdog: TimeoutWatchdog
  private let fetcher: Fetcher
  private let executor: JobExecutor
  private let settler: Settler
  private let acknowledger: Acknowledger
  private let figures: FigureWriter

  /// A worker for the registered kinds of jobs.
  ///
  /// - Parameters:
  ///   - client: access to the queues.
  ///   - registry: the kinds of jobs with their handlers.
  ///   - configuration: queues, concurrency and times.
  ///   - middleware: wrappers around every job, the outermost first.
  ///   - logger: the worker's logger; the worker's id is added to its metadata.
  public init(
    client: JobClient, registry: JobRegistry, configuration: WorkerConfiguration,
    middleware: [any JobMiddleware] = [MetricsMiddleware(), LoggingMiddleware()], logger: Logger
  ) {
    var logger = logger
    logger[metadataKey: "worker"] = "\(lease.id)"
    self.client = client
    self.configuration = configuration
    self.logger = logger
    let queues = configuration.queues.map(\.name)
    let services = JobServices(
      client: client, logger: logger, evictionGrace: configuration.evictionGrace)
    let (inFlight, paused, cancelled) = (InFlightJobs(), PausedQueues(), RecentlyCancelled())

    backends = BackendHealth(logger: logger)
    slots = SlotPool(count: configuration.concurrency)
    watchdog = TimeoutWatchdog(slots: slots)
    acknowledger = Acknowledger(
      client: client, inFlight: inFlight, health: backends, shutdown: shutdown, logger: logger)
    settler = Settler(
      services: services, acknowledger: acknowledger, health: backends, shutdown: shutdown)
    figures = FigureWriter(counter: FigureCounter(), client: client, logger: logger)
    executor = JobExecutor(
      buffer: buffer, middleware: middleware + [figures.counter], services: services,
      cancelled: cancelled,
      watchdog: watchdog, isolation: CrashIsolation(client: client),
      crashLimit: configuration.crashLimit, settler: settler, health: backends, shutdown: shutdown)
    presence = QueuePresence(
      client: client, queues: queues, leaseTime: configuration.leaseTime, lease: lease,
      paused: paused,
      report: WorkerReport(
        lease: lease, queues: queues, concurrency: configuration.concurrency, slots: slots,
        shutdown: shutdown),
      buffer: buffer, inFlight: inFlight, slots: slots, health: backends, shutdown: shutdown,
      logger: logger)
    heartbeat = HeartbeatService(
      thread: Heartbeat(interval: configuration.heartbeatInterval), presence: presence,
      buffer: buffer, acknowledger: acknowledger, shutdown: shutdown)
    control = ControlListener(
      keys: client.keys, cancelled: cancelled, slots: slots, paused: paused)
    rescuer = Rescuer(
      reaper: Reaper(
        client: client, leaseTime: configuration.leaseTime, crashLimit: configuration.crashLimit,
        logger: logger),
      queues: queues)
    fetcher = Fetcher(
      queues: configuration.queues, registry: registry,
      reader: QueueReader(client: client, registry: registry, lease: lease, queues: queues),
      buffer: buffer, inFlight: inFlight,
      unknownJobs: UnknownJobs(client: client, logger: logger), acknowledger: acknowledger,
      paused: paused, health: backends, shutdown: shutdown, presence: presence,
      recoveryInterval: configuration.recoveryInterval)
  }

  /// The worker's id: host, process and a random part.
  public var id: String { lease.id }

  /// The worker's state, for a readiness check.
  public var health: WorkerHealth {
    let last = lease.renewedAt
    return WorkerHealth(
      lastHeartbeat: last, heartbeatAge: lease.age,
      isRedisReachable: !backends.isAway(.redis) && last != nil,
      isPostgresReachable: !backends.isAway(.postgres),
      trouble: backends.trouble)
  }

  /// Works until graceful shutdown, or until the task is cancelled; then gives its jobs back.
  public func run() async throws {
    // The work runs in a task that cancellation of the caller does not reach: giving jobs back needs Redis, and a
    // cancelled task cannot talk to it.
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

  /// Stops fetching. `run()` returns when the handlers have ended, at the latest after `timeout`, when their jobs are
  /// given back.
  public func beginDrain(timeout: Duration) { shutdown.drain(within: timeout) }

  /// Ends as a killed process does: not deregistered, nothing given back. For tests.
  func abandon() {
    // First, so that nothing the handlers throw is settled.
    shutdown.abandon()
    slots.stop(.leaseLost)
  }

  private func work() async {
    logger.info(
      "Worker started",
      metadata: [
        "queues": "\(configuration.queues.map(\.name).joined(separator: ","))",
        "concurrency": "\(configuration.concurrency)",
      ])
    let redis = client.redis.configuration
    let jobConnection = RedisConnection(redis, name: "martlet-jobs", logger: logger)
    let controlConnection = RedisConnection(redis, name: "martlet-control", logger: logger)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.heartbeat.run() }
      group.addTask { await self.control.run(on: controlConnection) }
      group.addTask { await self.rescuer.run() }
      group.addTask { await self.watchdog.run() }
      group.addTask { await self.settler.run() }
      group.addTask { await self.acknowledger.run() }
      group.addTask { await self.figures.run() }

      await runJobs(fetchingOn: jobConnection)

      acknowledger.requeue(buffer.withdraw())
      settler.close()
      // Servers that stay away are not waited for longer than the lease, after which others take over anyway.
      await acknowledger.waitUntilFinished(atMost: configuration.leaseTime)
      await figures.write()
      if !shutdown.isAbandoned { await presence.deregister() }
      heartbeat.stop()
      group.cancelAll()
    }
    await jobConnection.close()
    await controlConnection.close()
    logger.info("Worker stopped")
  }

  /// Fetches and runs jobs until the drain has ended.
  private func runJobs(fetchingOn connection: RedisConnection) async {
    let drain = Task { await self.drain() }
    await withDiscardingTaskGroup { group in
      group.addTask { await self.fetcher.run(on: connection) }
      group.addTask {
        await self.slots.run { slot in await self.executor.run(in: slot) }
        drain.cancel()
      }
    }
  }

  /// Waits for the order to drain, then closes the buffer; handlers that outlast the timeout are told to stop.
  private func drain() async {
    await shutdown.ordered()
    buffer.close()
    let start = ContinuousClock.now
    while true {
      let left = shutdown.timeout - (.now - start)
      if left <= .zero { break }
      await shutdown.wait(atMost: left)
      if Task.isCancelled { return }
    }
    slots.stop(shutdown.isAbandoned ? .leaseLost : .shutdown)
  }
}

/// A worker's state, for a readiness check.
public struct WorkerHealth: Sendable {
  /// The instant of the last heartbeat that Redis accepted; nil before the first.
  public var lastHeartbeat: Date?
  /// Its age by the monotonic clock; nil before the first.
  public var heartbeatAge: Duration?
  /// Whether Redis answers.
  public var isRedisReachable: Bool
  /// Whether PostgreSQL answers, and does its work, as far as jobs have needed it.
  public var isPostgresReachable: Bool
  /// The servers that fail jobs, with their last errors, in words; empty when all is well.
  public var trouble: [String]
}
