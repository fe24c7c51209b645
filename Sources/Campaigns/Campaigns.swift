public import Contacts
public import JobQueue
public import Logging
public import Mail
public import Segments
public import Transfer

/// Campaigns in a process, made once: everything that runs, changes and shows them.
public struct Campaigns: Sendable {
  /// What jobs and acts call.
  public let runtime: CampaignRuntime
  /// The e-mails among some that are not published, with their names (CAM-605).
  let unpublishedEmails: @Sendable ([Int64]) async throws -> [Int64: String]

  /// Campaigns on a queue and its database.
  ///
  /// - Parameters:
  ///   - jobs: Enqueues; its database and clock are used.
  ///   - fields: The definitions of fields.
  ///   - mail: What sends e-mails; nil where none are sent.
  ///   - settings: What an operator has set, asked anew for each transaction.
  ///   - http: What calls webhooks.
  ///   - logger: Where trouble is told.
  public init(
    jobs: JobClient, fields: FieldStore, mail: MailOffice? = nil,
    settings: @escaping @Sendable () async throws -> CampaignSettings = { CampaignSettings() },
    http: HTTPClient = HTTPClient(), logger: Logger
  ) {
    let engine = CampaignEngine(
      fields: fields, types: .standard(mail: mail, http: http), settings: settings)
    self.init(
      runtime: CampaignRuntime(engine: engine, jobs: jobs, logger: logger),
      unpublishedEmails: { try await EmailStore(pool: jobs.postgres).unpublished(among: $0) })
  }

  init(
    runtime: CampaignRuntime,
    unpublishedEmails: @escaping @Sendable ([Int64]) async throws -> [Int64: String] = { _ in [:] }
  ) {
    self.runtime = runtime
    self.unpublishedEmails = unpublishedEmails
  }

  /// Shows what campaigns would do.
  ///
  /// - Parameter segments: Gives a cache of segments of each simulation's own.
  public func simulator(
    segments: @escaping @Sendable () -> SegmentSetCache
  ) -> CampaignSimulator {
    CampaignSimulator(runtime: runtime, segmentSets: segments)
  }

  /// Makes, changes, copies and deletes campaigns.
  public var editor: CampaignEditor { CampaignEditor(runtime: runtime) }
  /// Changes entries of single contacts.
  public var log: CampaignLogEditor { CampaignLogEditor(runtime: runtime) }
  /// Puts contacts into campaigns and takes them out, by hand.
  public var members: CampaignMembers { CampaignMembers(runtime: runtime) }
  /// Reads campaigns and their events.
  public var store: CampaignStore { CampaignStore(pool: runtime.jobs.postgres) }
  /// Reads members.
  public var memberStore: CampaignMemberStore { CampaignMemberStore(pool: runtime.jobs.postgres) }
  /// Reads what happened and will happen to contacts.
  public var logStore: CampaignLogStore { CampaignLogStore(pool: runtime.jobs.postgres) }
  /// Reads what campaigns came to.
  public var statistics: CampaignStatistics { CampaignStatistics(pool: runtime.jobs.postgres) }
  /// Writes campaigns as documents and reads them.
  public var documents: CampaignDocuments { CampaignDocuments(editor: editor) }
  /// The clock.
  public var clock: WallClock { runtime.jobs.clock }
}
