package import Fields
package import Foundation
package import JobQueue
package import Logging
package import Segments

/// The shared components of mail in one process. Each part takes what it needs in its initializer.
package struct MailEnvironment: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let site: MailSite
  let signer: LinkSigner
  let settings: MailSettingsSource
  let transport: any MailTransport
  let observers: [any MailObserver]
  let registry: FilterRegistry
  let templates: TemplateCache
  let objects: ObjectAddresses
  let keys: RedisKeys
  let throttle: SendThrottle
  let channel: ChannelGuard
  let logger: Logger
  let metrics = MailMetrics()
  /// Signals that engagements were appended (``EngagementBuffer``) to the ``EngagementWaker`` of the process.
  let appended = WakeSignals()

  /// Creates the environment.
  ///
  /// - Parameters:
  ///   - jobs: The job client, whose database, Redis and clock are used.
  ///   - prefix: The prefix of keys in Redis.
  ///   - fields: The definitions of fields.
  ///   - site: The address of this installation.
  ///   - settings: The settings of the operator.
  ///   - transport: The address of the transport: `smtp://…`, `smtps://…`, `maildir:PATH`.
  ///   - observers: The observers of e-mail events.
  ///   - registry: The special fields of filters.
  ///   - objects: The addresses of what tokens name.
  ///   - logger: The logger.
  /// - Throws: ``UnknownTransport``.
  package init(
    jobs: JobClient, prefix: String, fields: FieldStore, site: MailSite,
    settings: MailSettingsSource, transport: String, observers: [any MailObserver] = [],
    registry: FilterRegistry = .contacts, objects: ObjectAddresses = .none, logger: Logger
  ) throws(UnknownTransport) {
    guard let transport = MailTransports.make(transport) else { throw UnknownTransport() }
    self.init(
      jobs: jobs, prefix: prefix, fields: fields, site: site, settings: settings,
      transport: transport, observers: observers, registry: registry, objects: objects,
      logger: logger)
  }

  init(
    jobs: JobClient, prefix: String, fields: FieldStore, site: MailSite,
    settings: MailSettingsSource, transport: any MailTransport, observers: [any MailObserver],
    registry: FilterRegistry, objects: ObjectAddresses = .none, logger: Logger
  ) {
    self.jobs = jobs
    self.fields = fields
    self.site = site
    signer = LinkSigner(secret: site.secret)
    self.settings = settings
    self.transport = transport
    self.observers = observers
    self.registry = registry
    self.objects = objects
    self.logger = logger
    templates = TemplateCache(
      transactions: jobs.transactions, site: site, fields: fields, objects: objects)
    keys = RedisKeys(prefix: prefix)
    throttle = SendThrottle(redis: jobs.redis, keys: keys, clock: jobs.clock)
    channel = ChannelGuard(jobs: jobs, keys: keys, logger: logger)
  }

  /// The dispatcher of send requests.
  package var dispatcher: EmailDispatcher { EmailDispatcher(settings: settings) }
}

/// The error for an address that names no known transport.
package struct UnknownTransport: Error, Sendable, CustomStringConvertible {
  /// The reason in words, without the address, which may hold a password.
  package var description: String { "the mail transport is none of smtp://, smtps://, maildir:" }
}

extension MailEnvironment {
  /// The clock.
  package var clock: WallClock { jobs.clock }

  /// The address of this installation, without a slash at its end.
  package var siteURL: String { site.url }

  /// Signs links with the secret of this installation.
  package var linkSigner: LinkSigner { signer }

  /// The job client.
  package var jobClient: JobClient { jobs }

  /// Returns the current settings of the operator.
  package func currentSettings() async throws -> MailSettings { try await settings.current() }

  /// Reads the reference of a tracked link: the send and its contact; nil if it is broken or forged (EML-354).
  package func clickthrough(_ text: String) -> (hash: UUID, contact: Int64)? {
    signer.openClickthrough(text)
  }

  /// Whether a key is that of the link that nobody sees in the message with a hash (EML-364).
  package func isTrap(_ key: String, _ hash: UUID) -> Bool { key == signer.trapKey(hash) }

  /// Returns a token for the form that a page shows about a subject (EML-405).
  package func formToken(_ subject: String) -> String { signer.formToken(subject) }

  /// Whether a token belongs to the form about a subject.
  package func isFormToken(_ token: String, _ subject: String) -> Bool {
    signer.isFormToken(token, subject)
  }

  /// Returns the link by which a subject unsubscribes or resubscribes.
  package func link(_ action: String, _ subject: MailSubject) -> String {
    let address = MessageLinks.encoded(subject.address)
    let digest = signer.digest(ofAddress: subject.address)
    return "\(site.url)/email/\(action)/\(MessageLinks.encoded(subject.hash))/\(address)/\(digest)"
  }
}
