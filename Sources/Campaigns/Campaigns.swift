public import Contacts
public import JobQueue
public import Logging
public import Mail
public import Transfer

/// Campaigns in a process, made once: everything that runs, changes and shows them.
public struct Campaigns: Sendable {
  /// What jobs and acts call.
  public let runtime: CampaignRuntime

  /// Campaigns on a queue and its database.
  ///
  /// - Parameters:
  ///   - jobs: Enqueues; its database and clock are used.
  ///   - fields: The definitions of fields.
  ///   - mail: What sends e-mails; nil where none are sent.
  ///   - settings: What an operator has set, asked anew for each transaction.
  ///   - http: What calls webhooks.
  ///   - allowsPrivateAddresses: Whether webhooks may go to addresses that are not public (CAM-454).
  ///   - logger: Where trouble is told.
  public init(
    jobs: JobClient, fields: FieldStore, mail: MailOffice? = nil,
    settings: @escaping @Sendable () async throws -> CampaignSettings = { CampaignSettings() },
    http: HTTPClient = HTTPClient(),
    allowsPrivateAddresses: @escaping @Sendable () async throws -> Bool = { false },
    logger: Logger
  ) {
    let engine = CampaignEngine(
      fields: fields,
      types: .standard(mail: mail, http: http, allowsPrivateAddresses: allowsPrivateAddresses),
      settings: settings)
    runtime = CampaignRuntime(engine: engine, jobs: jobs, logger: logger)
  }

  /// Makes, changes and deletes campaigns.
  public var editor: CampaignEditor { CampaignEditor(runtime: runtime) }
}
