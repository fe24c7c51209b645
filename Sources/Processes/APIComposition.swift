import API
import Campaigns
import Contacts
import DynamicContents
import Exports
import Fields
import Forms
import Imports
import Mail
import Segments
import Users

extension Backends {
  /// The services behind the API, with the same registries and settings that the workers have.
  func apiServices() -> APIServices {
    let fields = FieldStore(pool: postgres, uses: [.segments, .campaigns, .forms])
    // Shared, because it bounds the number of passwords hashed at once.
    let hasher = PasswordHasher()
    let users = UserStore(pool: postgres, hasher: hasher, clock: jobs.clock)
    let contacts = ContactStore(pool: postgres, fields: fields)
    let contactEditor = ContactEditor(
      transactions: jobs.transactions, fields: fields, tables: registries.mergeTables,
      agents: agents, settings: { try await contactSettings() })
    let contactMerger = ContactMerger(
      fields: fields, tables: registries.mergeTables, companies: { try await companyRules() })
    let forms = FormStore(jobs: jobs, fields: fields)
    return APIServices(
      jobs: jobs, operators: operatorServices,
      authenticator: Authenticator(store: users, hasher: hasher), users: users,
      secondFactors: SecondFactorStore(
        transactions: jobs.transactions, secret: Self.secret(configuration)),
      fields: fields,
      fieldCreator: FieldCreator(
        jobs: jobs, fields: fields,
        isInBackground: { try await settings.value(.createFieldsInBackground) }),
      contacts: contacts, contactEditor: contactEditor, contactMerger: contactMerger,
      bulk: BulkService(
        jobs: jobs, fields: fields, actions: registries.bulkActions,
        commands: registries.searchCommands, segments: { SegmentMembership.members(of: $0) }),
      searchCommands: registries.searchCommands,
      timeline: TimelineStore(pool: postgres, sources: registries.timelineSources),
      companies: CompanyStore(
        transactions: jobs.transactions, fields: fields, rules: { try await companyRules() }),
      imports: ImportService(
        jobs: jobs, fields: fields, settings: { try await importSettings() }, logger: logger),
      exports: exportService,
      segments: segmentEditor(fields: fields),
      segmentWarnings: { try await segmentWarnings() }, campaigns: campaigns, mail: mail,
      forms: forms,
      submitter: FormSubmitter(
        forms: forms, contacts: contacts, editor: contactEditor,
        visitors: FormTracking(tracking, clock: jobs.clock),
        challenges: FormChallenges(signer: mail.linkSigner),
        confirmations: FormConfirmations(
          jobs: jobs, signer: mail.linkSigner, site: mail.siteURL),
        settings: { try await contactSettings() }),
      tracking: tracking,
      dynamicContents: DynamicContentStore(jobs: jobs, filters: slotFilters(fields: fields)),
      slots: slots(fields: fields), statsTables: registries.statsTables,
      reports: reports(fields: fields), assets: assetServices, settings: settingsService)
  }

  /// What operators are told of the installation.
  private var operatorServices: OperatorServices {
    OperatorServices(
      periodic: Handlers.periodic,
      findings: {
        await Doctor(self).findings().map {
          OperatorServices.Finding(
            level: $0.level.rawValue, check: $0.check, found: $0.found, mend: $0.mend)
        }
      },
      clocks: {
        try await ScheduleCheck(self).drifts().map {
          OperatorServices.Clock(
            server: $0.server, seconds: $0.drift.seconds, uncertainty: $0.drift.uncertainty)
        }
      })
  }
}
