import Contacts
import Foundation
import JobQueue
import Postgres

/// Executes actions and conditions, and has the events below them considered (CAM-302, CAM-303).
struct EventExecutor {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  private var scheduler: EventScheduler { EventScheduler(transaction) }

  /// Runs an event at once for contacts without an entry for it.
  ///
  /// - Parameter delayUsed: Whether its delay has passed as a waiting period (CAM-413).
  func run(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase, delayUsed: Bool = false
  ) async throws {
    let entries = transaction.entries
    switch transaction.engine.types[event.type] {
    case .jump: transaction.progress.jumps.append((event, enrollments))
    case .external:
      try await entries.insertDispatched(event, enrollments, base: base)
      transaction.progress.stage(event.id, at: transaction.now)
    case .condition(let condition):
      let paths = try await answer(condition, event, enrollments, base)
      try await follow(
        event, enrollments.compactMap { one in paths[one.contact].map { (Entry(one), $0) } })
    case .action where transaction.isCautious:
      let now = transaction.now
      try await scheduler.schedule(
        event,
        enrollments.map {
          ScheduledEntry(
            enrollment: $0, base: base.date(of: $0.contact, now: now), fire: now)
        }, delayUsed: delayUsed)
    case .action(let action):
      let inserted = try await entries.insertExecuted(event, enrollments, base: base)
      try await apply(action, event, inserted.map { Entry($0) })
    case .decision, nil:
      // Types are checked when a campaign is saved; one may no longer be installed.
      let ended = try await entries.insertExecuted(
        event, enrollments, base: base, note: Note.unknownType(event.type))
      transaction.count(event, .executed(nil), ended.count)
      try await scheduler.consider(transaction.graph.children(of: event, path: nil), ended)
    }
  }

  // MARK: Conditions

  /// Returns a condition as SQL. One that cannot be evaluated is false, with a note (CAM-440).
  func question(
    _ condition: any CampaignCondition, _ event: CampaignEvent
  ) async throws -> (sql: SQL, note: String?) {
    do {
      guard let sql = try await condition.condition(event, transaction) else {
        return ("false", Note.missingObject)
      }
      return (sql, nil)
    } catch let failure as ActionFailure {
      return ("false", failure.reason)
    }
  }

  /// Inserts the entries of a condition with its answers. Where the data of a contact make it fail, the answer
  /// for that contact is `no`, with a note (CAM-307).
  private func answer(
    _ condition: any CampaignCondition, _ event: CampaignEvent, _ enrollments: [Enrollment],
    _ base: DelayBase
  ) async throws -> [Int64: Bool] {
    let (question, note) = try await question(condition, event)
    let entries = transaction.entries
    let done = try await ItemIsolation.run(enrollments, in: transaction.database) {
      try await entries.insertAnswered(event, $0, base: base, question: question, note: note)
    }
    var paths = done.results.reduce(into: [Int64: Bool]()) { $0.merge($1) { first, _ in first } }
    for (enrollment, error) in done.failures {
      guard let failure = Self.failure(error) else { throw error }
      paths.merge(
        try await entries.insertAnswered(
          event, [enrollment], base: base, question: "false", note: failure.reason)
      ) { first, _ in first }
    }
    return paths
  }

  /// Counts the answers of a condition, and considers the events on each path (CAM-303).
  func follow(_ event: CampaignEvent, _ answers: [(entry: Entry, path: Bool)]) async throws {
    for path in [true, false] {
      let taken = answers.filter { $0.path == path }.map(\.entry)
      guard !taken.isEmpty else { continue }
      transaction.count(event, .executed(path), taken)
      try await scheduler.consider(
        transaction.graph.children(of: event, path: path), taken.map(\.enrollment))
    }
  }

  // MARK: Actions

  /// Applies an action to entries already marked as executed, corrects those with another outcome, and
  /// considers the events below for the others (CAM-302).
  func apply(
    _ action: any CampaignAction, _ event: CampaignEvent, _ entries: [Entry]
  ) async throws {
    guard !entries.isEmpty else { return }
    let enrollments = entries.map {
      Enrollment(
        contact: $0.contact, rotation: $0.enrollment.rotation, entryRotation: $0.rotation)
    }
    let outcome = try await perform(action, event, enrollments)
    try await settle(event, entries, outcome)
  }

  /// Records the outcome of an action, and considers the events below it.
  func settle(_ event: CampaignEvent, _ entries: [Entry], _ outcome: ActionOutcome) async throws {
    if !outcome.deleted.isEmpty { transaction.cascade.forget(outcome.deleted) }
    if !outcome.notes.isEmpty {
      let notes = Dictionary(grouping: entries) { outcome.notes[$0.contact] }
      for (text, entries) in notes {
        if let text { try await transaction.entryOutcomes(of: event).note(entries, text) }
      }
    }
    if !outcome.failures.isEmpty {
      try await FailureHandler(transaction, event).handle(entries, outcome.failures)
    }
    let passed = entries.filter {
      outcome.failures[$0.contact] == nil && !outcome.deleted.contains($0.contact)
    }
    transaction.count(event, .executed(nil), passed)
    // The deletion of contacts has subtracted their entries from the counters, so they have to be added.
    transaction.count(
      event, .executed(nil), entries.filter { outcome.deleted.contains($0.contact) })
    try await scheduler.consider(
      transaction.graph.children(of: event, path: nil), passed.map(\.enrollment))
  }

  /// Runs an action in a savepoint; if the data of a contact make it fail, in halves, until that contact is
  /// alone (CAM-307).
  private func perform(
    _ action: any CampaignAction, _ event: CampaignEvent, _ enrollments: [Enrollment]
  ) async throws -> ActionOutcome {
    let cascade = transaction.cascade
    let done = try await ItemIsolation.run(
      enrollments, in: transaction.database, remember: cascade.remember
    ) { try await action.run(event, $0, transaction) }
    var outcome = ActionOutcome()
    for part in done.results { outcome.merge(part) }
    for (enrollment, error) in done.failures {
      guard let failure = Self.failure(error) else { throw error }
      outcome.failures[enrollment.contact] = failure
    }
    return outcome
  }

  /// Returns the failure that an error means for the contacts; nil for an error of the servers or of this
  /// process, after which the whole is retried. Any other is one of the contacts (CAM-307).
  static func failure(_ error: any Error) -> ActionFailure? {
    switch error {
    case let failure as ActionFailure: return failure
    case let input as InvalidInput: return ActionFailure(input.description, isFinal: true)
    case _ where ErrorCause.isElsewhere(error): return nil
    case let error as PostgresError:
      // A value stays wrong (CAM-507); what it collides with may go.
      return ActionFailure(error.message, isFinal: error.sqlState?.errorClass == "22")
    default: return ActionFailure(String("\(error)".prefix(1_000)))
    }
  }
}
