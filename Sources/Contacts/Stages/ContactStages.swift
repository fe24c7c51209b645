import Fields
import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// Writes the stages of contacts; only imports write them elsewhere (CON-14).
package enum ContactStages {
  /// Returns the stage of a reference; it is not deleted before the transaction ends.
  ///
  /// - Parameters:
  ///   - reference: The id or the name.
  ///   - locking: Whether to lock the stage against deletion; callers that change contacts too lock
  ///     those first.
  ///   - connection: The transaction.
  /// - Returns: The stage; `nil` if it is unknown.
  /// - Throws: `PostgresError`.
  package static func find(
    _ reference: StageReference, locking: Bool = true, on connection: PostgresConnection
  ) async throws -> Stage? {
    let condition: SQL =
      switch reference {
      case .id(let id): "id = \(id)"
      case .name(let name): "lower(name COLLATE \"C\") = \(IdentityKey.of(name))"
      }
    let lock: SQL = locking ? "FOR KEY SHARE" : ""
    return try await connection.query(
      """
      SELECT id, name, weight, description FROM stages WHERE \(sql: condition)
      ORDER BY id LIMIT 1 \(sql: lock)
      """
    ).first.map { row in
      Stage(
        id: try row.decode("id"), name: try row.decode("name"), weight: try row.decode("weight"),
        description: try row.decode("description"))
    }
  }

  /// Sets the stage of contacts, or removes them from it (STG-11). Logs each change (STG-13),
  /// audits it and marks it for segments; contacts already in the stage do not change.
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts; unknown ones are left out. They stay locked until the
  ///     transaction ends.
  ///   - stage: The stage, as returned by ``find(_:locking:on:)``.
  ///   - removing: Whether contacts in the stage are removed from it; the others keep their stage.
  ///   - author: The author of the change.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that exist, and whether each changed.
  /// - Throws: `PostgresError`.
  package static func set(
    _ contacts: [Int64], _ stage: Stage, removing: Bool = false, author: Author,
    in transaction: Transaction
  ) async throws -> [Int64: Bool] {
    guard !contacts.isEmpty else { return [:] }
    let target: Int64? = removing ? nil : stage.id
    let rows = try await transaction.query(
      """
      WITH before AS MATERIALIZED (
        SELECT id, stage_id,
          CASE WHEN \(removing) THEN stage_id IS NOT DISTINCT FROM \(stage.id)
            ELSE stage_id IS DISTINCT FROM \(stage.id) END AS changes
        FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE
      ), written AS (
        UPDATE contacts c SET stage_id = \(target), date_modified = \(transaction.now),
          modified_by = \(author.id), modified_by_user = \(author.name)
        FROM before b WHERE c.id = b.id AND b.changes
      ), logged AS (
        INSERT INTO stage_log (contact_id, stage_id, event_name, action_name, date_added)
        SELECT id, \(target), \(eventName(stage)), \(removing ? removed : changed), \(transaction.now)
        FROM before WHERE changes
      )
      SELECT id, stage_id, changes FROM before ORDER BY id
      """)
    var outcome: [Int64: Bool] = [:]
    var audit: [AuditLog.Entry] = []
    for row in rows {
      let id: Int64 = try row.decode(at: 0)
      let changes: Bool = try row.decode(at: 2)
      outcome[id] = changes
      guard changes else { continue }
      let before: Int64? = try row.decode(at: 1)
      audit.append(
        .init(
          "update", "lead", id,
          details: .object(["stage": .array([JSONValue(before), JSONValue(target)])])))
    }
    try await AuditLog.write(audit, by: author, in: transaction)
    try await ContactChanges.mark(
      audit.map(\.objectID), [.column("stage_id"), .column("date_modified")], in: transaction)
    return outcome
  }

  /// The names in the stage log.
  static let changed = "Stage changed"
  static let removed = "Removed from stage"

  static func eventName(_ stage: Stage) -> String { "\(stage.id): \(stage.name)" }
}
