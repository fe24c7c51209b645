package import Campaigns
import Contacts
package import JobQueue
package import Logging
package import Mail
package import ObjectStore
package import Postgres
import Primitives
package import Redis
package import Runtime
import Synchronization
package import Tracking
import Webhooks

/// The servers a process depends on, and the services it builds on them.
package struct Backends: Sendable {
  /// The process's configuration.
  package let configuration: ProcessConfiguration
  /// The process's logger.
  package let logger: Logger
  /// The connection for commands.
  package let redis: RedisConnection
  /// Connections to the database.
  package let postgres: PostgresPool
  /// The test clock, where it is asked for.
  package let testClock: TestClock?
  /// The true time by the servers' clocks, kept by ``ClockWatch``.
  let correction = ClockCorrection()
  /// The clock that all code reads.
  package let clock: WallClock
  /// The product's settings.
  package let settings: Settings
  // Code inside a transaction must not wait for another connection to read these.
  let mailSettings: CachedValue<MailSettings>
  let campaignSettings: CachedValue<CampaignSettings>
  let trackingSettings: CachedValue<TrackingSettings>
  let trustedProxies: CachedValue<[IPNetwork]>
  /// Enqueues jobs and looks at queues.
  package let jobs: JobClient
  /// The bucket for the bytes of uploaded files; nil where the database keeps them.
  package let objects: ObjectStore?
  /// Reads user agents.
  let agents: AgentReader
  /// E-mails.
  package let mail: MailEnvironment
  /// Page hits, and who the visitors of pages are.
  package let tracking: TrackingEnvironment
  package let campaigns: Campaigns
  /// Sends to webhooks, where this process does so.
  let webhooks: WebhookDispatcher
  /// Whether any webhook is in use.
  let hasWebhooks: CachedValue<Bool>
  /// The registrations of modules with those below them.
  let registries: Registries

  /// Reads the addresses; nothing is connected yet.
  /// - Parameters:
  ///   - configuration: The process's configuration.
  ///   - logger: The process's logger.
  /// - Throws: `ConfigurationError` where an address cannot be understood.
  package init(
    _ configuration: ProcessConfiguration, logger: Logger
  ) throws(ConfigurationError) {
    let name = "martlet-\(configuration.role.rawValue)"
    var problems: [ConfigurationProblem] = []
    var servers: (redis: RedisConfiguration?, postgres: PostgresConfiguration?) = (nil, nil)
    do throws(PostgresError) {
      servers.postgres = try PostgresConfiguration(
        url: configuration.databaseURL, maximumConnections: configuration.databasePool,
        applicationName: name)
    } catch {
      problems.append(ConfigurationProblem("MARTLET_DATABASE_URL", error.message))
    }
    do throws(RedisError) {
      servers.redis = try RedisConfiguration(url: configuration.redisURL)
    } catch {
      problems.append(ConfigurationProblem("MARTLET_REDIS_URL", error.message))
    }
    guard let redisConfiguration = servers.redis, var postgresConfiguration = servers.postgres
    else { throw ConfigurationError(problems) }
    Self.limit(&postgresConfiguration, for: configuration)

    agents = try AgentLists.reader(configuration, logger: logger)
    self.configuration = configuration
    self.logger = logger
    objects = configuration.bucket.map { ObjectStore($0) }
    redis = RedisConnection(redisConfiguration, name: name, logger: logger)
    postgres = PostgresPool(postgresConfiguration, logger: logger)
    testClock =
      configuration.testClock
      ? TestClock(redis: redis, prefix: configuration.redisPrefix, logger: logger) : nil
    clock = testClock?.clock ?? .corrected(by: correction)
    let settings = Settings(postgres: postgres)
    self.settings = settings
    mailSettings = CachedValue("settings of mail", logger: logger) {
      try await Self.mailSettings(settings)
    }
    trackingSettings = CachedValue("settings of tracking", logger: logger) {
      try await Self.trackingSettings(settings)
    }
    trustedProxies = CachedValue("trusted proxies", logger: logger) {
      try await settings.value(.trustedProxies)
    }
    campaignSettings = CachedValue("settings of campaigns", logger: logger) {
      try await Self.campaignSettings(settings)
    }
    jobs = JobClient(
      redis: redis, postgres: postgres, prefix: configuration.redisPrefix, clock: clock,
      logger: logger)
    let runtime = DeferredReference<CampaignService>()
    let visitors = DeferredReference<TrackingEnvironment>()
    do throws(UnknownTransport) {
      mail = try Self.makeMail(
        configuration, jobs: jobs, settings: mailSettings, campaigns: runtime,
        tracking: visitors, logger: logger)
    } catch {
      throw ConfigurationError([ConfigurationProblem("MARTLET_MAIL_TRANSPORT", "\(error)")])
    }
    campaigns = Self.makeCampaigns(
      jobs: jobs, mail: mail, settings: campaignSettings, logger: logger)
    runtime.set(campaigns.runtime)
    webhooks = Self.makeWebhooks(
      jobs: jobs, site: configuration.siteURL, settings: settings, campaigns: campaignSettings,
      logger: logger)
    let pool = postgres
    hasWebhooks = CachedValue("the use of webhooks", logger: logger) {
      try await WebhookStore.isAnyInUse(on: pool)
    }
    registries = Registries(campaigns: campaigns.members)
    tracking = Self.makeTracking(
      configuration, jobs: jobs, tables: registries.mergeTables, agents: agents,
      settings: trackingSettings,
      companies: { try await Self.companyRules(settings) }, campaigns: runtime, logger: logger)
    visitors.set(tracking)
  }

  /// Bounds statements, waiting for locks and idle transactions by the kind of work that a process does. Exports and the
  /// building of indexes lift the first two for themselves.
  private static func limit(
    _ postgres: inout PostgresConfiguration, for configuration: ProcessConfiguration
  ) {
    switch configuration.role {
    case .api:
      // A person or a program waits for the answer.
      postgres.statementTimeout = configuration.requestTimeout
      postgres.lockTimeout = configuration.requestTimeout / 2
      postgres.idleInTransactionTimeout = configuration.requestTimeout * 2
      postgres.acquireTimeout = configuration.requestTimeout
    case .worker, .scheduler, .dev:
      postgres.statementTimeout = .seconds(3600)
      postgres.lockTimeout = .seconds(600)
      postgres.idleInTransactionTimeout = .seconds(600)
    case .tool:
      // A person waits for a command's answer: an unreachable server must be reported soon. Migrations take what they
      // need.
      postgres.acquireTimeout = .seconds(5)
    }
    if configuration.role == .api || configuration.role == .dev {
      postgres.reservedConnections = min(2, postgres.maximumConnections / 4)
    }
  }

  /// The secret of the installation. Without one, which only development allows, anybody can make signatures.
  package static func secret(_ configuration: ProcessConfiguration) -> String {
    configuration.secret ?? "development"
  }

  /// Adds to a process's readiness what it needs: PostgreSQL, Redis and the schema.
  package func require(in readiness: Readiness) {
    let (jobs, postgres, testClock) = (jobs, postgres, testClock)
    readiness.require("postgres", silence: { postgres.trouble?.message }) {
      try await PostgresPool.$usesReserve.withValue(true) {
        _ = try await postgres.query("SELECT 1")
      }
    }
    let keepsSessions = Flag()
    readiness.require("session") {
      if keepsSessions.isSet { return }
      guard
        try await PostgresPool.$usesReserve.withValue(
          true, operation: { try await postgres.keepsSessions() })
      else { throw SharedSession() }
      keepsSessions.set()
    }
    readiness.require("redis") {
      // A server that answers may refuse all writes.
      try await jobs.probeWrites()
      if let refused = jobs.refusedPushes, refused.since > .seconds(10) {
        throw Trouble(
          description: """
            \(refused.count) committed jobs wait for Redis, the oldest for \(Int(refused.since.seconds)) s
            """)
      }
      // Before the first job runs, its clock must be the one that the test has set.
      _ = try await testClock?.refresh()
    }
    let complete = Flag()
    // `martlet dev` is one person at one machine: no other process brings its schema up to date.
    let migrates = configuration.role == .dev
    readiness.require("migrations", timeout: .seconds(migrates ? 300 : 2)) {
      // Once complete it stays so: a release that adds migrations is another process.
      if complete.isSet { return }
      if migrates { try await Schema.migrator.run(on: postgres) }
      let pending = try await Schema.pending(on: postgres)
      guard pending.isEmpty else { throw MigrationsPending(names: pending) }
      complete.set()
    }
  }

  /// Closes every connection; call when nothing uses them anymore.
  package func close() async {
    await redis.close()
    await postgres.close()
  }
}

/// A pooler that gives a session's statements to different server processes.
struct SharedSession: Error, CustomStringConvertible {
  var description: String {
    "MARTLET_DATABASE_URL leads to a pooler in transaction mode, where sessions share server processes and one process's prepared statements would be run by another; set its pool_mode to session, or name the server itself"
  }
}

/// A trouble in words, for readiness.
struct Trouble: Error, CustomStringConvertible {
  let description: String
}

/// A flag that becomes true once.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
