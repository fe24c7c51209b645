package import Fields
package import JobQueue
package import Logging
package import Mail
package import Segments
package import Transfer

/// Campaigns in a process, made once: everything that runs, changes and shows them.
package struct Campaigns: Sendable {
  /// The service that jobs and engagements call.
  package let runtime: CampaignService
  /// The e-mails among some that are not published, with their names (CAM-605).
  let unpublishedEmails: @Sendable ([Int64]) async throws -> [Int64: String]

  /// Campaigns on a queue and its database.
  ///
  /// - Parameters:
  ///   - jobs: The queue; its database and clock are used.
  ///   - fields: The definitions of fields.
  ///   - mail: The sender of e-mails; nil where none are sent.
  ///   - settings: The operator's settings, asked anew for each transaction.
  ///   - http: The client for webhooks.
  ///   - logger: The log.
  package init(
    jobs: JobClient, fields: FieldStore, mail: EmailDispatcher? = nil,
    settings: @escaping @Sendable () async throws -> CampaignSettings,
    http: HTTPClient = HTTPClient(), logger: Logger
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

  /// Simulates campaigns.
  ///
  /// - Parameter segments: Gives a cache of segments of each simulation's own.
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
  /// Reads campaigns and their events.
  package var store: CampaignStore { CampaignStore(pool: runtime.jobs.postgres) }
  /// Reads members.
  package var memberStore: CampaignMemberStore { CampaignMemberStore(pool: runtime.jobs.postgres) }
  /// Reads the log of contacts.
  package var logStore: CampaignLogStore { CampaignLogStore(pool: runtime.jobs.postgres) }
  /// Reads totals of campaigns.
  package var statistics: CampaignStatistics { CampaignStatistics(pool: runtime.jobs.postgres) }
  /// Writes campaigns as documents and reads them.
  package var documents: CampaignDocuments { CampaignDocuments(editor: editor) }
  package var clock: WallClock { runtime.jobs.clock }
}

extension Campaigns {
  /// Asks for the members of a campaign to be brought in line with its source segments; what is due is executed
  /// at once anyway.
  ///
  /// - Returns: The job; nil where the campaign does not exist or is not live.
  package func update(_ campaign: Int64) async throws -> JobID? {
    try await runtime.jobs.transaction { transaction -> JobID? in
      let found = try await CampaignStore.liveness(
        campaign, now: transaction.now, on: transaction.connection)
      guard found?.isLive == true else { return nil }
      return try CampaignUpdates.request(campaign, in: transaction.outbox)
    }
  }

  /// Asks for the counters of a campaign to be corrected from its log (CAM-803).
  package func repairStatistics(of campaign: Int64) async throws -> JobID {
    try await runtime.jobs.transaction { transaction in
      try transaction.outbox.add(
        RepairStatistics(campaign: campaign),
        EnqueueOptions(object: JobSubject(type: "campaign", id: campaign)))
    }
  }
}
