import API
import Campaigns
import Console
import Fields
import Foundation
import JobQueue
import Logging
import Mail
import Runtime
import Segments
import ServiceLifecycle
import Tracking
import Webhooks

extension Composition {
  /// The services of the role, in the order in which they start; they stop in the reverse order,
  /// so that the API, which makes work, stops before the worker, which does it.
  ///
  /// - Throws: An error of a file of the console that cannot be served.
  func services() throws -> [any Service] {
    var services: [any Service] = []
    if let testClock = backends.testClock { services.append(testClock) }
    services.append(ReadinessWatch(readiness: readiness, logger: logger))
    services.append(RestingMemory())
    services.append(backends.mailSettings)
    services.append(backends.campaignSettings)
    services.append(backends.trackingSettings)
    // A process that changes contacts tells the workers to refresh their segments.
    services.append(SegmentWaker(jobs: backends.jobs, logger: logger))
    services.append(CampaignWaker(backends.campaigns.runtime))
    let hasWebhooks = backends.hasWebhooks
    services.append(hasWebhooks)
    services.append(
      WebhookWaker(jobs: backends.jobs, logger: logger) { try await hasWebhooks.current() })
    let role = configuration.role
    if role == .scheduler || role == .dev { services += [campaignSchedule(), scheduler()] }
    if role == .worker || role == .dev {
      let queues = configuration.workerQueues
      if queues?.contains(where: { $0.name == WebhookJobs.queue }) ?? true {
        services.append(backends.webhooks)
      }
      services.append(worker())
    }
    if role == .api || role == .dev {
      services.append(backends.trustedProxies)
      services.append(EngagementWaker(environment: backends.mail))
      services.append(backends.tracking.waker)
      services.append(try api())
    }
    return services
  }

  private func worker() -> Worker {
    let registry = Handlers.registry(backends)
    let queues =
      configuration.workerQueues.map {
        $0.map { WorkerQueue($0.name, weight: $0.weight.map(Double.init)) }
      }
      ?? registry.queues.map { WorkerQueue($0, weight: MailQueues.weights[$0] ?? 1) }
    let settings = WorkerConfiguration(
      queues: queues, concurrency: configuration.workerConcurrency,
      drainTimeout: configuration.drainTimeout, crashLimit: configuration.poisonKills)
    let worker = Worker(
      client: backends.jobs, registry: registry, configuration: settings,
      middleware: [MetricsMiddleware(), LoggingMiddleware(logger: logger), TracingMiddleware()],
      logger: logger)
    readiness.require("worker") {
      guard let age = worker.health.heartbeatAge else { throw MissedHeartbeat(seconds: nil) }
      // Once its lease has expired, other workers have taken over its jobs.
      if age > settings.leaseTime { throw MissedHeartbeat(seconds: age.seconds) }
    }
    readiness.require("jobs") {
      let trouble = worker.health.trouble
      if !trouble.isEmpty { throw Trouble(description: trouble.joined(separator: "; ")) }
    }
    return worker
  }

  private func api() throws -> APIServer {
    var settings = apiSettings.value
    settings.host = configuration.httpHost
    settings.port = configuration.httpPort
    settings.version = Version.text
    let (logger, host) = (logger, configuration.httpHost)
    let console = try Console(data: configuration.dataFolder)
    let (clock, site) = (backends.jobs.clock, backends.mail.siteURL)
    return APIServer(
      configuration: settings, services: backends.apiServices(),
      pages: { console.pages(api: $0, sessions: $1, clock: clock, site: site) },
      logger: logger,
      onListening: { port in
        logger.info(
          "the API is open", metadata: ["host": .string(host), "port": .stringConvertible(port)])
      })
  }

  private func campaignSchedule() -> ScheduleService {
    let schedule = ScheduleService(backends.campaigns.runtime)
    let future = backends.campaigns.future
    metrics.collect { await future.families() }
    readiness.require("campaign schedule") {
      if let trouble = schedule.currentTrouble { throw Trouble(description: trouble) }
    }
    return schedule
  }

  private func scheduler() -> Scheduler {
    let queues = QueueMetrics(backends.jobs, logger: logger)
    metrics.collect { await queues.families() }
    var settings = SchedulerConfiguration()
    settings.crashLimit = configuration.poisonKills
    let scheduler = Scheduler(
      client: backends.jobs, periodic: Handlers.periodic, configuration: settings, logger: logger)
    let schedule = ScheduleCheck(backends)
    metrics.collect { await schedule.families() }
    readiness.require("scheduler") {
      let failing = scheduler.currentHealth.failing.sorted()
      if !failing.isEmpty {
        throw Trouble(description: "fails: \(failing.joined(separator: ", "))")
      }
    }
    readiness.require("schedule") { try await schedule.require() }
    return scheduler
  }
}

/// A worker whose heartbeat Redis has not accepted.
private struct MissedHeartbeat: Error, CustomStringConvertible {
  let seconds: Double?

  var description: String {
    seconds.map { "no heartbeat for \(Int($0)) s" } ?? "no heartbeat yet"
  }
}
