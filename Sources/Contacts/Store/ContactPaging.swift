import Postgres
import Query

/// Finds the contacts of a page and the total number, at a cost that does not grow with a million contacts.
///
/// Without a condition the total is kept (``RecordCount``). With one, few matches are gathered whole, which gives the page and
/// the exact total at once. Of many the page is read in the order of an index, and the total is the server's estimate:
/// what an exact one costs is a look at every match. Which of both is cheap, the server's plan says.
struct ContactPaging {
  /// The contacts of a page.
  struct Found {
    /// The ids in order.
    var ids: [Int64]
    /// The number of all matches. An estimate is greater than the number of rows up to the page's end.
    var total: Int
    var isEstimated = false
  }

  /// The cost of a plan, in the server's units, up to which all matches are read whatever is asked for: some 30 ms.
  private static let cheap = 30_000.0

  var start: Int
  var limit: Int
  var order: [QueryOrder]
  /// A condition on the table `contacts`; nil for all contacts.
  var condition: SQL?
  /// The maximum number of matches that are gathered and counted (CON-118).
  var few = 10_000

  /// Returns the contacts of the page in order, and the total.
  func find(on connection: PostgresConnection) async throws -> Found {
    let all = try await RecordCount.read(of: "contacts", on: connection)
    guard let condition else {
      guard start < all, limit > 0 else { return Found(ids: [], total: all) }
      return Found(ids: try await walk("true", limit, on: connection), total: all)
    }
    guard all > few else {
      return try await gather(condition, on: connection) ?? Found(ids: [], total: 0)
    }
    let plan = try await expectation(condition, on: connection)
    // A walk reads as many contacts for a row as there are for a match, and each at another place.
    let isWalkShort = plan.rows / 4 > last
    if plan.rows <= few, plan.cost <= Self.cheap || !isWalkShort,
      let found = try await gather(condition, on: connection)
    {
      return found
    }
    return try await part(condition, expected: plan.rows, on: connection)
  }

  /// The number of rows up to the end of the page.
  private var last: Int { start.addingReportingOverflow(limit).overflow ? .max : start + limit }

  /// Returns a query for the page of all contacts in the default order, as `id` and `place` from 1.
  ///
  /// Active contacts come first and have their own index, the others follow by id (CON-115), and are read only if the
  /// active ones do not fill the page.
  static func newest(start: Int, limit: Int) -> SQL {
    // The first page has no parameters: with any, a plan would be made each time.
    let offset: SQL = start == 0 ? "0" : "\(start)"
    return """
      WITH active AS MATERIALIZED (
        SELECT id, row_number() OVER (ORDER BY last_active DESC, id DESC) AS place FROM (
          SELECT id, last_active FROM contacts WHERE last_active IS NOT NULL
          ORDER BY last_active DESC, id DESC LIMIT \(sql: number(limit)) OFFSET \(sql: offset)
        ) AS first
      ), others AS MATERIALIZED (
        SELECT id FROM contacts WHERE last_active IS NULL
        ORDER BY id DESC LIMIT \(sql: number(limit))
        OFFSET CASE WHEN \(sql: offset)::bigint = 0 OR EXISTS (SELECT FROM active) THEN 0
          ELSE \(sql: offset) - (SELECT count(*) FROM (
            SELECT FROM contacts WHERE last_active IS NOT NULL ORDER BY last_active DESC, id DESC
            LIMIT \(sql: offset)
          ) AS skipped) END
      )
      SELECT id, place FROM active UNION ALL
      SELECT id, (SELECT count(*) FROM active) + row_number() OVER (ORDER BY id DESC) FROM others
      ORDER BY place LIMIT \(sql: number(limit))
      """
  }

  /// A number in the statement's text: a plan for any number would expect a tenth of all contacts on the page.
  private static func number(_ number: Int) -> SQL { SQL(unsafeText: String(number)) }

  // MARK: Few matches

  /// Returns the page out of all matches; nil if there are more than few.
  private func gather(
    _ condition: SQL, on connection: PostgresConnection
  ) async throws -> Found? {
    let bound = few == .max ? few : few + 1
    let rows = try await connection.query(gathering(condition, bound: bound))
    let total: Int = try rows[0].decode(at: 0)
    guard total < bound else { return nil }
    return Found(ids: try rows[0].decode(at: 1), total: total)
  }

  /// Returns a query for the number of matches, up to a bound, and the ids of the page, which are right below the bound.
  func gathering(_ condition: SQL, bound: Int) -> SQL {
    let keys = QueryOrder.keys(order)
    let columns: SQL = order.isEmpty ? ", contacts.last_active AS k0" : keys.columns
    let clause: SQL = order.isEmpty ? "ORDER BY k0 DESC NULLS LAST, id DESC" : keys.clause
    return """
      WITH found AS MATERIALIZED (
        SELECT contacts.id\(sql: columns) FROM contacts WHERE \(sql: condition) LIMIT \(bound)
      )
      SELECT (SELECT count(*) FROM found),
        ARRAY(SELECT id FROM found \(sql: clause) LIMIT \(limit) OFFSET \(start))
      """
  }

  // MARK: Many matches

