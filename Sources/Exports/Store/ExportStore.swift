import Foundation
package import Postgres
package import Query

/// Reads exports.
package struct ExportStore: Sendable {
  /// The connection pool.
  package let pool: PostgresPool

  /// Creates a store on a database.
  package init(pool: PostgresPool) { self.pool = pool }

  /// The columns to search and order the list of exports by (api.md 11.3).
  package static let query: ListQuery = {
    func column(_ name: String, _ kind: QueryColumn.Kind, _ other: [String] = []) -> QueryColumn {
      QueryColumn(name, kind, of: "exports", otherNames: other)
    }
    var list = ListQuery(
      columns: [
        column("id", .integer), column("format", .text), column("status", .integer),
        column("file_name", .text), column("row_count", .integer),
        column("processed_count", .integer), column("file_size", .integer),
        column("date_added", .instant), column("date_modified", .instant),
        column("date_started", .instant), column("date_ended", .instant),
        column("date_expires", .instant), column("created_by", .integer),
        column("created_by_user", .text),
      ], mainColumns: ["file_name"], newestFirst: true)
    for status in ExportStatus.allCases {
      list.states[status.name] = { _ in "exports.status = \(status.rawValue)" }
    }
    list.states["mine"] = { "exports.created_by = \($0.user)" }
    return list
  }()

  /// Returns an export by its id.
  ///
  /// - Throws: ``ExportError`` `notFound`.
  package func get(_ id: Int64) async throws -> Export {
    let found = try await pool.withConnection { try await Self.find(id, on: $0) }
    guard let found else { throw ExportError.noSuchExport(id) }
    return found
  }

  /// Returns exports of one user or of all, newest first by default.
  ///
  /// - Throws: `QueryError` for an invalid search or order.
  package func list(
    _ request: ListRequest, of user: Int64?, start: Int = 0, limit: Int = 30
  ) async throws -> (total: Int, exports: [Export]) {
    var condition = try Self.query.condition(request)
    if let user { condition = "exports.created_by = \(user) AND (\(sql: condition))" }
    let rows = try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM exports WHERE \(sql: condition)
      \(sql: try Self.query.order(request)) OFFSET \(start) LIMIT \(limit)
      """)
    let total = try await pool.query(
      "SELECT count(*) AS n FROM exports WHERE \(sql: condition)")
    return (try total.first?.decode("n") ?? 0, try rows.map(Self.decode))
  }

  static func find(
    _ id: Int64, on connection: PostgresConnection, lock: Bool = false
  ) async throws -> Export? {
    let suffix: SQL = lock ? " FOR UPDATE" : ""
    return try await connection.query(
      "SELECT \(sql: columns) FROM exports WHERE id = \(id)\(sql: suffix)"
    ).first.map(decode)
  }

  static let columns: SQL = """
    id, options, status, columns, file_name, row_count, processed_count, neutralised_count,
    shortened_count, left_out, run, part_bytes, file_size, sha256, error, job_id::text AS job_id, date_added,
    date_modified, created_by, created_by_user, modified_by, modified_by_user, date_started,
    date_ended, date_expires
    """

  static func decode(_ row: PostgresRow) throws -> Export {
    Export(
      id: try row.decode("id"), options: try row.decode("options", as: JSON.self).decode(),
      status: ExportStatus(rawValue: try row.decode("status")) ?? .failed,
      columns: try row.decode("columns"), fileName: try row.decode("file_name"),
      rowCount: try row.decode("row_count"), processedCount: try row.decode("processed_count"),
      neutralisedCount: try row.decode("neutralised_count"),
      shortenedCount: try row.decode("shortened_count"),
      leftOut: try row.decode("left_out", as: JSON.self).decode(), run: try row.decode("run"),
      partBytes: try row.decode("part_bytes", as: Int?.self) ?? 1 << 20,
      fileSize: try row.decode("file_size"), sha256: try row.decode("sha256"),
      error: try row.decode("error", as: JSON?.self)?.decode(), jobID: try row.decode("job_id"),
      dateAdded: try row.decode("date_added"), dateModified: try row.decode("date_modified"),
      createdBy: try row.decode("created_by"), createdByUser: try row.decode("created_by_user"),
      modifiedBy: try row.decode("modified_by"),
      modifiedByUser: try row.decode("modified_by_user"),
      dateStarted: try row.decode("date_started"), dateEnded: try row.decode("date_ended"),
      dateExpires: try row.decode("date_expires"))
  }
}
