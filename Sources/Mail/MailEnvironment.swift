package import Fields
package import JobQueue
package import Logging
package import Segments

/// Everything that mail is made of in one process.
package struct MailEnvironment: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let site: MailSite
  let seal: LinkSigner
  let settings: MailSettingsSource
  let transport: any MailTransport
  let observers: [any MailObserver]
  let registry: FilterRegistry
  let shelf: TemplateCache
  let pacer: SendThrottle
  let logger: Logger
  let metrics = MailMetrics()
  /// That acts were appended (``EngagementBuffer``), for the ``EngagementWaker`` of the process.
  let acts = WakeSignals()

  /// A kit.
  ///
  /// - Parameters:
  ///   - jobs: Enqueues jobs; its database, Redis and clock are used.
  ///   - prefix: What keys in Redis begin with.
  ///   - fields: The definitions of fields.
  ///   - site: Where this installation is found.
  ///   - settings: What an operator has set.
  ///   - transport: The address of the transport: `smtp://…`, `smtps://…`, `maildir:PATH`.
  ///   - observers: Who acts on what happens.
  ///   - registry: The special fields of filters.
  ///   - logger: Where it logs.
  /// - Throws: ``UnknownTransport``.
  package init(
    jobs: JobClient, prefix: String, fields: FieldStore, site: MailSite,
    settings: MailSettingsSource, transport: String, observers: [any MailObserver] = [],
    registry: FilterRegistry = .contacts, logger: Logger
  ) throws(UnknownTransport) {
    guard let transport = MailTransports.make(transport) else { throw UnknownTransport() }
    self.init(
      jobs: jobs, prefix: prefix, fields: fields, site: site, settings: settings,
      transport: transport, observers: observers, registry: registry, logger: logger)
  }

  init(
    jobs: JobClient, prefix: String, fields: FieldStore, site: MailSite,
    settings: MailSettingsSource, transport: any MailTransport, observers: [any MailObserver],
    registry: FilterRegistry, logger: Logger
  ) {
    self.jobs = jobs
    self.fields = fields
    self.site = site
    seal = LinkSigner(secret: site.secret)
    self.settings = settings
    self.transport = transport
    self.observers = observers
    self.registry = registry
    self.logger = logger
    shelf = TemplateCache(pool: jobs.postgres, site: site)
    pacer = SendThrottle(redis: jobs.redis, prefix: prefix, clock: jobs.clock)
  }

  /// Takes orders.
  package var office: EmailDispatcher { EmailDispatcher(settings: settings) }
}

/// An address of a transport that is none.
package struct UnknownTransport: Error, Sendable, CustomStringConvertible {
  /// In words, without the address, which may hold a password.
  package var description: String { "the mail transport is none of smtp://, smtps://, maildir:" }
}

extension MailEnvironment {
  /// Where "now" comes from.
  package var clock: WallClock { jobs.clock }

  /// Enqueues what mail has to do.
  package var jobClient: JobClient { jobs }

  /// What an operator has set.
  package func currentSettings() async throws -> MailSettings { try await settings.current() }

  /// A token for the form that a page shows about a subject (EML-405).
  package func formToken(_ subject: String) -> String { seal.formToken(subject) }

  /// Whether a token is that of a form about a subject.
  package func isFormToken(_ token: String, _ subject: String) -> Bool {
    seal.isFormToken(token, subject)
  }

  /// The link by which a subject unsubscribes or subscribes again.
  package func link(_ action: String, _ subject: MailSubject) -> String {
    let address = MessageLinks.encoded(subject.address)
    let digest = seal.digest(ofAddress: subject.address)
    return "\(site.url)/email/\(action)/\(MessageLinks.encoded(subject.hash))/\(address)/\(digest)"
  }
}
