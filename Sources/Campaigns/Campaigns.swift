package import Fields
package import JobQueue
package import Logging
package import Mail
package import Segments
package import Transfer

/// The campaign components of a process, created once: everything that runs, changes and shows them.
package struct Campaigns: Sendable {
  /// The service that jobs and engagements call.
  package let runtime: CampaignService
  /// Returns those of some e-mails that are not published, with their names (CAM-605).
  let unpublishedEmails: @Sendable ([Int64]) async throws -> [Int64: String]

  /// Creates the components.
  ///
  /// - Parameters:
  ///   - jobs: The job client; its database and clock are used.
  ///   - fields: The definitions of fields.
  ///   - mail: The sender of e-mails; nil if none are sent.
  ///   - settings: The source of the operator's settings, asked for each transaction.
  ///   - http: The client for webhooks.
  ///   - logger: The logger.
  package init(
    jobs: JobClient, fields: FieldStore, mail: EmailDispatcher? = nil,
    settings: @escaping @Sendable () async throws -> CampaignSettings,
    http: HTTPClient = HTTPClient(concurrency: 16, perHost: 8), logger: Logger
  ) {
    let engine = CampaignEngine(
      fields: fields, types: .standard(mail: mail, http: http), settings: settings)
    self.init(
      runtime: CampaignService(engine: engine, jobs: jobs, logger: logger),
      unpublishedEmails: { try await EmailStore(pool: jobs.postgres).unpublished(among: $0) })
  }

  init(
    runtime: CampaignService,
    unpublishedEmails: @escaping @Sendable ([Int64]) async throws -> [Int64: String] = { _ in [:] }
  ) {
    self.runtime = runtime
    self.unpublishedEmails = unpublishedEmails
  }

  /// Returns a simulator of campaigns.
  ///
  /// - Parameter segments: Creates a cache of segments for each simulation.
  package func simulator(
    segments: @escaping @Sendable () -> SegmentSetCache
  ) -> CampaignSimulator {
    CampaignSimulator(runtime: runtime, segmentSets: segments)
  }

  /// Creates, changes, copies and deletes campaigns.
  package var editor: CampaignEditor { CampaignEditor(runtime: runtime) }
  /// Changes entries of single contacts.
  package var log: CampaignLogEditor { CampaignLogEditor(runtime: runtime) }
  /// Adds contacts to campaigns and removes them, by hand.
  package var members: CampaignMembers { CampaignMembers(runtime: runtime) }
  /// Whether webhooks may be sent to addresses that are not public (CAM-454).
  package var allowsPrivateWebhooks: Bool {
    get async throws { try await runtime.engine.settings().allowsPrivateWebhooks }
  }
  /// Reads campaigns and their events.
  package var store: CampaignStore { CampaignStore(pool: runtime.jobs.postgres) }
  /// Reads members.
  package var memberStore: CampaignMemberStore { CampaignMemberStore(pool: runtime.jobs.postgres) }
  /// Reads the log of contacts.
  package var logStore: CampaignLogStore { CampaignLogStore(pool: runtime.jobs.postgres) }
  /// Reads totals of campaigns.
  package var statistics: CampaignStatistics { CampaignStatistics(pool: runtime.jobs.postgres) }
  /// Reads the schedule.
  package var future: CampaignFuture { CampaignFuture(runtime: runtime) }
  /// Writes campaigns as documents and reads them.
  package var documents: CampaignDocuments { CampaignDocuments(editor: editor) }
  package var clock: WallClock { runtime.jobs.clock }
}

extension Campaigns {
  /// Requests a comparison of a campaign's members with its source segments; due entries are executed at
  /// once anyway.
  ///
  /// - Returns: The job; nil if the campaign does not exist or is not live.
  package func update(_ campaign: Int64) async throws -> JobID? {
    try await runtime.jobs.transaction { transaction -> JobID? in
      let found = try await CampaignStore.liveness(
        campaign, now: transaction.now, on: transaction.connection)
      guard found?.isLive == true else { return nil }
      return try await CampaignUpdates.request(campaign, in: transaction)
    }
  }

  /// Requests a correction of a campaign's counters from its log (CAM-803).
  package func repairStatistics(of campaign: Int64) async throws -> JobID {
    try await runtime.jobs.transaction { transaction in
      try transaction.outbox.add(
        RepairStatistics(campaign: campaign),
        EnqueueOptions(object: JobSubject(type: "campaign", id: campaign)))
    }
  }
}
