package import Contacts
import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// An operation on the score in a group.
package enum GroupScoreOperator: Sendable, Equatable {
  /// An arithmetic operation on the score, which starts at 0.
  case points(PointsOperator)
  /// Sets the score to the amount.
  case set

  /// Creates the operator named in a path (api.md 8.2); nil if there is none.
  package init?(_ name: String) {
    if name == "set" {
      self = .set
    } else if let operation = PointsOperator(rawValue: name) {
      self = .points(operation)
    } else {
      return nil
    }
  }
}

/// Changes the scores of contacts in point groups; all changes pass through it (PTS-06).
///
/// Like points, scores change by operations that the database applies; each change is logged, and the contacts
/// are marked, so that segments and triggers follow.
package enum GroupScores {
  /// Changes scores, with one statement for all contacts.
  ///
  /// - Parameters:
  ///   - contacts: The ids of contacts; unknown ones are ignored. They stay locked until the transaction ends.
  ///   - operation: The operation.
  ///   - amount: The operand; clamped to `ContactPoints.limit`.
  ///   - group: The group whose score changes.
  ///   - reason: The reason for the log.
  ///   - author: The author of the change.
  ///   - isAudited: Whether the audit log gets an entry for each contact, as for `ContactPoints`.
  ///   - transaction: The transaction.
  /// - Returns: The score of each contact before, if it had one, and after; `nil` if there is no such group.
  /// - Throws: `InvalidInput` for a division by 0; `PostgresError`.
  package static func change(
    _ contacts: [Int64], _ operation: GroupScoreOperator, by amount: Int, group: Int64,
    reason: PointsReason, author: Author, isAudited: Bool = true, in transaction: Transaction
  ) async throws -> [Int64: (before: Int?, after: Int)]? {
    let limit = ContactPoints.limit
    let result: SQL =
      switch operation {
      case .set: "\(max(-limit, min(limit, amount)))::integer"
      case .points(let operation):
        try operation.applied(to: "coalesce(before.score, 0)", by: amount)
      }
    // Every change of a score locks the contact, so that scores are read and written in one step.
    let found = try await ContactLock.lock(contacts, on: transaction.connection)
    guard
      try await PointGroupStore.group(group, locking: "FOR KEY SHARE", on: transaction.connection)
        != nil
    else { return nil }
    let rows = try await transaction.query(
      """
      WITH before AS MATERIALIZED (
        SELECT c.id, s.score FROM unnest(\(found)::bigint[]) AS c (id)
        LEFT JOIN group_scores s ON s.contact_id = c.id AND s.group_id = \(group)
      ), after AS MATERIALIZED (
        SELECT id, score AS before, \(sql: result) AS after FROM before
      ), written AS (
        INSERT INTO group_scores AS s (contact_id, group_id, score)
        SELECT id, \(group), after FROM after WHERE before IS DISTINCT FROM after
        ON CONFLICT (contact_id, group_id) DO UPDATE SET score = excluded.score
      ), logged AS (
        INSERT INTO points_log
          (contact_id, type, event_name, action_name, delta, group_id, ip_id, date_added)
        SELECT id, \(reason.type), \(reason.eventName), \(reason.actionName),
          greatest(-2147483648, least(2147483647, after::bigint - coalesce(before, 0)))::integer,
          \(group), \(reason.ipID), \(transaction.now)
        FROM after WHERE coalesce(before, 0) <> after
      )
      SELECT id, before, after FROM after ORDER BY id
      """)
    var outcome: [Int64: (before: Int?, after: Int)] = [:]
    var changed: [Int64] = []
    var audit: [AuditLog.Entry] = []
    for row in rows {
      let (id, before, after) = try row.decode(Int64.self, Int?.self, Int.self)
      outcome[id] = (before, after)
      guard before != after else { continue }
      changed.append(id)
      guard isAudited else { continue }
      let scores: JSONValue = .array([
        before.map { .integer(Int64($0)) } ?? .null, .integer(Int64(after)),
      ])
      audit.append(
        .init(
          "update", "lead", id, details: .object(["groupScores": .object(["\(group)": scores])])))
    }
    try await AuditLog.write(audit, by: author, in: transaction)
    try await ContactChanges.mark(changed, [.groupScore(group)], in: transaction)
    return outcome
  }

  /// Removes some scores of a deleted group, and marks their contacts. Adding a score locks the group, so none is
  /// added any more; a merge may move one, which is found as long as there are any.
  ///
  /// - Returns: Whether there may be more.
  static func remove(
    of group: Int64, limit: Int, in transaction: Transaction
  ) async throws -> Bool {
    let contacts: [Int64] = try await transaction.query(
      """
      SELECT contact_id FROM group_scores WHERE group_id = \(group)
      ORDER BY contact_id LIMIT \(limit)
      """
    ).map { try $0.decode(at: 0) }
    guard !contacts.isEmpty else { return false }
    _ = try await ContactLock.lock(contacts, on: transaction.connection)
    try await transaction.query(
      "DELETE FROM group_scores WHERE group_id = \(group) AND contact_id = ANY (\(contacts))")
    try await ContactChanges.mark(contacts, [.groupScore(group)], in: transaction)
    return true
  }
}
