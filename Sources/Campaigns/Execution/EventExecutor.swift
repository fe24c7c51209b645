import Contacts
import Foundation
import Postgres

/// Executes actions and conditions, and has the events below them considered (CAM-302, CAM-303).
struct EventExecutor {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  private var scheduler: EventScheduler { EventScheduler(transaction) }

  /// Runs an event at once for contacts without an entry for it.
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase) async throws {
    let entries = transaction.entries
    switch transaction.engine.types[event.type] {
    case .jump: transaction.progress.jumps.append((event, enrollments))
    case .external:
      try await entries.insertDispatched(event, enrollments, base: base)
      transaction.progress.stage(event.id, at: transaction.now)
    case .condition(let condition):
      let (question, note) = try await question(condition, event)
      let paths = try await entries.insertAnswered(
        event, enrollments, base: base, question: question, note: note)
      try await follow(
        event, enrollments.compactMap { one in paths[one.contact].map { (Entry(one), $0) } })
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
    let before = transaction.cascade.snapshot
    do {
      return try await transaction.connection.savepoint { _ in
        try await action.run(event, enrollments, transaction)
      }
    } catch {
      transaction.cascade.restore(before)
      guard let failure = Self.failure(error) else { throw error }
      guard enrollments.count > 1 else {
        var outcome = ActionOutcome()
        for enrollment in enrollments { outcome.failures[enrollment.contact] = failure }
        return outcome
      }
      let middle = enrollments.count / 2
      var outcome = try await perform(action, event, Array(enrollments[..<middle]))
      outcome.merge(try await perform(action, event, Array(enrollments[middle...])))
      return outcome
    }
  }

  /// Returns the failure that an error means for the contacts; nil for a server error, after which the whole
  /// is retried.
  static func failure(_ error: any Error) -> ActionFailure? {
    switch error {
    case let failure as ActionFailure: return failure
    case let input as InvalidInput: return ActionFailure(input.description, isFinal: true)
    case let error as PostgresError:
      // Data exceptions and violated constraints.
      guard let kind = error.sqlState?.errorClass, kind == "22" || kind == "23" else { return nil }
      return ActionFailure(error.message, isFinal: kind == "22")
    default: return nil
    }
  }
}
