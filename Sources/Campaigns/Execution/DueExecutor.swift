import Foundation
import JobQueue
import Postgres

/// Executes the due entries of an event (CAM-903).
struct DueExecutor {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Claims due entries and runs them.
  ///
  /// - Returns: The number of entries taken, at most `limit`.
  func execute(_ event: CampaignEvent, limit: Int) async throws -> Int {
    let handler = transaction.engine.types[event.type]
    var answer: SQL = "NULL::boolean"
    var unanswered: String?
    switch handler {
    case .external: return 0
    case .decision: answer = "false"
    case .condition(let condition):
      let (question, note) = try await EventExecutor(transaction).question(condition, event)
      unanswered = note
      answer = """
        coalesce((SELECT \(sql: question) FROM contacts c WHERE c.id = l.contact_id), false)
        """
    case .action, .jump, nil: break
    }
    transaction.cascade.takeUp()
    let store = store(of: event)
    let others = others(before: handler)
    var (claimed, unanswerable): (DueEntryStore.Claimed, [Int64: String]) = (([], 0), [:])
    if case .condition? = handler {
      (claimed, unanswerable) = try await ask(answer, store, limit: limit)
    } else {
      claimed = try await store.claim(answer: answer, after: others, limit: limit)
    }
    // After a jump a contact may have two entries of one event: the second sees the effects of the first.
    let (first, further) = DueEntry.firsts(claimed.entries)
    let check = DueCheck(transaction)
    try await check.putBack(event, further.map { ($0, $0.fire) })
    let entries = try await check.due(event, first)
    if !unanswerable.isEmpty {
      for (note, failed) in Dictionary(grouping: entries, by: { unanswerable[$0.contact] }) {
        if let note {
          try await transaction.entryOutcomes(of: event).note(failed.map(\.entry), note)
        }
      }
    }
    if !entries.isEmpty { try await run(event, handler, entries, unanswered: unanswered) }
    try await JumpExecutor(transaction).runPending()
    if !further.isEmpty {
      transaction.progress.exited = []
      return claimed.count - further.count + (try await execute(event, limit: limit))
    }
    if claimed.count < limit, try await store.isAnotherDue() {
      // Locked and waiting entries are retried soon.
      transaction.progress.stage(event.id, at: transaction.now.addingTimeInterval(1))
    }
    return claimed.count
  }

  /// Claims due entries of a condition with its answers. Where the data of a contact make it fail, all are
  /// claimed without one, and then answered in parts: the answer for that contact is `no`, with a note
  /// (CAM-307).
  ///
  /// - Returns: The claimed entries, and the reasons of contacts without an answer.
  private func ask(
    _ answer: SQL, _ store: DueEntryStore, limit: Int
  ) async throws -> (DueEntryStore.Claimed, unanswerable: [Int64: String]) {
    do {
      let claimed = try await transaction.database.savepoint { _ in
        try await store.claim(answer: answer, after: nil, limit: limit)
      }
      return (claimed, [:])
    } catch {
      guard EventExecutor.failure(error) != nil else { throw error }
    }
    var claimed = try await store.claim(answer: "false", after: nil, limit: limit)
    let done = try await ItemIsolation.run(claimed.entries.map(\.entry), in: transaction.database) {
      try await store.answer($0, by: answer)
    }
    let yes = done.results.reduce(into: Set<Int64>()) { $0.formUnion($1) }
    for index in claimed.entries.indices {
      claimed.entries[index].path = yes.contains(claimed.entries[index].contact)
    }
    var reasons: [Int64: String] = [:]
    for (entry, error) in done.failures {
      reasons[entry.contact] = EventExecutor.failure(error)?.reason
    }
    return (claimed, reasons)
  }

  func store(of event: CampaignEvent) -> DueEntryStore {
    DueEntryStore(
      connection: transaction.connection, campaign: transaction.campaign, event: event,
      now: transaction.now, contactScope: transaction.engine.contactScope)
  }

  /// Returns the events that run before jumps, which come after a contact's other due events (CAM-345).
  private func others(before handler: EventTypes.Handler?) -> [Int64]? {
    guard case .jump? = handler else { return nil }
    return transaction.graph.all.filter { $0.type != EventType.jump }.map(\.id)
  }

