import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments
import Users

/// Simulates campaigns: the real engine runs under a simulated clock, inside a transaction that is rolled
/// back. E-mails and webhooks are recorded, not sent.
package struct CampaignSimulator: Sendable {
  let runtime: CampaignService
  let segmentSets: @Sendable () -> SegmentSetCache

  init(
    runtime: CampaignService, segmentSets: @escaping @Sendable () -> SegmentSetCache
  ) {
    self.runtime = runtime
    self.segmentSets = segmentSets
  }

  /// Carries the report out of the transaction and rolls it back.
  private struct Undone: Error {
    let report: SimulationReport
  }

  /// - Throws: ``CampaignError``, `InvalidInput`; `PostgresError`.
  package func run(_ request: SimulationRequest) async throws -> SimulationReport {
    let (runtime, segmentSets) = (runtime, segmentSets)
    do {
      return try await runtime.jobs.transaction { transaction -> SimulationReport in
        // It locks the contacts of the simulation; other transactions must not wait for long.
        try await transaction.query("SET LOCAL statement_timeout = '20s'")
        let simulation = Simulation(
          request: request, runtime: runtime, segments: segmentSets(), in: transaction)
        throw Undone(report: try await simulation.run())
      }
    } catch let undone as Undone {
      return undone.report
    }
  }
}

/// One simulation, inside its transaction.
final class Simulation {
  let request: SimulationRequest
  let runtime: CampaignService
  /// An engine with graphs of its own, as this campaign may never be saved.
  var engine: CampaignEngine
  let segments: SegmentSetCache
  let database: Transaction
  var connection: PostgresConnection { database.connection }
  /// The contacts, in the order of the request.
  var contacts: [Int64] = []
  var campaign: Int64 = 0
  var graph: CampaignGraph?
  var eventIDs: [EventReference: Int64] = [:]
  var hooks: [SimulationReport.Hook] = []
  var pending: [Pending] = []
  var isCutOff = false
  /// The last processed announcement of segments.
  var lastAnnouncement: Int64 = 0

  /// A future step of a contact.
  struct Pending {
    var at: Date
    var contact: Int64
    var step: SimulationRequest.Step
  }

  init(
    request: SimulationRequest, runtime: CampaignService, segments: SegmentSetCache,
    in transaction: Transaction
  ) {
    self.request = request
    self.runtime = runtime
    engine = runtime.engine.simulated
    self.segments = segments
    database = transaction
  }

  func run() async throws -> SimulationReport {
    try await checkSegments()
    try await prepareCampaign()
    try await prepareContacts()
    try await plan()
    lastAnnouncement = try await AnnouncementStore.last(on: connection)
    _ = try await perform(at: request.start) { [contacts] in
      _ = try await MembershipManager($0).add(contacts, by: .segment)
    }
    try await follow(at: request.start)
    try await loop()
    var report = SimulationReport(
      campaign: request.campaign, start: request.start, end: request.end)
    report.isCutOff = isCutOff
    report.hooks = hooks
    try await SimulationReader(
      connection: connection, campaign: campaign, contacts: contacts, request: request,
      events: graph?.all ?? []
    ).fill(&report)
    return report
  }

  var store: SimulationStore { SimulationStore(connection: connection) }

  /// Runs a body as a transaction of the campaign at an instant.
  func perform<R: Sendable>(
    at now: Date, _ body: (CampaignTransaction) async throws -> R
  ) async throws -> R? {
    try await engine.transaction(campaign, in: database.at(now), body)?.result
  }

  // MARK: Preparing

  private func checkSegments() async throws {
    var named: [(member: String, path: String, ids: [Int64])] = []
    for (place, someone) in request.contacts.enumerated() {
      guard case .made(_, _, let ids) = someone else { continue }
      named.append(("contacts", "\(place): segments", ids))
    }
    for (place, step) in request.steps.enumerated() {
      guard case .change(_, _, _, let adding, let removing) = step.what else { continue }
      named.append(("acts", "\(place): addSegments", adding))
      named.append(("acts", "\(place): removeSegments", removing))
    }
    let known = Set(
      try await RecordStore.existing(named.flatMap(\.ids), in: "segments", on: connection))
    for (member, path, ids) in named {
      guard let id = ids.first(where: { !known.contains($0) }) else { continue }
      throw CampaignError.refused(InvalidInput(member, "\(path): there is no segment \(id)"))
    }
  }

