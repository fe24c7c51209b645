package import Postgres
package import Query

extension StageStore {
  /// Returns the stage with an id; `nil` if it does not exist.
  package func find(_ id: Int64) async throws -> StageRecord? {
    try await pool.withConnection { try await Self.record(id, on: $0) }
  }

  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY stages.id"
  ) async throws -> (records: [StageRecord], total: Int) {
    try await pool.page(
      Self.columns, from: "stages", where: condition, order: order, start: start, limit: limit,
      Self.records)
  }

  static func record(
    _ id: Int64, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> StageRecord? {
    let rows = try await connection.query(
      "SELECT \(sql: columns) FROM stages WHERE stages.id = \(id) \(sql: lock)")
    return try await records(rows, on: connection).first
  }

  private static let columns: SQL = """
    id, name, weight, description, category_id, publish_up, publish_down, is_published,
      \(sql: RecordDates.columns(of: "stages"))
    """

  /// Returns stages with their categories, which a second statement reads.
  private static func records(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [StageRecord] {
    let ids = Set(try rows.compactMap { try $0.decode("category_id", as: Int64?.self) })
    let categories = try await CategoryStore.categories(ids.sorted(), on: connection)
    return try rows.map { row in
      StageRecord(
        stage: Stage(
          id: try row.decode("id"), name: try row.decode("name"),
          weight: try row.decode("weight"), description: try row.decode("description")),
        category: try row.decode("category_id", as: Int64?.self).flatMap { categories[$0] },
        publishUp: try row.decode("publish_up"), publishDown: try row.decode("publish_down"),
        isPublished: try row.decode("is_published"), dates: try RecordDates(row))
    }
  }
}

extension ListQuery {
  /// The list of stages: its conditions refer to the table `stages` by that name.
  package static let stages = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "stages"), QueryColumn("name", .text, of: "stages"),
      QueryColumn("weight", .integer, of: "stages"),
      QueryColumn("description", .text, of: "stages"),
      QueryColumn("category_id", .integer, of: "stages", otherNames: ["category"]),
      QueryColumn("publish_up", .instant, of: "stages"),
      QueryColumn("publish_down", .instant, of: "stages"),
    ] + published("stages"),
    mainColumns: ["name", "description"])
}
