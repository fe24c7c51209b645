package import Contacts
package import Foundation
package import JobQueue
package import Postgres

/// Notes what contacts have reached when their points change, by whatever means, and when they are created
/// (PTS-20). Called by the segment refresh, which consumes the change marks.
package struct PointTriggerObserver: ContactChangeObserver {
  package init() {}

  /// Returns the query of the triggers in use that do something: few rows, mostly none, so that nothing needs to
  /// be cached.
  package func question(now: Date) -> SQL {
    """
    SELECT t.id, t.group_id FROM point_triggers t
    WHERE \(sql: PublishWindow.isOpen("t", now))
      AND EXISTS (SELECT FROM point_trigger_events e WHERE e.trigger_id = t.id)
    """
  }

  /// Notes what was reached; jobs do it after the commit.
  package func observe(
    _ changes: [Set<ChangeTopic>: Set<Int64>], _ answer: PostgresRows, in transaction: Transaction
  ) async throws {
    guard !answer.isEmpty else { return }
    var triggers: [Int64?: [Int64]] = [:]
    for row in answer {
      triggers[try row.decode(at: 1), default: []].append(try row.decode(at: 0, as: Int64.self))
    }
    // The contacts by the triggers that their changes can make due.
    var contacts: [[Int64]: Set<Int64>] = [:]
    for (topics, changed) in changes {
      let concerned = Self.concerned(topics, triggers)
      if !concerned.isEmpty { contacts[concerned, default: []].formUnion(changed) }
    }
    for (triggers, contacts) in contacts {
      try await DueEvents.note(contacts.sorted(), triggers, in: transaction)
    }
  }

  private static func concerned(
    _ topics: Set<ChangeTopic>, _ triggers: [Int64?: [Int64]]
  ) -> [Int64] {
    if topics.contains(.created) { return triggers.values.flatMap { $0 }.sorted() }
    var found: [Int64] = []
    if topics.contains(.column("points")) { found += triggers[nil] ?? [] }
    for topic in topics {
      if let group = topic.scoredGroup { found += triggers[group] ?? [] }
    }
    return found.sorted()
  }
}
