package import Primitives

/// The filters of a segment in their order (segments.md 3 and 4).
package struct SegmentFilters: Sendable, Equatable {
  package let filters: [SegmentFilter]

  /// No filters: a static segment.
  package static let none = SegmentFilters()

  private init() { filters = [] }

  /// Creates a list of one filter.
  init(_ filter: SegmentFilter) { filters = [filter] }

  /// Reads filters from a request or from storage.
  ///
  /// Only the form is checked here; ``SegmentCompiler/check`` checks fields and operators.
  ///
  /// - Parameter json: A list of filters; `null` is an empty one.
  /// - Throws: Every problem of every filter.
  package init(json: JSONValue) throws(FilterProblems) {
    if json == .null {
      filters = []
      return
    }
    guard let entries = json.entries else {
      throw FilterProblems([FilterProblem("the filters must be a list")])
    }
    guard entries.count <= FilterLimits.filters else {
      throw FilterProblems([
        FilterProblem("a segment can have \(FilterLimits.filters) filters, not \(entries.count)")
      ])
    }
    var read: [SegmentFilter] = []
    var problems: [FilterProblem] = []
    for (index, entry) in entries.enumerated() {
      var reader = FilterReader(index: index)
      if let filter = reader.read(entry) { read.append(filter) }
      problems += reader.problems
    }
    guard problems.isEmpty else { throw FilterProblems(problems) }
    filters = read
  }

  /// Whether there are no filters, which makes the segment static.
  package var isEmpty: Bool { filters.isEmpty }

  /// The groups, one of which must hold (SEG-10), each with its filters and their indices in the list.
  package var groups: [[(index: Int, filter: SegmentFilter)]] {
    var groups: [[(index: Int, filter: SegmentFilter)]] = []
    for (index, filter) in filters.enumerated() {
      if groups.isEmpty || filter.glue == .or { groups.append([]) }
      groups[groups.count - 1].append((index, filter))
    }
    return groups
  }

  /// The segments that filters reference (SEG-80), whether they exist or not.
  package var references: Set<Int64> {
    Set(filters.flatMap(\.references))
  }

  /// Whether a filter tests membership of any segment at all.
  package var refersToAnySegment: Bool {
    filters.contains { $0.isMembership && !$0.comparison.needsValue }
  }

  /// The canonical form as stored: exactly the members that were sent.
  package var json: JSONValue { .array(filters.map(\.json)) }

  /// Returns the wire form, see ``SegmentFilter/wire(edited:)``.
  package func wire(edited: Bool) -> JSONValue { .array(filters.map { $0.wire(edited: edited) }) }
}

extension SegmentFilter {
  /// The field name of the membership filter.
  static let membershipField = "leadlist"

  /// Whether it tests membership of segments.
  var isMembership: Bool {
    field == Self.membershipField && (object == .contact || object == .behaviors)
  }

  /// The segments it references.
  var references: [Int64] {
    guard isMembership, comparison.takesList else { return [] }
    return (FilterList.texts(value) ?? []).compactMap { Int64($0) }
  }
}
