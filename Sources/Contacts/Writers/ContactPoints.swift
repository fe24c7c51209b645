import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// The operations on points.
package enum PointsOperator: String, Sendable, CaseIterable {
  case plus, minus, times, divide

  /// Returns the result as an SQL `integer`, within ``ContactPoints/limit`` (PTS-02, PTS-03).
  ///
  /// - Parameters:
  ///   - points: The current points, an SQL integer.
  ///   - amount: The operand, clamped to the limit.
  /// - Throws: ``InvalidInput`` for a division by 0.
  package func applied(to points: SQL, by amount: Int) throws(InvalidInput) -> SQL {
    if self == .divide, amount == 0 {
      throw InvalidInput("divide", "points cannot be divided by 0")
    }
    let limit = ContactPoints.limit
    let amount = max(-limit, min(limit, amount))
    let sign: SQL =
      switch self {
      case .plus: "+"
      case .minus: "-"
      case .times: "*"
      case .divide: "/"
      }
    return """
      greatest(-\(limit)::bigint, least(\(limit)::bigint,
        \(sql: points)::bigint \(sql: sign) \(amount)::bigint))::integer
      """
  }
}

/// Changes points of contacts by operations that the database applies, so that concurrent changes
/// add up (CON-13, PTS-03).
package enum ContactPoints {
  /// The limit to which results are clamped, in both directions (PTS-03).
  package static let limit = 2_000_000_000

  /// Changes points, logs the changes, and marks them for segments, with one statement for all
  /// contacts.
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts; unknown ones are left out. They stay locked until the
  ///     transaction ends.
  ///   - operation: The operation.
  ///   - amount: The operand, clamped to ``limit``. Division truncates.
  ///   - reason: The reason for the points log.
  ///   - author: The author of the change.
  ///   - isAudited: Whether each contact gets an audit entry and counts as modified. Automatic
  ///     changes of many contacts, such as an action of a campaign, are recorded by the points log
  ///     alone.
  ///   - transaction: The transaction.
  /// - Returns: The points of each contact before and after.
  /// - Throws: ``InvalidInput`` for a division by 0; `PostgresError`.
  package static func change(
    _ contacts: [Int64], _ operation: PointsOperator, by amount: Int, reason: PointsReason,
    author: Author, isAudited: Bool = true, in transaction: Transaction
  ) async throws -> [Int64: (before: Int, after: Int)] {
    guard !contacts.isEmpty else { return [:] }
    let result = try operation.applied(to: "before.points", by: amount)
    let modified: SQL =
      isAudited
      ? """
      , date_modified = \(transaction.now), modified_by = \(author.id), modified_by_user = \(author.name)
      """ : ""
    let rows = try await transaction.query(
      """
      WITH before AS MATERIALIZED (
        SELECT id, points FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE
      ), after AS MATERIALIZED (
        SELECT id, points AS before, \(sql: result) AS after FROM before
      ), written AS (
        UPDATE contacts c SET points = a.after\(sql: modified)
        FROM after a WHERE c.id = a.id AND a.after <> a.before
      ), logged AS (
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, ip_id, date_added)
        SELECT id, \(reason.type), \(reason.eventName), \(reason.actionName),
          greatest(-2147483648, least(2147483647, after::bigint - before))::integer,
          \(reason.ipID), \(transaction.now)
        FROM after WHERE after <> before
      )
      SELECT id, before, after FROM after ORDER BY id
      """)
    var outcome: [Int64: (before: Int, after: Int)] = [:]
    var changed: [Int64] = []
    var audit: [AuditLog.Entry] = []
    for row in rows {
      let (id, before, after) = try row.decode(Int64.self, Int.self, Int.self)
      outcome[id] = (before, after)
      guard before != after else { continue }
      changed.append(id)
      guard isAudited else { continue }
      let points: JSONValue = .array([.integer(Int64(before)), .integer(Int64(after))])
      audit.append(
        .init("update", "lead", id, details: .object(["fields": .object(["points": points])])))
    }
    try await AuditLog.write(audit, by: author, in: transaction)
    var topics: Set<ChangeTopic> = [.column("points")]
    if isAudited { topics.insert(.column("date_modified")) }
    try await ContactChanges.mark(changed, topics, in: transaction)
    return outcome
  }
}
