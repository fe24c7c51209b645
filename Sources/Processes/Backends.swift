public import Campaigns
public import JobQueue
public import Logging
public import Mail
public import Postgres
public import Redis
public import Runtime
import Synchronization

/// The servers that a process stands on, and what each process makes of them.
public struct Backends: Sendable {
  /// What the process was told.
  public let configuration: ProcessConfiguration
  /// Where it logs.
  public let logger: Logger
  /// The connection for commands.
  public let redis: RedisConnection
  /// Connections to the database.
  public let postgres: PostgresPool
  /// The test clock, where it is asked for.
  public let testClock: TestClock?
  /// Where "now" comes from.
  public let clock: WallClock
  /// The product's settings.
  public let settings: Settings
  // Whoever is inside a transaction must not wait for another connection to read these.
  let mailSettings: RecentValue<MailSettings>
  let campaignSettings: RecentValue<CampaignSettings>
  /// Enqueues jobs and looks at queues.
  public let jobs: JobClient
  /// E-mails.
  public let mail: MailKit
  /// Campaigns.
  public let campaigns: Campaigns

  /// Reads the addresses; nothing is connected yet.
  /// - Parameters:
  ///   - configuration: What the process was told.
  ///   - logger: Where it logs.
  /// - Throws: `ConfigurationError` where an address cannot be understood.
  public init(
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
    // A person waits for a command's answer; a server that is away shall be told soon.
    if configuration.role == .tool { postgresConfiguration.acquireTimeout = .seconds(5) }

    self.configuration = configuration
    self.logger = logger
    redis = RedisConnection(redisConfiguration, name: name, logger: logger)
    postgres = PostgresPool(postgresConfiguration, logger: logger)
    testClock =
      configuration.testClock
      ? TestClock(redis: redis, prefix: configuration.redisPrefix, logger: logger) : nil
    clock = testClock?.clock ?? .system
    let settings = Settings(postgres: postgres)
    self.settings = settings
    mailSettings = RecentValue("settings of mail", logger: logger) {
      try await Self.mailSettings(settings)
    }
    campaignSettings = RecentValue("settings of campaigns", logger: logger) {
      try await Self.campaignSettings(settings)
    }
    jobs = JobClient(
      redis: redis, postgres: postgres, prefix: configuration.redisPrefix, clock: clock,
      logger: logger)
    let runtime = Later<CampaignRuntime>()
    do throws(UnknownTransport) {
      mail = try Self.makeMail(
        configuration, jobs: jobs, settings: mailSettings, campaigns: runtime, logger: logger)
    } catch {
      throw ConfigurationError([ConfigurationProblem("MARTLET_MAIL_TRANSPORT", "\(error)")])
    }
    campaigns = Self.makeCampaigns(
      jobs: jobs, mail: mail, settings: campaignSettings, logger: logger)
    runtime.set(campaigns.runtime)
  }

  /// Adds to a process's readiness what it needs: PostgreSQL, Redis and the schema.
  public func require(in readiness: Readiness) {
    let (redis, postgres, testClock) = (redis, postgres, testClock)
    readiness.require("postgres", silence: { postgres.trouble?.message }) {
      try await postgres.query("SELECT 1")
    }
    readiness.require("redis") {
      _ = try await redis.send("PING", timeout: .milliseconds(1500))
      // Before the first job runs, its clock must be the one that the test has set.
      _ = try await testClock?.refresh()
    }
    let complete = Flag()
    // `martlet dev` is one person at one machine: nobody else brings its schema up to date.
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

  /// Closes every connection; call when nothing uses them any more.
  public func close() async {
    await redis.close()
    await postgres.close()
  }
}

/// Something that becomes true once.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