  /// Returns the page by the order's index, with a total that is exact where the page is the last one.
  private func part(
    _ condition: SQL, expected: Int, on connection: PostgresConnection
  ) async throws -> Found {
    // One row more tells whether there are more.
    var ids = try await walk(condition, limit == .max ? limit : limit + 1, on: connection)
    if ids.count > limit {
      ids.removeLast(ids.count - limit)
      return Found(ids: ids, total: max(expected, last + 1), isEstimated: true)
    }
    guard ids.isEmpty, start > 0 else { return Found(ids: ids, total: start + ids.count) }
    let rows = try await connection.query(
      """
      SELECT count(*) FROM (SELECT FROM contacts WHERE \(sql: condition) LIMIT \(start)) AS found
      """)
    return Found(ids: [], total: try rows.first?.decode(at: 0) ?? 0)
  }

  /// Returns the number of matches that the server expects, and the cost of reading them all.
  private func expectation(
    _ condition: SQL, on connection: PostgresConnection
  ) async throws -> (rows: Int, cost: Double) {
    let rows = try await connection.query(
      "EXPLAIN (FORMAT JSON) SELECT contacts.id FROM contacts WHERE \(sql: condition)")
    let json: JSON = try rows[0].decode(at: 0)
    guard let plan = try json.decode([Explained].self).first?.plan else { return (0, 0) }
    return (Int(plan.rows.rounded()), plan.cost)
  }

  private struct Explained: Decodable {
    struct Plan: Decodable {
      var rows: Double
      var cost: Double
      enum CodingKeys: String, CodingKey {
        case rows = "Plan Rows"
        case cost = "Total Cost"
      }
    }
    var plan: Plan
    enum CodingKeys: String, CodingKey { case plan = "Plan" }
  }

  private func walk(
    _ condition: SQL, _ limit: Int, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let first = try await connection.query(walking(condition, limit: limit)).map(Self.id)
    guard let line = indexOrder, first.count < limit else { return first }
    var skipped = 0
    if first.isEmpty, start > 0 {
      let rows = try await connection.query(
        """
        SELECT count(*) FROM contacts
        WHERE \(sql: line.value) IS NOT NULL AND (\(sql: condition))
        """)
      skipped = start - (try rows.first?.decode(at: 0) ?? 0)
    }
    let others = try await connection.query(
      """
      SELECT contacts.id FROM contacts WHERE \(sql: line.value) IS NULL AND (\(sql: condition))
      ORDER BY contacts.id\(sql: line.isNewestFirst ? " DESC" : "")
      LIMIT \(limit - first.count) OFFSET \(skipped)
      """
    ).map(Self.id)
    return first + others
  }

  /// Returns a query for the ids of the page; where an index has the order, of the contacts with a value in it, for those
  /// without one come last (CON-115) and are read only if the others do not fill the page.
  func walking(_ condition: SQL, limit: Int) -> SQL {
    let end = Self.number(start.addingReportingOverflow(limit).overflow ? .max : start + limit)
    guard let line = indexOrder else {
      // Ids are never missing: an order that puts missing ones last is not the index's.
      let clause: SQL =
        order.map(\.column.name) == ["id"]
        ? (order[0].isDescending ? "ORDER BY contacts.id DESC" : "ORDER BY contacts.id")
        : QueryOrder.clause(order, id: "contacts.id")
      return """
        SELECT contacts.id FROM contacts WHERE \(sql: condition)
        \(sql: clause) LIMIT \(sql: Self.number(limit)) OFFSET \(start)
        """
    }
    let clause: SQL = """
      ORDER BY k0\(sql: line.isDescending ? " DESC" : ""), id\(sql: line.isNewestFirst ? " DESC" : "")
      """
    let parts = line.parts.map { part -> SQL in
      """
      (SELECT contacts.id, \(sql: line.key) AS k0 FROM contacts
      WHERE \(sql: part) AND (\(sql: condition)) \(sql: clause) LIMIT \(sql: end))
      """
    }
    return """
      SELECT id FROM (\(sql: parts.joined(separator: " UNION ALL "))) AS found
      \(sql: clause) LIMIT \(sql: Self.number(limit)) OFFSET \(start)
      """
  }

  /// An order that indexes have.
  private struct IndexOrder {
    /// The column.
    var value: SQL
    /// What the indexes hold.
    var key: SQL
    /// The condition of each index; together the contacts with a value.
    var parts: [SQL]
    var isDescending: Bool
    /// The order of contacts with the same value.
    var isNewestFirst = false
  }

  private var indexOrder: IndexOrder? {
    guard let first = order.first else {
      return IndexOrder(
        value: "contacts.last_active", key: "contacts.last_active",
        parts: ["contacts.last_active IS NOT NULL"], isDescending: true, isNewestFirst: true)
    }
    guard order.count == 1 else { return nil }
    let value = first.column.sql
    if first.column.name == "last_active" {
      return IndexOrder(
        value: value, key: value, parts: ["\(sql: value) IS NOT NULL"],
        isDescending: first.isDescending)
    }
    guard case .identity = first.column.index else { return nil }
    // One index for contacts with an exclusive value, one for the others.
    return IndexOrder(
      value: value, key: "lower(\(sql: value) COLLATE \"C\")",
      parts: [
        "NOT contacts.identity_shared AND \(sql: value) IS NOT NULL",
        "contacts.identity_shared AND \(sql: value) IS NOT NULL",
      ], isDescending: first.isDescending)
  }

  private static func id(_ row: PostgresRow) throws -> Int64 { try row.decode(at: 0) }
}
