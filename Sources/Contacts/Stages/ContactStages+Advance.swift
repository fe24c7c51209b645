import Foundation
package import JobQueue
import Postgres

/// The outcome of advancing a contact to a stage.
package enum StageAdvance: String, Sendable {
  /// The contact has moved to the stage.
  case moved
  /// The contact was already in the stage.
  case already = "already in this stage"
  /// The contact is in a stage of a higher weight.
  case further = "already in a later stage"
  /// The stage does not exist, or is not in use.
  case unavailable = "the stage is missing or not published"
}

extension ContactStages {
  /// Advances contacts to a stage: forward only, never to a lower weight (STG-10, STG-16). Each
  /// move is logged with its cause (STG-13) and marked for segments; the stage log is the record,
  /// without an audit entry.
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts; unknown ones are left out. They stay locked until the
  ///     transaction ends.
  ///   - stage: The stage.
  ///   - eventName: The cause, such as the id and name of a campaign event.
  ///   - actionName: The kind of the cause.
  ///   - transaction: The transaction.
  /// - Returns: The outcome by contact; unknown contacts are left out.
  /// - Throws: `PostgresError`.
  package static func advance(
    _ contacts: [Int64], to stage: Int64, eventName: String, actionName: String,
    in transaction: Transaction
  ) async throws -> [Int64: StageAdvance] {
    // A separate statement: one that waits for a contact joins its new row to stages from before
    // the wait.
    let found = try await ContactLock.lock(contacts, on: transaction.connection)
    guard !found.isEmpty else { return [:] }
    let rows = try await transaction.query(
      """
      WITH target AS MATERIALIZED (
        SELECT id, weight FROM stages WHERE id = \(stage)
          AND \(sql: PublishWindow.isOpen("stages", transaction.now)) FOR KEY SHARE
      ), checked AS MATERIALIZED (
        SELECT c.id, CASE WHEN t.id IS NULL THEN \(StageAdvance.unavailable.rawValue)
          WHEN c.stage_id = t.id THEN \(StageAdvance.already.rawValue)
          WHEN s.weight > t.weight THEN \(StageAdvance.further.rawValue)
          ELSE \(StageAdvance.moved.rawValue) END AS outcome
        FROM contacts c LEFT JOIN target t ON true LEFT JOIN stages s ON s.id = c.stage_id
        WHERE c.id = ANY (\(found))
      ), moved AS (
        UPDATE contacts c SET stage_id = \(stage) FROM checked j
        WHERE c.id = j.id AND j.outcome = \(StageAdvance.moved.rawValue)
        RETURNING c.id
      ), logged AS (
        INSERT INTO stage_log (contact_id, stage_id, event_name, action_name, date_added)
        SELECT id, \(stage), \(eventName), \(actionName), \(transaction.now) FROM moved
      )
      SELECT id, outcome FROM checked ORDER BY id
      """)
    var outcomes: [Int64: StageAdvance] = [:]
    var moved: [Int64] = []
    for row in rows {
      let (id, word) = try row.decode(Int64.self, String.self)
      let outcome = StageAdvance(rawValue: word) ?? .unavailable
      outcomes[id] = outcome
      if outcome == .moved { moved.append(id) }
    }
    try await ContactChanges.mark(moved, [.column("stage_id")], in: transaction)
    return outcomes
  }
}
