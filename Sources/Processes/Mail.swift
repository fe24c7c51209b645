import Assets
import Campaigns
import Contacts
import Exports
import Fields
import Foundation
import Imports
import JobQueue
import Logging
import Mail
import Pages
import Points
import Postgres
import Primitives
import Runtime
import Tracking

extension Backends {
  /// Mail in this process: its templates and settings are shared by all senders.
  /// - Throws: ``UnknownTransport``.
  static func makeMail(
    _ configuration: ProcessConfiguration, jobs: JobClient, settings: CachedValue<MailSettings>,
    campaigns: DeferredReference<CampaignService>,
    tracking: DeferredReference<TrackingEnvironment>, logger: Logger
  ) throws(UnknownTransport) -> MailEnvironment {
    let fields = FieldStore(pool: jobs.postgres)
    let site = configuration.siteURL
    return try MailEnvironment(
      jobs: jobs, prefix: configuration.redisPrefix, fields: fields,
      site: MailSite(
        url: configuration.siteURL,
        secret: secret(configuration)),
      settings: MailSettingsSource { try await settings.current() },
      transport: configuration.mailTransport,
      // Campaigns and tracking depend on mail, and mail tells them what happened to e-mails.
      observers: [
        CampaignMailObserver { campaigns.value }, PointMailObserver(), WebhookMailObserver(),
        TrackingMailObserver { tracking.value },
      ],
      registry: Registries.filters,
      objects: ObjectAddresses(
        pages: { try await PageStore.slugs(of: $0, on: $1).mapValues { "\(site)/\($0)" } },
        assets: { try await AssetStore.slugs(of: $0, on: $1).mapValues { "\(site)/asset/\($0)" } }),
      logger: logger)
  }

  /// The operator's settings for e-mail.
  static func mailSettings(_ settings: Settings) async throws -> MailSettings {
    var mail = MailSettings()
    mail.fromName = try await settings.value(.mailerFromName)
    mail.fromAddress = try await settings.value(.mailerFromAddress)
    mail.replyTo = try await settings.value(.mailerReplyTo)
    mail.returnPath = try await settings.value(.mailerReturnPath)
    mail.unsubscribeMailbox = try await settings.value(.unsubscribeMailbox)
    mail.bounceMailbox = try await settings.value(.bounceMailbox)
    mail.verifiedDomains = list(try await settings.value(.verifiedDomains))
    mail.isOwnerMailer = try await settings.value(.mailerIsOwner)
    mail.unsubscribeText = try await settings.value(.unsubscribeText)
    mail.webviewText = try await settings.value(.webviewText)
    mail.signature = try await settings.value(.signatureText)
    mail.unsubscribeMessage = try await settings.value(.unsubscribeMessage)
    mail.resubscribeMessage = try await settings.value(.resubscribeMessage)
    mail.asksBeforeUnsubscribing = try await settings.value(.asksBeforeUnsubscribing)
    mail.showsPreferences = try await settings.value(.showsPreferences)
    mail.showsFrequency = try await settings.value(.showsFrequency)
    mail.showsPause = try await settings.value(.showsPause)
    mail.showsPreferredChannel = try await settings.value(.showsChannels)
    mail.showsCategories = try await settings.value(.showsCategories)
    mail.showsSegments = try await settings.value(.showsSegments)
    let number = try await settings.value(.emailFrequencyNumber)
    let unit = FrequencyRule.Unit(rawValue: try await settings.value(.emailFrequencyTime))
    if number > 0, let unit { mail.frequency = FrequencyRule(number: number, unit: unit) }
    mail.tracksOpens = try await settings.value(.trackingPixel)
    mail.tracksLinks = try await settings.value(.trackableLinks)
    mail.untrackedLinks = list(try await settings.value(.untrackedLinks))
    mail.ignoredAddresses = list(try await settings.value(.ignoredAddresses))
    mail.ignoredAgents = list(try await settings.value(.ignoredAgents))
    mail.machines.prefetchAgents = list(try await settings.value(.prefetchAgents))
    mail.machines.prefetchNetworks = try await settings.value(.prefetchNetworks)
    mail.machines.scannerAgents = list(try await settings.value(.scannerAgents))
    mail.machines.scannerNetworks = try await settings.value(.scannerNetworks)
    mail.machines.deliverySeconds = try await settings.value(.scannerDelivery)
    mail.machines.windowSeconds = try await settings.value(.scannerWindow)
    mail.machines.hasTrap = try await settings.value(.hiddenLink)
    mail.dateFormat = try await settings.value(.dateFormat)
    mail.timeFormat = try await settings.value(.timeFormat)
    mail.timeZone = try await settings.value(.timeZone)
    mail.perSecond = try await settings.value(.mailPerSecond)
    mail.perHour = try await settings.value(.mailPerHour)
    mail.perDay = try await settings.value(.mailPerDay)
    mail.connections = try await settings.value(.mailConnections)
    mail.messagesPerConnection = try await settings.value(.mailPerConnection)
    mail.maximumBytes = try await settings.value(.mailSizeLimit)
    return mail
  }

  /// The parts of a setting that is a list with commas.
  static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingBlanks() }
      .filter { !$0.isEmpty }
  }
}

extension Backends {
  /// Notifies the creator of an import of its end (IMP-69).
  func tell(ended item: Import, in transaction: Transaction) async throws {
    try await tell(
      item.createdBy, key: "import-\(item.id)-\(item.runNumber)",
      subject: "Import of \(item.originalFile): \(item.status == .failed ? "failed" : "done")",
      body: "\(item.originalFile)\n\n\(configuration.siteURL)/api/imports/\(item.id)",
      in: transaction)
  }

  /// Notifies the creator of an export that its file is ready (EXP-02).
  func tell(ready export: Export, in transaction: Transaction)
    async throws
  {
    try await tell(
      export.createdBy, key: "export-\(export.id)",
      subject: "Your export \(export.fileName) is ready",
      body: "\(export.fileName)\n\n\(configuration.siteURL)/api/exports/\(export.id)/download",
      in: transaction)
  }

  private func tell(
    _ user: Int64?, key: String, subject: String, body: String, in transaction: Transaction
  ) async throws {
    guard let user else { return }
    do {
      try await EmailDispatcher.notify(
        UserNotification(key: key, content: .text(subject: subject, body: body), users: [user]),
        in: transaction.at(clock.now))
    } catch is NoticeError {
      // A user without an address finds it in the interface.
    }
  }
}
