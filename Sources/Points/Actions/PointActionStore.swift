import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// Reads and writes point actions (api.md 8.10).
package struct PointActionStore: RecordStore {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Returns the action with an id, or `nil`.
  package func find(_ id: Int64) async throws -> PointAction? {
    try await pool.withConnection { try await Self.action(id, on: $0) }
  }

  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (records: [PointAction], total: Int) {
    try await pool.page(
      Self.columns, from: "point_actions", where: condition, order: order, start: start,
      limit: limit, Self.actions)
  }

  /// Creates an action.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(
    _ input: PointActionInput, by author: Author, now: Date
  ) async throws -> PointAction {
    try await transactions.transaction(at: now) { transaction in
      let values = try await Values(
        input, before: nil, replacing: false, on: transaction.connection)
      let rows = try await transaction.query(
        """
        INSERT INTO point_actions (\(sql: Values.columns), date_added, created_by, created_by_user)
        VALUES (\(sql: try values.sql), \(now), \(author.id)::bigint, \(author.name)::text)
        RETURNING id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      try await AuditLog.write([.init("create", "point", id)], by: author, in: transaction)
      guard let action = try await Self.action(id, on: transaction.connection) else {
        throw InvalidInput("id", "there is no point action \(id)")
      }
      return action
    }
  }

  /// Changes an action.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults (`PUT`).
  /// - Returns: The changed action; `nil` if there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: PointActionInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> PointAction? {
    try await transactions.transaction(at: now) { transaction in
      guard
        let action = try await Self.action(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      let before = Values(action)
      let after = try await Values(
        input, before: before, replacing: replacing, on: transaction.connection)
      guard after != before else { return action }
      try await transaction.query(
        """
        UPDATE point_actions SET (\(sql: Values.columns)) = ROW(\(sql: try after.sql)),
          date_modified = \(now), modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        WHERE id = \(id)
        """)
      let changes = JSONValue.object(
        AuditLog.differences(from: before.members, to: after.members))
      try await AuditLog.write(
        [.init("update", "point", id, details: changes)], by: author, in: transaction)
      return try await Self.action(id, on: transaction.connection)
    }
  }

  /// Deletes an action. The points it gave remain.
  ///
  /// - Returns: The deleted action; `nil` if there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> PointAction? {
    try await transactions.transaction(at: now) { transaction in
      guard
        let action = try await Self.action(id, locking: "FOR UPDATE", on: transaction.connection)
      else {
        return nil
      }
      try await transaction.query("DELETE FROM point_actions WHERE id = \(id)")
      let name = JSONValue.object(["name": .string(action.rule.name)])
      try await AuditLog.write(
        [.init("delete", "point", id, details: name)], by: author, in: transaction)
      return action
    }
  }

  static let columns: SQL =
    "id, \(sql: Values.columns), \(sql: RecordDates.columns(of: "point_actions"))"

  private static func action(
    _ id: Int64, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> PointAction? {
    let rows = try await connection.query(
      "SELECT \(sql: columns) FROM point_actions WHERE id = \(id) \(sql: lock)")
    return try await actions(rows, on: connection).first
  }

  static func actions(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [PointAction] {
    let rules = try rows.map(Rule.init)
    let names = try await RuleNames.load(rules, on: connection)
    return try zip(rows, rules).compactMap { row, rule in
      // A type that this version does not know is left to a newer one.
      guard let type = PointActionType(rawValue: try row.decode("type")) else { return nil }
      let properties: JSON = try row.decode("properties")
      return PointAction(
        id: try row.decode("id"), rule: rule, type: type, properties: try properties.decode(),
        delta: try row.decode("delta"), isRepeatable: try row.decode("is_repeatable"),
        category: names.category(of: rule), group: names.group(of: rule),
        dates: try RecordDates(row))
    }
  }
}

extension PointActionStore {
  /// The values written for an action.
  struct Values: Equatable {
    var rule: Rule
    var type: PointActionType
    var properties: JSONValue
    var delta: Int
    var isRepeatable: Bool

    static let columns: SQL =
      "\(sql: Rule.columns), type, properties, delta, is_repeatable"

    init(_ action: PointAction) {
      rule = action.rule
      type = action.type
      properties = action.properties
      delta = action.delta
      isRepeatable = action.isRepeatable
    }

    /// Creates validated values: the given ones, and the previous ones or the defaults for the rest.
    init(
      _ input: PointActionInput, before: Values?, replacing: Bool,
      on connection: PostgresConnection
    ) async throws {
      let rule = try await input.rule.applied(
        to: before?.rule, replacing: replacing, on: connection)
      try self.init(rule, input, before: before, replacing: replacing)
    }

    private init(_ rule: Rule, _ input: PointActionInput, before: Values?, replacing: Bool) throws {
      self.rule = rule
      let old = replacing ? nil : before
      if let word = input.type {
        guard let type = PointActionType(rawValue: word) else {
          let known = PointActionType.allCases.map(\.rawValue).joined(separator: ", ")
          throw InvalidInput("type", "\(InvalidInput.shown(word)) is none of \(known)")
        }
        self.type = type
      } else {
        guard let type = old?.type else { throw InvalidInput("type", "a value is required") }
        self.type = type
      }
      guard let delta = input.delta ?? old?.delta else {
        throw InvalidInput("delta", "a value is required")
      }
      guard delta != 0, abs(delta.clamped) <= ContactPoints.limit, delta == delta.clamped else {
        throw InvalidInput(
          "delta",
          "\(delta) is no whole number but 0 between -\(ContactPoints.limit) and \(ContactPoints.limit)"
        )
      }
      self.delta = delta
      properties =
        input.properties == nil
        ? old?.properties ?? .object([:])
        : try RuleProperties.read(input.properties, "properties")
      isRepeatable = input.isRepeatable ?? old?.isRepeatable ?? false
      let matcher = try EngagementMatcher(type, properties)
      // Without a pattern it would match nothing; unchanged properties are accepted as they are.
      let isKept = before?.type == type && before?.properties == properties
      if let url = matcher.url, url.pattern.isEmpty, !isKept {
        throw InvalidInput("properties.page_url", "a value is required")
      }
      if matcher.event?.isEmpty == true, !isKept {
        throw InvalidInput("properties.event", "a value is required")
      }
    }

    /// The values of ``columns``.
    var sql: SQL {
      get throws {
        """
        \(sql: rule.values), \(type.rawValue), \(try JSON(properties)), \(delta)::integer,
          \(isRepeatable)
        """
      }
    }

    var members: [(name: String, value: JSONValue)] {
      rule.members + [
        ("type", .string(type.rawValue)), ("properties", properties),
        ("delta", .integer(Int64(delta))), ("repeatable", .boolean(isRepeatable)),
      ]
    }
  }
}

extension Int {
  /// The number clamped to 32 bits.
  fileprivate var clamped: Int { Int(Int32(clamping: self)) }
}
