/// In which order segments are evaluated (SEG-82): those that others refer to first.
struct SegmentOrder: Sendable {
  /// Segments whose references are all in earlier levels.
  let levels: [[Int64]]
  /// Segments that refer to themselves, directly or through others, and those that refer to such.
  let circular: Set<Int64>

  init(_ filters: [Int64: SegmentFilters]) {
    let graph = ReferenceGraph(filters)
    let (levels, circular) = graph.levels()
    // Who asks for membership of any segment looks at all that do not ask so themselves.
    let asking = Set(filters.filter { $0.value.refersToAnySegment }.keys)
    let last = asking.union(graph.dependents(of: asking))
    let first = levels.map { $0.filter { !last.contains($0) } }
    let second = levels.map { $0.filter { last.contains($0) } }
    self.levels = (first + second).filter { !$0.isEmpty }
    self.circular = circular
  }
}
