import Postgres
package import Query

extension ImportStore {
  /// ``Import/shownStatus``.
  private static let shownStatus: SQL = """
    CASE WHEN imports.is_foreground AND imports.status IN (\(literal: ImportStatus.queued),
      \(literal: ImportStatus.inProgress), \(literal: ImportStatus.delayed))
      THEN \(literal: ImportStatus.manual) ELSE imports.status END
    """

  /// The columns to search and order the list of imports by (api.md 11.2).
  package static let query: ListQuery = {
    func column(_ name: String, _ kind: QueryColumn.Kind) -> QueryColumn {
      QueryColumn(name, kind, of: "imports")
    }
    var list = ListQuery(
      columns: [
        column("id", .integer),
        QueryColumn(
          "object", .text, sql: "CASE imports.object WHEN 'lead' THEN 'contact' ELSE object END"),
        column("original_file", .text), QueryColumn("status", .integer, sql: shownStatus),
        column("priority", .integer),
        column("is_published", .boolean), column("line_count", .integer),
        column("inserted_count", .integer), column("updated_count", .integer),
        column("ignored_count", .integer), column("date_added", .instant),
        column("date_modified", .instant), column("date_started", .instant),
        column("date_ended", .instant), column("created_by", .integer),
        column("created_by_user", .text),
      ], mainColumns: ["original_file"], newestFirst: true)
    for status in ImportStatus.allCases {
      list.states[status.name] = { _ in
        "(\(sql: shownStatus)) = \(status.rawValue)"
      }
    }
    return list
  }()

  /// Returns imports, newest first by default.
  ///
  /// - Parameters:
  ///   - request: The search and the order.
  ///   - status: Only imports in this status.
  ///   - object: Only imports of this object.
  /// - Throws: `QueryError` for an invalid search or order.
  package func list(
    _ request: ListRequest, status: ImportStatus? = nil, object: ImportObject? = nil,
    start: Int = 0, limit: Int = 30
  ) async throws -> (total: Int, imports: [Import]) {
    var condition = try Self.query.condition(request)
    if let status { condition += " AND (\(sql: Self.shownStatus)) = \(status.rawValue)" }
    if let object { condition += " AND imports.object = \(object.rawValue)" }
    let rows = try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM imports WHERE \(sql: condition)
      \(sql: try Self.query.order(request)) OFFSET \(start) LIMIT \(limit)
      """)
    let total = try await pool.query(
      "SELECT count(*) AS n FROM imports WHERE \(sql: condition)")
    return (try total.first?.decode("n") ?? 0, try rows.map(Self.decode))
  }
}
