import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import Users

/// One edit of a campaign, within its transaction.
struct CampaignEdit {
  let editor: CampaignEditor
  let id: Int64
  let input: CampaignInput
  let isReplacing: Bool
  let isNew: Bool
  /// Whether referenced records may be missing, as in a copy or an import, which is not published.
  let isTrusted: Bool
  let author: Author
  let transaction: Transaction

  /// The number of problems after which no more are looked for.
  private static let mostProblems = 100

  var now: Date { transaction.now }
  var connection: PostgresConnection { transaction.connection }

  /// The changes of an edit.
  struct Change {
    /// The changes by member.
    var details: [String: JSONValue] = [:]
    /// The ids of events by the names of the request.
    var ids: [EventReference: Int64] = [:]
  }

  /// Checks and writes the edit.
  ///
  /// - Returns: The changes; if empty, nothing was written (CAM-620). Nil if the campaign does not exist.
  func apply() async throws -> Change? {
    guard
      var before = try await CampaignStore.find("campaigns.id = \(id)", on: connection).first
    else { return nil }
    if let version = input.version, version != before.version {
      throw CampaignError.conflict(
        "version: \(version) was read, but the campaign is at version \(before.version)")
    }
    if isNew { before.name = "" }
    let settings = try await editor.engine.settings()
    var after = before
    try members(&after)
    let events = try await EventEdit(edit: self, before: before.events, settings: settings).plan()
    after.events = events.events
    after.canvas = events.canvas(input.canvas ?? (isReplacing ? .object([:]) : after.canvas))
    try await check(after, before, settings)
    let details = differences(before, after)
    guard isNew || !details.isEmpty else { return Change() }
    try await write(after, before)
    try await events.write()
    try await follow(after, before, events)
    return Change(details: details, ids: events.ids)
  }

  // MARK: Members

  private func members(_ campaign: inout Campaign) throws {
    if isReplacing || input.name != nil {
      do throws(InvalidInput) {
        campaign.name = try RecordText.name(input.name, "name")
      } catch { throw CampaignError.invalid(error) }
    }
    if isReplacing || input.description != nil {
      campaign.description = try RecordText.optional(input.description, "description", html: true)
    }
    campaign.isPublished = input.isPublished ?? (isReplacing ? false : campaign.isPublished)
    campaign.allowsRestart = input.allowsRestart ?? (isReplacing ? false : campaign.allowsRestart)
    campaign.publishUp = input.publishUp ?? (isReplacing ? nil : campaign.publishUp)
    campaign.publishDown = input.publishDown ?? (isReplacing ? nil : campaign.publishDown)
    if let up = campaign.publishUp, let down = campaign.publishDown, down <= up {
      throw CampaignError.refused(
        InvalidInput("publishDown", "is not after publishUp"))
    }
    if let part = input.canvas?.unstorable("canvasSettings") {
      throw CampaignError.refused(InvalidInput(part, "not valid text"))
    }
    var sources = Set(campaign.sources)
    if isReplacing || input.segments != nil {
      sources = sources.filter { $0.kind != .segment }
      sources.formUnion((input.segments ?? []).map { CampaignSource(.segment, $0) })
    }
    if isReplacing || input.forms != nil {
      sources = sources.filter { $0.kind != .form }
      sources.formUnion((input.forms ?? []).map { CampaignSource(.form, $0) })
    }
    campaign.sources = sources.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
  }

  private func check(
    _ after: Campaign, _ before: Campaign, _ settings: CampaignSettings
  ) async throws {
    let isPublishing = after.isPublished && !before.isPublished
    if isNew || isReplacing || isPublishing {
      // CAM-001.
      if after.events.isEmpty {
        throw CampaignError.invalid(InvalidInput("events", "at least one event is required"))
      }
      if after.sources.isEmpty, !isTrusted {
        throw CampaignError.invalid(
          InvalidInput("lists", "at least one list or form is required as a source"))
      }
    }
    let new = Set(after.sources).subtracting(before.sources)
    let segments = new.filter { $0.kind == .segment }.map(\.id).sorted()
    if !segments.isEmpty {
      let known = try await store.lockSegments(segments)
      let unknown = segments.filter { !known.contains($0) }
      if !unknown.isEmpty {
        throw CampaignError.refused(
          InvalidInput(
            "lists", "there is no segment \(unknown.map(String.init).joined(separator: ", "))"))
      }
    }
    let forms = new.filter { $0.kind == .form }.map(\.id).sorted()
    if !forms.isEmpty {
      let known = try await RecordStore.existing(forms, in: "forms", on: connection)
      let unknown = forms.filter { !known.contains($0) }
      if !unknown.isEmpty {
        throw CampaignError.refused(
          InvalidInput(
            "forms", "there is no form \(unknown.map(String.init).joined(separator: ", "))"))
      }
    }
    let category: Int64? = input.category ?? (isReplacing ? nil : before.category?.id)
    if let category { try await CategoryStore.require([category], on: connection) }
    // Publishing checks all: those of a copy or an import have never been, and records may be gone since.
    let changed = after.events.filter { isPublishing || !before.events.contains($0) }
    guard !changed.isEmpty || after.events.count != before.events.count else { return }
    var graph = GraphCheck(after.events)
    graph.run(editor.engine.types)
    var problems = graph.problems
    let isSound = problems.isEmpty
    let fields = try await editor.engine.fields.current(on: connection)
    for event in changed where isSound && problems.count < Self.mostProblems {
      var look = EventCheck(
        event, parent: after.events.first { $0.id == event.parent }, fields: fields,
        timeZone: settings.timeZone, checksReferences: !isTrusted, on: connection)
      look.trigger()
      if let check = editor.engine.types.check(event.type) { try await check(event, &look) }
      problems += look.problems
    }
    if !problems.isEmpty {
      var input = InvalidInput("events", "")
      input.problems = problems
      throw CampaignError.refused(input)
    }
  }

