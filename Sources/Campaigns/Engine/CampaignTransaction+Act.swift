import Contacts
import Foundation
import Postgres

extension CampaignTransaction {
  /// Applies an action to entries that stand as executed already, corrects those for whom it came otherwise,
  /// and considers what hangs below for the others (CAM-302).
  func act(
    _ action: any CampaignAction, _ event: CampaignEvent, _ entries: [Entry]
  ) async throws {
    guard !entries.isEmpty else { return }
    let runners = entries.map {
      Enrollment(
        contact: $0.runner.contact, rotation: $0.runner.rotation, entryRotation: $0.rotation)
    }
    let outcome = try await perform(action, event, runners)
    try await settle(event, entries, outcome)
  }

  /// Records what came of an action, and considers what hangs below it.
  func settle(_ event: CampaignEvent, _ entries: [Entry], _ outcome: ActionOutcome) async throws {
    if !outcome.deleted.isEmpty { family.forget(outcome.deleted) }
    if !outcome.notes.isEmpty {
      let notes = Dictionary(grouping: entries) { outcome.notes[$0.runner.contact] }
      for (text, entries) in notes { if let text { try await note(event, entries, text) } }
    }
    if !outcome.failures.isEmpty {
      try await fail(event, entries, outcome.failures)
    }
    let passed = entries.filter {
      outcome.failures[$0.runner.contact] == nil && !outcome.deleted.contains($0.runner.contact)
    }
    count(event.id, .executed(nil), passed.count, current: passed.count { $0.isCurrent })
    // The entries of deleted contacts were taken out of the counters with them, and so have to be in.
    let deleted = entries.filter { outcome.deleted.contains($0.runner.contact) }
    count(event.id, .executed(nil), deleted.count, current: deleted.count { $0.isCurrent })
    try await consider(graph.children(of: event, path: nil), passed.map(\.runner))
  }

  /// Runs an action in a savepoint; where the data of some contact make it fail, in halves, until that contact
  /// stands alone (CAM-307).
  private func perform(
    _ action: any CampaignAction, _ event: CampaignEvent, _ runners: [Enrollment]
  ) async throws -> ActionOutcome {
    let before = family.state
    do {
      return try await connection.savepoint { _ in try await action.run(event, runners, self) }
    } catch {
      family.state = before
      guard let failure = Self.failure(error) else { throw error }
      guard runners.count > 1 else {
        var outcome = ActionOutcome()
        for runner in runners { outcome.failures[runner.contact] = failure }
        return outcome
      }
      let middle = runners.count / 2
      var outcome = try await perform(action, event, Array(runners[..<middle]))
      outcome.merge(try await perform(action, event, Array(runners[middle...])))
      return outcome
    }
  }

  /// What an error says about the contacts; nil for one of the servers, for which the whole is tried again.
  private static func failure(_ error: any Error) -> ActionFailure? {
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

  // MARK: Jumps

  /// Takes contacts to the target of a jump in a new rotation (CAM-340 to CAM-346).
  func jump(_ event: CampaignEvent, _ entries: [Entry]) async throws {
    let contacts = entries.map(\.runner.contact)
    let held = try await connection.query(
      """
      SELECT contact_id, rotation FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      ORDER BY contact_id FOR NO KEY UPDATE
      """)
    // A jump before this one may have raised the rotation.
    var present: [Int64: Int] = [:]
    for row in held { present[try row.decode(at: 0)] = try row.decode(at: 1) }
    let current = entries.count { present[$0.runner.contact] == $0.rotation }
    count(event.id, .executed(nil), entries.count, current: current)
    guard let target = event.jumpTarget.flatMap({ graph[$0] }) else {
      return try await note(event, entries, "the target of the jump does not exist")
    }
    let results = try await connection.pipeline([
      "SELECT campaigns_uncount(\(contacts), \(campaign))",
      """
      UPDATE campaign_members SET rotation = rotation + 1
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      RETURNING contact_id, rotation
      """,
      // Decisions of the old rotation close; what is scheduled stays (CAM-342).
      """
      UPDATE campaign_log SET state = 5, cancel_reason = 'left',
        note = 'the contact jumped to another event'
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign) AND state = 1
      """,
    ])
    var runners: [Enrollment] = []
    for row in results[1] {
      let (contact, rotation) = try row.decode(Int64.self, Int.self)
      runners.append(Enrollment(contact: contact, rotation: rotation))
    }
    runners.sort { $0.contact < $1.contact }
    try await consider([target], runners)
  }

  // MARK: Failures

  /// Schedules another attempt for entries whose action failed, or gives them up (CAM-501, CAM-502, CAM-507).
  func fail(
    _ event: CampaignEvent, _ entries: [Entry], _ failures: [Int64: ActionFailure]
  ) async throws {
    var retried: [(Entry, Date, String)] = []
    var ended: [(Entry, String)] = []
    var left: [(Entry, String)] = []
    for entry in entries {
      guard let failure = failures[entry.runner.contact] else { continue }
      if gone.contains(entry.runner.contact) {
        // Its run is over: nobody waits for another attempt (CAM-123).
        left.append((entry, failure.reason))
        continue
      }
      let pause = failure.retryAfter ?? settings.retryInterval
      let isLast = failure.isFinal || pause <= .zero || entry.attempts + 1 >= settings.maxAttempts
      if isLast {
        ended.append((entry, failure.reason))
      } else {
        let seconds = Double(pause.components.seconds)
        retried.append((entry, now.addingTimeInterval(max(1, seconds)), failure.reason))
      }
    }
    if !retried.isEmpty {
      try await connection.query(
        """
        UPDATE campaign_log AS l SET state = 0, executed_at = NULL, attempts = attempts + 1,
          fire_at = entry.fire, error = entry.error, lease_until = NULL, lease_token = NULL
        FROM unnest(\(retried.map(\.0.runner.contact)), \(retried.map { Int32($0.0.rotation) }),
          \(retried.map(\.1)), \(retried.map(\.2))) AS entry (contact, rotation, fire, error)
        WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
          AND l.rotation = entry.rotation
        """)
      wake(event, retried.map(\.1))
    }
    for (ended, state, reason) in [(ended, Int16(4), nil), (left, Int16(5), "left")]
      as [([(Entry, String)], Int16, String?)] where !ended.isEmpty
    {
      try await connection.query(
        """
        UPDATE campaign_log AS l SET state = \(state), executed_at = \(state == 4 ? now : nil),
          attempts = attempts + 1,
          error = entry.error, cancel_reason = \(reason)::text, lease_until = NULL,
          lease_token = NULL
        FROM unnest(\(ended.map(\.0.runner.contact)), \(ended.map { Int32($0.0.rotation) }),
          \(ended.map(\.1))) AS entry (contact, rotation, error)
        WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
          AND l.rotation = entry.rotation
        """)
    }
    count(event.id, .failed, ended.count, current: ended.count { $0.0.isCurrent })
    let contacts = (retried.map(\.0) + ended.map(\.0) + left.map(\.0)).map(\.runner.contact)
    try await FailureReport(pass: self, event: event, contacts: contacts.sorted()).write()
  }
}
