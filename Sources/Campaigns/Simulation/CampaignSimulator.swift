import Contacts
import Foundation
import JobQueue
import Postgres
import Segments
import Users

/// Shows what a campaign would do: the engine itself, under a clock of the simulation's own, inside a
/// transaction that is rolled back. E-mails and webhooks are recorded, not sent.
public struct CampaignSimulator: Sendable {
  let runtime: CampaignRuntime
  let segmentSets: @Sendable () -> SegmentSetCache

  init(
    runtime: CampaignRuntime, segmentSets: @escaping @Sendable () -> SegmentSetCache
  ) {
    self.runtime = runtime
    self.segmentSets = segmentSets
  }

  /// Carries the report out of the transaction, which is undone by it.
  private struct Undone: Error {
    let report: SimulationReport
  }

  /// - Throws: ``CampaignError``, `InvalidInput`; `PostgresError`.
  public func run(_ request: SimulationRequest) async throws -> SimulationReport {
    let (runtime, segmentSets) = (runtime, segmentSets)
    do {
      return try await runtime.jobs.transaction { connection, outbox -> SimulationReport in
        // It holds the contacts that take part; nobody is to wait for it long.
        try await connection.query("SET LOCAL statement_timeout = '20s'")
        let simulation = Simulation(
          request: request, runtime: runtime, segments: segmentSets(), connection: connection,
          outbox: outbox)
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
  let runtime: CampaignRuntime
  /// With graphs of its own: this one may never be saved.
  private var engine: CampaignEngine
  let segments: SegmentSetCache
  let connection: PostgresConnection
  let outbox: JobOutbox
  /// The contacts, by their places in the request.
  var contacts: [Int64] = []
  private var campaign: Int64 = 0
  private var graph: CampaignGraph?
  private var numbers: [EventReference: Int64] = [:]
  private var hooks: [SimulationReport.Hook] = []
  private var pending: [Pending] = []
  private var isCutOff = false

  /// Something that is to happen to a contact.
  private struct Pending {
    var at: Date
    var contact: Int64
    var act: SimulationRequest.Act
  }

  init(
    request: SimulationRequest, runtime: CampaignRuntime, segments: SegmentSetCache,
    connection: PostgresConnection, outbox: JobOutbox
  ) {
    self.request = request
    self.runtime = runtime
    engine = runtime.engine.isolated
    self.segments = segments
    self.connection = connection
    self.outbox = outbox
  }

  func run() async throws -> SimulationReport {
    try await prepareCampaign()
    try await prepareContacts()
    try await plan()
    _ = try await pass(at: request.start) { [contacts] pass in
      _ = try await pass.enter(contacts, by: .segment)
    }
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

  private func pass<R: Sendable>(
    at now: Date, _ body: (Pass) async throws -> R
  ) async throws -> R? {
    try await engine.pass(campaign, now: now, on: connection, outbox, body)?.result
  }

  // MARK: Preparing

  private func prepareCampaign() async throws {
    var id = request.campaign
    if let input = request.input {
      if id == nil {
        let rows = try await connection.query(
          "INSERT INTO campaigns (name, date_added) VALUES ('…', \(request.start)) RETURNING id")
        id = try rows.first?.decode(at: 0)
      }
      var complete = input
      complete.name = complete.name ?? (request.campaign == nil ? "Simulation" : nil)
      let edit = CampaignEdit(
        editor: CampaignEditor(runtime: runtime), id: id ?? 0, input: complete,
        isReplacing: request.campaign == nil, isNew: request.campaign == nil,
        isTrusted: false, author: .system,
        now: request.start, connection: connection, outbox: outbox)
      numbers = try await edit.apply()?.numbers ?? [:]
    }
    guard let id else { throw CampaignError.invalid(InvalidInput("campaign", "is required")) }
    campaign = id
    // It runs as if it were published, from the start to the end.
    let rows = try await connection.query(
      """
      UPDATE campaigns SET is_published = true, publish_up = NULL, publish_down = NULL,
        category_id = NULL, version = version + 1
      WHERE id = \(id) AND deleted_at IS NULL RETURNING version
      """)
    guard let version: Int64 = try rows.first?.decode(at: 0) else {
      throw CampaignError.notFound("there is no campaign \(id)")
    }
    graph = try await engine.graphs.graph(id, version: version, on: connection)
  }

  private func prepareContacts() async throws {
    // In order, whatever the request's.
    let known = Set(
      try await ContactLock.lock(request.contacts.compactMap(\.number), on: connection))
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
    // What others have due is not theirs, and is not to be held.
    engine = engine.confined(to: contacts)
    // They begin as if they had never been in the campaign.
    try await connection.pipeline([
      "DELETE FROM campaign_log WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)",
      """
      DELETE FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      """,
    ])
  }

  private func make(
    _ fields: [String: JSONValue], _ tags: [String], _ segments: [Int64], _ place: Int
  ) async throws -> Int64 {
    let rows = try await connection.query(
      """
      INSERT INTO contacts (date_added, date_identified, identity_shared)
      VALUES (\(request.start), \(request.start), true) RETURNING id
      """)
    let id: Int64 = try rows[0].decode(at: 0)
    try await change(id, fields, at: request.start, named: "contacts: \(place)")
    _ = try await ContactTags.change(
      [id], adding: tags.compactMap { TagName.clean($0) }, removing: [], now: request.start,
      on: connection)
    _ = try await SegmentEvaluation.refresh([id], self.segments, now: request.start, on: connection)
    for segment in segments {
      try await SegmentMembership.add(
        [id], to: segment, cause: .user, now: request.start, on: connection)
    }
    return id
  }

  /// Writes values of fields; those of unique identifiers may be shared in a world that never was.
  private func change(
    _ contact: Int64, _ values: [String: JSONValue], at now: Date, named place: String
  ) async throws {
    let definitions = try await engine.fields.current(on: connection).published(.contact)
    for (alias, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let field = definitions.first(where: { $0.alias == alias }) else {
        throw CampaignError.refused(
          InvalidInput("contacts", "\(place): there is no field \(InvalidInput.shown(alias))"))
      }
      let canonical: String?
      do throws(FieldProblem) {
        canonical = try field.canonical(value)
      } catch {
        throw CampaignError.refused(InvalidInput("contacts", "\(place): \(alias): \(error)"))
      }
      try await connection.query(
        """
        UPDATE contacts SET identity_shared = true, date_modified = \(now),
          \(identifier: field.column) = \(canonical)::text::\(sql: SQL(unsafeText: field.columnType))
        WHERE id = \(contact)
        """)
    }
  }

  private func plan() async throws {
    for (index, act) in request.acts.enumerated() {
      guard case .act(let type, _, _, _) = act.what else { continue }
      guard case .decision? = engine.types[type] else {
        throw CampaignError.refused(
          InvalidInput("acts", "\(index): type: \(InvalidInput.shown(type)) is no decision"))
      }
    }
    for act in request.acts {
      for contact in whom(act) {
        switch act.when {
        case .at(let date): pending.append(Pending(at: date, contact: contact, act: act))
        case .afterStart(let delay):
          let at = DelayText(delay)?.added(to: request.start, FireZone(.gmt)) ?? request.start
          pending.append(Pending(at: at, contact: contact, act: act))
        case .afterEvent: break
        }
      }
    }
  }

  private func whom(_ act: SimulationRequest.Act) -> [Int64] {
    act.contact.map { [contacts[$0]] } ?? contacts
  }

  // MARK: Time

  private func loop() async throws {
    let run = VirtualRun(engine: engine, campaigns: [campaign])
    var seen: Set<[Int64]> = []
    let deadline = ContinuousClock.now + SimulationRequest.Limits.time
    var executed = 0
    var now = request.start
    var returned: Date?
    while true {
      try await noticeExecuted(&seen)
      let due = try await run.next(until: request.end, on: connection)
      // Of acts at one moment the first in the request comes first.
      let place = pending.indices.filter { pending[$0].at <= request.end }.min {
        pending[$0].at < pending[$1].at
      }
      let act = place.map { pending[$0] }
      let back = try await returning()
      guard due != nil || act != nil || back != nil else { return }
      if executed > SimulationRequest.Limits.entries || ContinuousClock.now > deadline {
        isCutOff = true
        return
      }
      // What is due at the moment of an act runs first, as it would have.
      let moments = [due, back?.at, act?.at].compactMap(\.self)
      if let due, due == moments.min() {
        now = max(now, due)
        let instant = now
        let done = try await run.run(at: instant, on: connection, outbox) { claim in
          self.record(claim, at: instant)
        }
        executed += done
        if done == 0 { return }
      } else if let back, back.at == moments.min() {
        // Where it took nobody back it never will: the campaign was stopped.
        if returned == back.at { return }
        returned = back.at
        now = max(now, back.at)
        _ = try await pass(at: now) { try await $0.compare(back.contacts) }
      } else if let act, let place {
        now = max(now, act.at)
        pending.remove(at: place)
        try await happen(act, at: now)
      }
    }
  }

  /// Who exited while a segment holds it, and when it takes them back (CAM-110).
  private func returning() async throws -> (at: Date, contacts: [Int64])? {
    guard let graph, graph.allowsRestart else { return nil }
    let rows = try await connection.query(
      """
      SELECT m.contact_id, m.date_last_exited FROM campaign_members m
      WHERE m.contact_id = ANY (\(contacts)) AND m.campaign_id = \(campaign) AND NOT m.is_active
        AND m.date_last_exited IS NOT NULL AND EXISTS (SELECT FROM segment_members s
          JOIN segments g ON g.id = s.segment_id AND g.is_published
          WHERE s.contact_id = m.contact_id AND s.segment_id = ANY (\(graph.segments))
            AND NOT s.manually_removed)
      ORDER BY m.contact_id
      """)
    let exits = try rows.map { try $0.decode(Int64.self, Date.self) }
    guard let first = exits.map(\.1).min() else { return nil }
    let pause = Double(try await engine.settings().restartPause.components.seconds)
    // Stored instants have microseconds.
    let at = first.addingTimeInterval(pause + 0.000_001)
    guard at <= request.end else { return nil }
    return (at, exits.filter { $0.1 == first }.map(\.0))
  }

  /// Acts that follow an event are planned once it was executed for the contact.
  private func noticeExecuted(_ seen: inout Set<[Int64]>) async throws {
    let waiting = request.acts.filter { if case .afterEvent = $0.when { true } else { false } }
    guard !waiting.isEmpty else { return }
    let rows = try await connection.query(
      """
      SELECT contact_id, event_id, rotation, executed_at FROM campaign_log
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign) AND state = 3
      """)
    for row in rows {
      let (contact, event, rotation, at) = try row.decode(
        Int64.self, Int64.self, Int64.self, Date.self)
      guard seen.insert([contact, event, rotation]).inserted else { continue }
      for act in waiting where whom(act).contains(contact) {
        guard case .afterEvent(let reference, let delay) = act.when else { continue }
        let wanted = numbers[reference] ?? { if case .id(let id) = reference { id } else { nil } }()
        guard wanted == event else { continue }
        let time = DelayText(delay)?.added(to: at, FireZone(.gmt)) ?? at
        pending.append(Pending(at: time, contact: contact, act: act))
      }
    }
  }

  private func record(
    _ claim: Claim, at now: Date
  ) -> [(Entry, Result<Void, ActionFailure>)] {
    claim.entries.map { entry in
      let contact = entry.runner.contact
      let hook = Webhook(claim.event.properties)
      do throws(ActionFailure) {
        let call = try hook.call(
          claim.contacts[contact]?.tokens ?? [:], key: claim.key(entry),
          allowsPrivateAddresses: true)
        hooks.append(
          SimulationReport.Hook(
            place: contacts.firstIndex(of: contact) ?? 0, event: claim.event.id, at: now,
            method: call.method, url: call.url,
            body: call.body.map { String(decoding: $0, as: UTF8.self) }))
      } catch {
        return (entry, .failure(error))
      }
      return (
        entry,
        request.webhooksFail ? .failure(ActionFailure("the simulation lets it fail")) : .success(())
      )
    }
  }

  // MARK: Acts

  private func happen(_ pending: Pending, at now: Date) async throws {
    let contact = pending.contact
    switch pending.act.what {
    case .act(let type, var objects, let url, let details):
      if objects.isEmpty, case .afterEvent(let reference, _) = pending.act.when,
        let event =
          (numbers[reference] ?? { if case .id(let id) = reference { id } else { nil } }())
          .flatMap({ graph?[$0] }), let email = event.properties["email"]?.int
      {
        // "Opens this e-mail": the one that the event sends.
        objects = [Int64(email)]
      }
      let act = CampaignAct(
        type: type, contact: contact, at: now, objects: Set(objects), url: url, details: details)
      _ = try await pass(at: now) { try await $0.decide([act]) }
    case .leave: _ = try await pass(at: now) { try await $0.leave([contact], .byHand) }
    case .enter: _ = try await pass(at: now) { try await $0.enter([contact], by: .manual) }
    case .change(let fields, let addTags, let removeTags, let addSegments, let removeSegments):
      try await change(contact, fields, at: now, named: "acts")
      _ = try await ContactTags.change(
        [contact], adding: addTags.compactMap { TagName.clean($0) },
        removing: removeTags.compactMap { TagName.clean($0) }, now: now, on: connection)
      var moved = try await SegmentEvaluation.refresh([contact], segments, now: now, on: connection)
      for segment in addSegments {
        moved[segment] = try await SegmentMembership.add(
          [contact], to: segment, cause: .user, now: now, on: connection)
      }
      for segment in removeSegments {
        moved[segment] = try await SegmentMembership.remove(
          [contact], from: segment, cause: .user, now: now, on: connection)
      }
      let sources = Set(graph?.segments ?? [])
      guard moved.contains(where: { sources.contains($0.key) && !$0.value.isEmpty }) else { return }
      _ = try await pass(at: now) { try await $0.compare([contact]) }
    }
  }
}
