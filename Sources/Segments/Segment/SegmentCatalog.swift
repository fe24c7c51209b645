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