  private func prepareCampaign() async throws {
    var id = request.campaign
    if let input = request.input {
      if id == nil {
        id = try await store.insertCampaign(at: request.start)
      }
      var complete = input
      complete.name = complete.name ?? (request.campaign == nil ? "Simulation" : nil)
      let edit = CampaignEdit(
        editor: CampaignEditor(runtime: runtime), id: id ?? 0, input: complete,
        isReplacing: request.campaign == nil, isNew: request.campaign == nil,
        isTrusted: false, author: .system, transaction: database.at(request.start))
      eventIDs = try await edit.apply()?.ids ?? [:]
    }
    guard let id else { throw CampaignError.invalid(InvalidInput("campaign", "is required")) }
    campaign = id
    // It runs as if published, from the start to the end.
    guard let version = try await store.publish(id) else {
      throw CampaignError.notFound("there is no campaign \(id)")
    }
    graph = try await engine.graphs.graph(id, version: version, on: connection)
  }

  private func prepareContacts() async throws {
    // In order, whatever that of the request.
    let known = Set(
      try await ContactLock.lock(request.contacts.compactMap(\.realID), on: connection))
    for (place, someone) in request.contacts.enumerated() {
      switch someone {
      case .real(let id):
        guard known.contains(id) else {
          throw CampaignError.refused(
            InvalidInput("contacts", "\(place): there is no contact \(id)"))
        }
        contacts.append(id)
      case .made(let fields, let tags, let segments):
        contacts.append(try await make(fields, tags, segments, place))
      }
    }
    // Due entries of other contacts are left alone.
    engine = engine.confined(to: contacts)
    // They begin as if they had never been in the campaign.
    try await store.forget(contacts, in: campaign)
  }

  private func make(
    _ fields: [String: JSONValue], _ tags: [String], _ segments: [Int64], _ place: Int
  ) async throws -> Int64 {
    let id = try await store.insertContact(at: request.start)
    try await change(id, fields, at: request.start, named: "contacts: \(place)")
    _ = try await ContactTags.change(
      [id], adding: tags.compactMap { TagName.clean($0) }, removing: [],
      in: database.at(request.start))
    _ = try await SegmentEvaluation.refresh([id], self.segments, in: database.at(request.start))
    for segment in segments {
      try await SegmentMembership.add(
        [id], to: segment, cause: .user, in: database.at(request.start))
    }
    return id
  }

  /// Writes values of fields; simulated contacts may share values of unique identifiers.
  func change(
    _ contact: Int64, _ values: [String: JSONValue], at now: Date, named place: String
  ) async throws {
    let definitions = try await engine.fields.current(on: connection)
    var changes: [ContactFields.Change] = []
    var company: String??
    for (alias, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let field = definitions.contact.first(where: { $0.alias == alias }) else {
        throw CampaignError.refused(
          InvalidInput("contacts", "\(place): there is no field \(InvalidInput.shown(alias))"))
      }
      do throws(FieldProblem) {
        let canonical = try field.canonical(value)
        if alias == "company" { company = .some(canonical) }
        changes.append(ContactFields.Change(field, [contact: canonical]))
      } catch {
        throw CampaignError.refused(InvalidInput("contacts", "\(place): \(alias): \(error)"))
      }
    }
    try await ContactFields.write(
      changes, to: [contact], fields: definitions,
      reason: PointsReason(type: "campaign", eventName: "Simulation", actionName: "Simulation"),
      sharesIdentity: true, author: .system, in: database.at(now))
    guard let company else { return }
    let links = CompanyLinks(
      rules: try await engine.settings().companies, in: database.at(now))
    do {
      let changed = try await links.setPrimary(
        contact, named: company.map { CompanyName($0) }, by: .system, fields: definitions)
      try await links.record(changed, by: .system)
    } catch let error as CompanyError {
      throw CampaignError.refused(InvalidInput("contacts", "\(place): \(error)"))
    }
  }

  private func plan() async throws {
    for (index, step) in request.steps.enumerated() {
      guard case .engagement(let type, _, _, _) = step.what else { continue }
      guard case .decision? = engine.types[type] else {
        throw CampaignError.refused(
          InvalidInput("acts", "\(index): type: \(InvalidInput.shown(type)) is no decision"))
      }
    }
    for step in request.steps {
      for contact in contacts(of: step) {
        switch step.when {
        case .at(let date): pending.append(Pending(at: date, contact: contact, step: step))
        case .afterStart(let delay):
          let at = DelayText(delay)?.added(to: request.start, FireZone(.gmt)) ?? request.start
          pending.append(Pending(at: at, contact: contact, step: step))
        case .afterEvent: break
        }
      }
    }
  }

  func contacts(of step: SimulationRequest.Step) -> [Int64] {
    step.contact.map { [contacts[$0]] } ?? contacts
  }
}
