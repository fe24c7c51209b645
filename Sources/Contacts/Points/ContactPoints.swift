public import Foundation
public import Postgres
public import Users

/// What is done to points.
public enum PointsOperator: String, Sendable, CaseIterable {
  case plus, minus, times, divide
}

/// Why points change, as their log keeps it (CON-13).
public struct PointsReason: Sendable, Equatable {
  /// The kind of source: `api`, `import`, `campaign` …
  public var type: String
  /// What happened.
  public var eventName: String
  /// What was done about it.
  public var actionName: String
  /// The address from which it came.
  public var ipID: Int64?

  /// A reason.
  public init(type: String, eventName: String, actionName: String, ipID: Int64? = nil) {
    self.type = type
    self.eventName = eventName
    self.actionName = actionName
    self.ipID = ipID
  }
}

/// Points of contacts: changed by operations that the database applies, so that changes at the same
/// moment add up (CON-13, PTS-03).
public enum ContactPoints {
  /// Results beyond are cut to it, in both directions (PTS-03).
  public static let limit = 2_000_000_000

  /// Changes points, logs what changed, and marks it for segments, with one statement for all contacts.
  ///
  /// - Parameters:
  ///   - contacts: Numbers of contacts; unknown ones are left out. They stay locked until the
  ///     transaction ends.
  ///   - operation: What to do.
  ///   - amount: With what; cut to ``limit``. Division cuts off what is behind the point.
  ///   - reason: Why.
  ///   - author: Who.
  ///   - now: When.
  ///   - connection: The transaction.
  /// - Returns: The points of each contact before and after.
  /// - Throws: ``InvalidInput`` for a division by 0; `PostgresError`.
  public static func change(
    _ contacts: [Int64], _ operation: PointsOperator, by amount: Int, reason: PointsReason,
    author: Author, now: Date, on connection: PostgresConnection
  ) async throws -> [Int64: (before: Int, after: Int)] {
    guard !contacts.isEmpty else { return [:] }
    if operation == .divide, amount == 0 {
      throw InvalidInput("divide", "points cannot be divided by 0")
    }
    let amount = max(-limit, min(limit, amount))
    let result: SQL =
      switch operation {
      case .plus: "before.points::bigint + \(amount)"
      case .minus: "before.points::bigint - \(amount)"
      case .times: "before.points::bigint * \(amount)"
      case .divide: "before.points::bigint / \(amount)"
      }
    let rows = try await connection.query(
      """
      WITH before AS MATERIALIZED (
        SELECT id, points FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE
      ), after AS MATERIALIZED (
        SELECT id, points AS before,
          greatest(-\(limit)::bigint, least(\(limit)::bigint, \(sql: result)))::integer AS after
        FROM before
      ), written AS (
        UPDATE contacts c SET points = a.after, date_modified = \(now), modified_by = \(author.id),
          modified_by_user = \(author.name)
        FROM after a WHERE c.id = a.id AND a.after <> a.before
      ), logged AS (
        INSERT INTO points_log (contact_id, type, event_name, action_name, delta, ip_id, date_added)
        SELECT id, \(reason.type), \(reason.eventName), \(reason.actionName),
          greatest(-2147483648, least(2147483647, after::bigint - before))::integer,
          \(reason.ipID), \(now)
        FROM after WHERE after <> before
      )
      SELECT id, before, after FROM after ORDER BY id
      """)
    var outcome: [Int64: (before: Int, after: Int)] = [:]
    var audit: [AuditLog.Entry] = []
    for row in rows {
      let (id, before, after): (Int64, Int, Int) = (
        try row.decode(at: 0), try row.decode(at: 1), try row.decode(at: 2)
      )
      outcome[id] = (before, after)
      guard before != after else { continue }
      let points: JSONValue = .array([.integer(Int64(before)), .integer(Int64(after))])
      audit.append(
        .init("update", "lead", id, details: .object(["fields": .object(["points": points])])))
    }
    try await AuditLog.write(audit, by: author, now: now, on: connection)
    try await ContactChanges.mark(
      audit.map(\.objectID), [.column("points"), .column("date_modified")], now: now,
      on: connection)
    return outcome
  }
}
