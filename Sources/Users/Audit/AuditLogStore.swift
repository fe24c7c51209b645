package import Foundation
package import Postgres
package import Primitives

/// An entry of the audit log as it is read.
package struct AuditRecord: Sendable, Identifiable {
  /// The entry's id.
  package var id: Int64
  /// The module that the record belongs to.
  package var bundle: String
  /// The kind of record.
  package var object: String
  /// The record's id.
  package var objectID: Int64
  /// The action, such as `create`.
  package var action: String
  /// Old and new values by name, or other details.
  package var details: JSONValue
  /// The user; nil for the system itself.
  package var userID: Int64?
  /// The name that the user had.
  package var userName: String?
  /// The address that the change came from; nil where no request led to it.
  package var address: String?
  /// The time of the change.
  package var date: Date
}

/// Reads the audit log.
package struct AuditLogStore: Sendable {
  private let pool: PostgresPool
  /// The number of matches up to which they are counted.
  private let few: Int

  /// - Parameters:
  ///   - pool: The database.
  ///   - few: The number of matches up to which they are counted.
  package init(pool: PostgresPool, few: Int = 10_000) { (self.pool, self.few) = (pool, few) }

  private static let columns: SQL = """
    a.id, a.bundle, a.object, a.object_id, a.action, a.details, a.user_id, a.user_name, a.ip_address,
      a.date_added
    """

  /// A page of entries.
  package struct Page: Sendable {
    package var records: [AuditRecord]
    /// The number of all matches; where there are many, the server's estimate, and more than the rows up to the page's end.
    package var total: Int
    package var isEstimated = false
  }

  /// A page of entries and the total number, at a cost that does not grow with the log.
  ///
  /// - Parameters:
  ///   - start: The number of entries to skip.
  ///   - limit: The maximum number of entries to return.
  ///   - condition: A condition on `audit_log AS a`.
  ///   - order: A clause `ORDER BY …`.
  /// - Throws: `PostgresError`.
  package func page(
    start: Int, limit: Int, where condition: SQL, order: SQL
  ) async throws -> Page {
    let (start, limit) = (max(0, start), max(0, limit))
    return try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      let answers = try await connection.pipeline([
        // One entry more tells whether there are more.
        """
        SELECT \(sql: Self.columns) FROM audit_log AS a WHERE \(sql: condition)
        \(sql: order) LIMIT \(limit == .max ? limit : limit + 1) OFFSET \(start)
        """,
        """
        SELECT count(*) FROM (
          SELECT FROM audit_log AS a WHERE \(sql: condition) LIMIT \(few + 1)) AS found
        """,
      ])
      var page = Page(
        records: try answers[0].prefix(limit).map(Self.record),
        total: try answers[1][0].decode(at: 0))
      guard page.total > few else { return page }
      if answers[0].count > limit {
        let expected = try await Self.expected(condition, on: connection)
        page.total = max(
          expected, page.total, start.addingReportingOverflow(limit).partialValue + 1)
        page.isEstimated = true
      } else if !page.records.isEmpty {
        page.total = start + page.records.count
      } else {
        page.total = try await connection.query(
          """
          SELECT count(*) FROM (
            SELECT FROM audit_log AS a WHERE \(sql: condition) LIMIT \(start)) AS found
          """)[0].decode(at: 0)
      }
      return page
    }
  }

  /// The number of matches that the server expects.
  private static func expected(
    _ condition: SQL, on connection: PostgresConnection
  ) async throws -> Int {
    let rows = try await connection.query(
      "EXPLAIN (FORMAT JSON) SELECT a.id FROM audit_log AS a WHERE \(sql: condition)")
    let plans = try rows[0].decode(at: 0, as: JSON.self).decode([Explained].self)
    return Int(saturating: (plans.first?.plan.rows ?? 0).rounded())
  }

  /// What the server expects of a statement.
  private struct Explained: Decodable {
    struct Plan: Decodable {
      var rows: Double
      enum CodingKeys: String, CodingKey { case rows = "Plan Rows" }
    }
    var plan: Plan
    enum CodingKeys: String, CodingKey { case plan = "Plan" }
  }

  private static func record(_ row: PostgresRow) throws -> AuditRecord {
    AuditRecord(
      id: try row.decode("id"), bundle: try row.decode("bundle"),
      object: try row.decode("object"), objectID: try row.decode("object_id"),
      action: try row.decode("action"),
      details: try row.decode("details", as: JSON.self).decode(JSONValue.self),
      userID: try row.decode("user_id"), userName: try row.decode("user_name"),
      address: try row.decode("ip_address"), date: try row.decode("date_added"))
  }

  /// Passes on entries as lines of JSON, by id, a thousand at a time.
  ///
  /// - Parameters:
  ///   - from: The earliest date; nil for no limit.
  ///   - to: The date before which entries are; nil for no limit.
  ///   - body: Takes whole lines, each with its end.
  /// - Returns: The number of entries.
  /// - Throws: `PostgresError`, or what `body` throws.
  package func export(
    from: Date? = nil, to: Date? = nil, _ body: (String) async throws -> Void
  ) async throws -> Int {
    // Without a condition on what is not limited, so that the index of dates serves what is.
    let limits: [SQL] =
      [from.map { "a.date_added >= \($0)" }, to.map { "a.date_added < \($0)" }].compactMap { $0 }
    let condition = (["true"] + limits).joined(separator: " AND ")
    return try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      var count = 0
      try await connection.batches(
        of: """
          SELECT json_build_object('id', a.id, 'dateAdded', a.date_added, 'bundle', a.bundle, 'object', a.object, 'objectId', a.object_id, 'action', a.action,
            'userId', a.user_id, 'userName', a.user_name, 'ipAddress', a.ip_address,
            'details', a.details)::text
          FROM audit_log a WHERE \(sql: condition) ORDER BY a.id
          """
      ) { rows in
        count += rows.count
        try await body(try rows.map { try $0.decode(at: 0, as: String.self) + "\n" }.joined())
      }
      return count
    }
  }
}
