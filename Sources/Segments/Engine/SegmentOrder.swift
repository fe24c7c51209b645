/// The order in which segments are evaluated (SEG-82): referenced segments first.
struct SegmentOrder: Sendable {
  /// Segments whose references are all in earlier levels.
  let levels: [[Int64]]
  /// Segments that reference themselves, directly or through others, and those that reference such.
  let circular: Set<Int64>

  init(_ filters: [Int64: SegmentFilters]) {
    let graph = ReferenceGraph(filters)
    let (levels, circular) = graph.levels()
    // A filter on membership of any segment depends on all segments without such a filter.
    let asking = Set(filters.filter { $0.value.refersToAnySegment }.keys)
    let last = asking.union(graph.dependents(of: asking))
    let first = levels.map { $0.filter { !last.contains($0) } }
    let second = levels.map { $0.filter { last.contains($0) } }
    self.levels = (first + second).filter { !$0.isEmpty }
    self.circular = circular
  }
}