  private func run(
    _ event: CampaignEvent, _ handler: EventTypes.Handler?, _ due: [DueEntry], unanswered: String?
  ) async throws {
    let entries = due.map(\.entry)
    let outcomes = transaction.entryOutcomes(of: event)
    switch handler {
    case .action(let action):
      try await EventExecutor(transaction).apply(action, event, entries)
    case .jump: try await JumpExecutor(transaction).jump(event, entries)
    case .condition:
      if let unanswered { try await outcomes.note(entries, unanswered) }
      try await EventExecutor(transaction).follow(event, due.map { ($0.entry, $0.path ?? false) })
    case .decision:
      transaction.count(event, .executed(false), entries)
      let scheduler = DecisionScheduler(transaction)
      let deadlines = try await scheduler.deadlines(
        event, due.map { DelayStart(contact: $0.contact, base: $0.base) })
      try await scheduler.takeNo(event, entries.map(\.enrollment), deadlines)
    case .external: return
    case nil:
      try await outcomes.note(entries, Note.unknownType(event.type))
      transaction.count(event, .executed(nil), entries)
      try await EventScheduler(transaction).consider(
        transaction.graph.children(of: event, path: nil), entries.map(\.enrollment))
    }
  }
}

/// Checks claimed entries against current fire times.
struct DueCheck {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Puts back entries that current settings schedule later, and returns the others.
  func due(_ event: CampaignEvent, _ entries: [DueEntry]) async throws -> [DueEntry] {
    event.kind == .decision
      ? try await missed(event, entries) : try await planned(event, entries)
  }

  /// Puts back entries that current settings or restrictions schedule later (CAM-214 to CAM-216), and ends
  /// those without a date (CAM-218).
  private func planned(_ event: CampaignEvent, _ entries: [DueEntry]) async throws -> [DueEntry] {
    let (now, trigger) = (transaction.now, event.trigger)
    if trigger.mode == .immediate { return entries }
    let free = entries.filter { !$0.pinned }
    guard !free.isEmpty else { return entries }
    let times = try await transaction.fireTimes.planned(
      trigger,
      free.map { DelayStart(contact: $0.contact, base: $0.base, delayUsed: $0.delayUsed) })
    var back: [(entry: DueEntry, fire: Date?)] = []
    var dateless: [DueEntry] = []
    var due: [DueEntry] = entries.filter(\.pinned)
    for entry in free {
      guard let planned = times[entry.contact] else {
        dateless.append(entry)
        continue
      }
      let time =
        isAhead(planned)
        ? planned
        : transaction.fireTimes.late(
          trigger, contact: entry.contact, due: min(now, max(planned, entry.fire)))
      if isAhead(time) { back.append((entry, time)) } else { due.append(entry) }
    }
    try await putBack(event, back)
    if !dateless.isEmpty {
      try await transaction.entryOutcomes(of: event).endWithoutDate(dateless)
      transaction.count(event, .executed(nil), dateless.map(\.entry))
    }
    return due.sorted(by: DueEntry.isBefore)
  }

  /// Puts back decisions whose recomputed deadline is in the future or gone (CAM-218, CAM-415): a `no` child
  /// was edited, or the contact's zone or date has changed.
  private func missed(_ event: CampaignEvent, _ entries: [DueEntry]) async throws -> [DueEntry] {
    let deadlines = try await DecisionScheduler(transaction).deadlines(
      event, entries.map { DelayStart(contact: $0.contact, base: $0.base) })
    var back: [(entry: DueEntry, fire: Date?)] = []
    var due: [DueEntry] = []
    for entry in entries {
      if let time = deadlines[entry.contact]?.at, !isAhead(time) {
        due.append(entry)
      } else {
        back.append((entry, deadlines[entry.contact]?.at))
      }
    }
    try await putBack(event, back)
    return due
  }

  /// Puts claimed entries back until an instant; decisions without one wait for an engagement only.
  func putBack(_ event: CampaignEvent, _ entries: [(entry: DueEntry, fire: Date?)]) async throws {
    guard !entries.isEmpty else { return }
    try await transaction.entryOutcomes(of: event).reschedule(entries)
    transaction.progress.stage(event, entries.compactMap(\.fire), now: transaction.now)
  }

  /// Whether an instant is in the future. Stored ones have microseconds: a recomputed one may be a fraction
  /// of one later, and would be put back to the same microsecond endlessly.
  private func isAhead(_ instant: Date) -> Bool {
    instant.timeIntervalSince(transaction.now) > 0.000_000_5
  }
}
