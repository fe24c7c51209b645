package import Contacts
package import Fields
package import JobQueue
package import Logging
package import Mail

/// The shared components of tracking in one process.
package struct TrackingEnvironment: Sendable {
  /// Takes page hits, and tells who a request is from.
  package let tracker: Tracker
  /// Takes the messages of apps and servers.
  package let messages: MessageTaker
  /// Lets reads see the hits before them.
  package let backlog: HitBacklog
  /// Enqueues jobs for hits that arrive in this process.
  package let waker: HitWaker
  /// The address of this installation.
  package let site: MailSite
  let handler: HitHandler
  let arrived: HitArrivals

  /// Creates the environment.
  ///
  /// - Parameters:
  ///   - jobs: The job client, whose database, Redis and clock are used.
  ///   - prefix: The prefix of keys in Redis.
  ///   - fields: The definitions of fields.
  ///   - tables: The tables whose rows a merge moves, of all modules.
  ///   - site: The address of this installation, and its secret.
  ///   - agents: Reads user agents.
  ///   - settings: Returns the operator's settings.
  ///   - companies: Returns the rules of companies.
  ///   - observers: The observers of hits.
  ///   - counter: Counts the visits of landing pages.
  ///   - freshness: The age after which settings, fields and devices are read again.
  ///   - patience: The time that a request waits for a server before it does without.
  ///   - logger: The logger.
  package init(
    jobs: JobClient, prefix: String, fields: FieldStore, tables: [MergeTable], site: MailSite,
    agents: AgentReader = AgentReader(),
    settings: @escaping @Sendable () async throws -> TrackingSettings,
    companies: @escaping @Sendable () async throws -> CompanyRules,
    observers: [any TrackingObserver] = [], counter: (any PageVisitCounter)? = nil,
    freshness: Duration = .milliseconds(900),
    patience: Duration = .seconds(2), logger: Logger
  ) {
    let postgres = Breaker(patience: patience)
    let recent = Recent(
      freshness: freshness, standard: TrackingSettings(), breaker: postgres, settings)
    let editor = ContactEditor(
      transactions: jobs.transactions, fields: fields, tables: tables,
      settings: {
        var contacts = ContactSettings()
        contacts.matchesAnyIdentifier = try await recent.current().matchesAnyIdentifier
        contacts.companies = try await companies()
        return contacts
      })
    let resolver = VisitorResolver(
      jobs: jobs, fields: fields, editor: editor, signer: LinkSigner(secret: site.secret),
      settings: recent,
      recentFields: Recent(freshness: freshness, breaker: postgres) { try await fields.current() },
      agents: AgentCache(reader: agents),
      devices: DeviceCache(pool: jobs.postgres, freshness: freshness, breaker: postgres) {
        try await DeviceTrackingStore.find($0, on: $1)
      },
      identities: LookupCache(pool: jobs.postgres, freshness: freshness, breaker: postgres) {
        try await IdentityStore.find($0.compactMap(VisitIdentity.init(key:)), on: $1)
      },
      breaker: postgres)
    let stream = HitStream(redis: jobs.redis, keys: TrackingKeys(prefix: prefix))
    let arrived = HitArrivals()
    tracker = Tracker(
      resolver: resolver,
      buffer: HitBuffer(
        HitWriter(
          pool: jobs.postgres, stream: stream, postgres: postgres,
          redis: Breaker(patience: patience), arrived: arrived, logger: logger)), logger: logger)
    let pool = jobs.postgres
    messages = MessageTaker(
      keys: WriteKeys(
        recent: Recent(freshness: freshness, breaker: postgres) {
          try await WriteKeyStore.inUse(in: pool)
        }), tracker: tracker)
    backlog = HitBacklog(pool: jobs.postgres, stream: stream)
    waker = HitWaker(jobs: jobs, arrived: arrived, logger: logger)
    self.site = site
    self.arrived = arrived
    handler = HitHandler(
      jobs: jobs, stream: stream,
      recorder: HitRecorder(fields: fields, observers: observers, counter: counter),
      visits: DeferredVisits(resolver: resolver), logger: logger)
  }
}

/// The jobs of tracking, for workers and schedulers.
package enum TrackingJobs {
  /// Registers the handlers.
  package static func register(in registry: inout JobRegistry, environment: TrackingEnvironment) {
    let handler = environment.handler
    registry.register(RecordHits.self) { job, context in
      try await handler.drain(job.part) { try context.checkLease() }
    }
    registry.register(ReconcileHits.self) { _, context in
      for part in try await handler.reconcile().sorted() {
        try await context.client.enqueue(RecordHits(part: part), RecordHits.options(part))
      }
    }
    let tracker = environment.tracker
    registry.register(PruneHits.self) { _, context in
      try await HitPruning.run(try await tracker.settings(), context)
    }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "tracking.hits", .every(.seconds(10)), options: EnqueueOptions(uniqueKey: "hits")
      ) { _ in ReconcileHits() },
      PeriodicJob(
        "tracking.prune", .every(.seconds(86_400)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneHits() },
    ]
  }
}
