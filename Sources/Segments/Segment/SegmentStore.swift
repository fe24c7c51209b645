import Contacts
package import Postgres
import Primitives

/// Reads segments from the database.
package struct SegmentStore: Sendable {
  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Returns the segment with an id.
  package func segment(_ id: Int64) async throws -> Segment? {
    try await pool.withConnection { try await Self.find("s.id = \(id)", on: $0).first }
  }

  /// Returns the segment with an alias.
  package func segment(alias: String) async throws -> Segment? {
    try await pool.withConnection { try await Self.find("s.alias = \(alias)", on: $0).first }
  }

  /// Returns all segments by name.
  package func list() async throws -> [Segment] {
    try await pool.withConnection { try await Self.find("true", on: $0) }
  }

  /// Returns the names of the segments whose filters reference a record in a field: campaign 7 in `campaign`.
  package func names(naming record: Int64, by field: String) async throws -> [String] {
    let filter = JSONValue.array([.object(["field": .string(field)])])
    let rows = try await pool.query(
      "SELECT name, filters FROM segments WHERE filters @> \(try JSON(filter)) ORDER BY lower(name), id"
    )
    return try rows.compactMap { row in
      let filters = SegmentFilters(stored: try row.decode("filters"))?.filters ?? []
      let isNamed = filters.contains { filter in
        filter.field == field
          && FilterList.texts(filter.value)?.contains(String(record)) ?? false
      }
      return isNamed ? try row.decode("name") : nil
    }
  }

  /// Whether a segment exists.
  package func exists(_ id: Int64) async throws -> Bool {
    try await !pool.query("SELECT FROM segments WHERE id = \(id)").isEmpty
  }

  /// Returns the published segments an actor may choose: public ones, and their own (api.md 8.2).
  package func choices(for actor: SegmentActor) async throws -> [Segment] {
    try await pool.withConnection {
      try await Self.find(
        "s.is_published AND (s.is_global OR s.created_by = \(actor.id))", on: $0)
    }
  }

  /// Returns a page of the segments that satisfy a condition.
  ///
  /// - Parameters:
  ///   - condition: A condition on `segments AS s`.
  ///   - order: `ORDER BY` and what follows it.
  ///   - start: The number of segments to skip.
  ///   - limit: The maximum number to return.
  /// - Returns: The segments, and their total number.
  package func page(
    where condition: SQL, order: SQL, start: Int, limit: Int
  ) async throws -> (segments: [Segment], total: Int) {
    try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      let segments = try await Self.find(
        condition, order: order, rest: "LIMIT \(limit) OFFSET \(start)", on: connection)
      let count = try await connection.query(
        "SELECT count(*) FROM segments AS s WHERE \(sql: condition)")
      return (segments, try count.first?.decode(at: 0) ?? 0)
    }
  }

  /// Returns the numbers of active members (SEG-79), for all segments in the argument.
  package func counts(_ ids: [Int64]) async throws -> [Int64: Int] {
    let rows = try await pool.query(
      """
      SELECT segment_id, count(*) FROM segment_members
      WHERE segment_id = ANY (\(ids))
        AND \(sql: SegmentMember.isMember("segment_members")) GROUP BY segment_id
      """)
    var counts = Dictionary(ids.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
    for row in rows { counts[try row.decode(at: 0)] = try row.decode(at: 1) }
    return counts
  }

  /// Returns the segments that satisfy a condition on `segments AS s`.
  static func find(
    _ condition: SQL, order: SQL = "ORDER BY lower(s.name), s.id", rest: SQL = "",
    on connection: PostgresConnection
  ) async throws -> [Segment] {
    let rows = try await connection.query(
      """
      SELECT \(sql: columns) FROM segments AS s
      WHERE \(sql: condition) \(sql: order) \(sql: rest)
      """)
    let filed = try rows.compactMap { try $0.decode("category_id", as: Int64?.self) }
    let categories = try await CategoryStore.categories(filed, on: connection)
    return try rows.map { try segment($0, categories) }
  }

  private static let columns: SQL = """
    s.id, s.name, s.public_name, s.alias, s.description, s.category_id, s.is_published,
    s.is_global, s.is_preference_center, s.filters, s.filters_edited, s.last_built_at,
    s.built_version >= s.filters_version AS is_current, s.last_build_seconds, s.rebuild_at,
    s.build_error, \(sql: RecordDates.columns(of: "s"))
    """

  private static func segment(
    _ row: PostgresRow, _ categories: [Int64: Contacts.Category]
  ) throws -> Segment {
    Segment(
      id: try row.decode("id"), name: try row.decode("name"),
      publicName: try row.decode("public_name"), alias: try row.decode("alias"),
      description: try row.decode("description"),
      category: try row.decode("category_id", as: Int64?.self).flatMap { categories[$0] },
      isPublished: try row.decode("is_published"), isGlobal: try row.decode("is_global"),
      isPreferenceCenter: try row.decode("is_preference_center"),
      filters: try row.decode("filters", as: JSON.self).decode(),
      filtersEdited: try row.decode("filters_edited"), dates: try RecordDates(row),
      build: SegmentBuild(
        lastBuiltAt: try row.decode("last_built_at"), isCurrent: try row.decode("is_current"),
        lastSeconds: try row.decode("last_build_seconds"), dueAt: try row.decode("rebuild_at"),
        error: try row.decode("build_error")))
  }
}
