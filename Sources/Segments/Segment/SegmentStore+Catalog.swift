import Postgres

extension SegmentStore {
  /// Reads the filters of all segments.
  static func catalog(on connection: PostgresConnection) async throws -> SegmentCatalog {
    let rows = try await connection.query(
      "SELECT id, name, is_published, is_global, created_by, filters FROM segments")
    return SegmentCatalog(
      try rows.map { row in
        SegmentCatalog.Entry(
          id: try row.decode("id"), name: try row.decode("name"),
          isPublished: try row.decode("is_published"), isGlobal: try row.decode("is_global"),
          createdBy: try row.decode("created_by"),
          filters: SegmentFilters(stored: try row.decode("filters")))
      })
  }

  /// Returns the aliases with a prefix, except one segment's.
  static func aliases(
    startingWith text: String, except segment: Int64?, on connection: PostgresConnection
  ) async throws -> Set<String> {
    Set(
      try await connection.query(
        """
        SELECT alias FROM segments
        WHERE starts_with(alias, \(text)) AND id IS DISTINCT FROM \(segment)
        """
      ).map { try $0.decode(at: 0, as: String.self) })
  }

  /// Returns the names of the segments whose filters contain a document, in order.
  static func names(
    containing filter: JSON, on connection: PostgresConnection
  ) async throws -> [String] {
    try await connection.query(
      "SELECT name FROM segments WHERE filters @> \(filter) ORDER BY lower(name), id"
    ).map { try $0.decode(at: 0) }
  }
}