  private func differences(_ before: Campaign, _ after: Campaign) -> [String: JSONValue] {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    func date(_ date: Date?) -> JSONValue { text(date?.formatted(.iso8601)) }
    let category: Int64? = input.category ?? (isReplacing ? nil : before.category?.id)
    let members: [(String, JSONValue, JSONValue)] = [
      ("name", text(before.name), text(after.name)),
      ("description", text(before.description), text(after.description)),
      ("isPublished", .boolean(before.isPublished), .boolean(after.isPublished)),
      ("publishUp", date(before.publishUp), date(after.publishUp)),
      ("publishDown", date(before.publishDown), date(after.publishDown)),
      ("allowRestart", .boolean(before.allowsRestart), .boolean(after.allowsRestart)),
      (
        "category", before.category.map { .integer($0.id) } ?? .null,
        category.map { .integer($0) } ?? .null
      ),
      ("canvasSettings", before.canvas, after.canvas),
      ("lists", Self.list(before, .segment), Self.list(after, .segment)),
      ("forms", Self.list(before, .form), Self.list(after, .form)),
    ]
    var differences: [String: JSONValue] = members.reduce(into: [:]) { differences, member in
      if member.1 != member.2 { differences[member.0] = .array([member.1, member.2]) }
    }
    // The names alone are logged; whether they changed is known only from the events.
    if before.events != after.events {
      differences["events"] = .array([Self.names(before.events), Self.names(after.events)])
    }
    return differences
  }

  private static func list(_ campaign: Campaign, _ kind: CampaignSource.Kind) -> JSONValue {
    .array(campaign.sources.filter { $0.kind == kind }.map { .integer($0.id) })
  }

  private static func names(_ events: [CampaignEvent]) -> JSONValue {
    .array(events.map { .string("\($0.id): \($0.name)") })
  }

  // MARK: Writing

  private var store: CampaignWriteStore {
    CampaignWriteStore(connection: connection, campaign: id, now: now)
  }

  private func write(_ after: Campaign, _ before: Campaign) async throws {
    try await store.write(
      after, category: input.category ?? (isReplacing ? nil : before.category?.id), isNew: isNew,
      by: author)
    let (new, old) = (Set(after.sources), Set(before.sources))
    let (removed, added) = (old.subtracting(new), new.subtracting(old))
    if !removed.isEmpty { try await store.removeSources(Array(removed)) }
    if !added.isEmpty { try await store.addSources(Array(added)) }
    try await CampaignWriteStore.updateAnnouncing(Array(removed.union(added)), on: connection)
  }

  /// Requests the consequences of the edit for members.
  private func follow(_ after: Campaign, _ before: Campaign, _ events: EventPlan) async throws {
    if after.isPublished, !before.isPublished || isNew {
      // CAM-506.
      try await store.resetFailures()
    }
    let becameLive = after.isLive(at: now) && !(before.isLive(at: now) && !isNew)
    let sourcesChanged = Set(after.sources) != Set(before.sources)
    try await store.noteLiveness()
    if after.isLive(at: now),
      becameLive || sourcesChanged || after.allowsRestart != before.allowsRestart
    {
      try await CampaignUpdates.request(id, in: transaction)
    }
    if after.isPublished, let up = after.publishUp, up > now, up != before.publishUp {
      try await CampaignUpdates.request(id, at: up, in: transaction)
    }
    for event in events.cancelled {
      try transaction.outbox.add(
        CancelEvent(event: event), EnqueueOptions(group: CampaignJobs.group(id)))
    }
    for decision in events.retimed {
      try transaction.outbox.add(
        RecomputeDeadlines(campaign: id, event: decision),
        EnqueueOptions(group: CampaignJobs.group(id)))
    }
  }
}
