import Postgres

/// What all segments filter by, as far as they depend on each other.
struct SegmentCatalog: Sendable {
  struct Entry: Sendable {
    var id: Int64
    var name: String
    var isPublished: Bool
    var isGlobal: Bool
    var createdBy: Int64?
    /// Nil where old data cannot be understood.
    var filters: SegmentFilters?

    var references: Set<Int64> { filters?.references ?? [] }
  }

  private let entries: [Int64: Entry]

  init(_ entries: [Entry]) {
    self.entries = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(id: Int64) -> Entry? { entries[id] }

  /// The filters that could be understood, by segment.
  var filters: [Int64: SegmentFilters] { entries.compactMapValues(\.filters) }

  /// The names of all, by number.
  var names: [Int64: String] { entries.mapValues(\.name) }

  /// The segments whose filters name one, by name.
  func users(of id: Int64) -> [Entry] {
    entries.values.filter { $0.id != id && $0.references.contains(id) }
      .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }
}

extension SegmentCatalog {
  /// Reads all segments' filters.
  static func load(on connection: PostgresConnection) async throws -> SegmentCatalog {
    let rows = try await connection.query(
      "SELECT id, name, is_published, is_global, created_by, filters FROM segments")
    return SegmentCatalog(
      try rows.map { row in
        Entry(
          id: try row.decode("id"), name: try row.decode("name"),
          isPublished: try row.decode("is_published"), isGlobal: try row.decode("is_global"),
          createdBy: try row.decode("created_by"),
          filters: SegmentFilters(stored: try row.decode("filters")))
      })
  }
}
