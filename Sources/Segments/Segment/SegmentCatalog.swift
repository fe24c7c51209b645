/// The filters and names of all segments, to check how they depend on each other.
struct SegmentCatalog: Sendable {
  struct Entry: Sendable {
    var id: Int64
    var name: String
    var isPublished: Bool
    var isGlobal: Bool
    var createdBy: Int64?
    /// Nil where stored data cannot be read.
    var filters: SegmentFilters?

    var references: Set<Int64> { filters?.references ?? [] }
  }

  private let entries: [Int64: Entry]

  init(_ entries: [Entry]) {
    self.entries = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(id: Int64) -> Entry? { entries[id] }

  /// The readable filters, by segment.
  var filters: [Int64: SegmentFilters] { entries.compactMapValues(\.filters) }

  /// The names of all segments, by id.
  var names: [Int64: String] { entries.mapValues(\.name) }

  /// Returns the segments whose filters reference one, by name.
  func users(of id: Int64) -> [Entry] {
    entries.values.filter { $0.id != id && $0.references.contains(id) }
      .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }
}
