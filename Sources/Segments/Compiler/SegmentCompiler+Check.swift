extension SegmentCompiler {
  /// Returns the problems of filters that are to be saved (segments.md 11).
  ///
  /// Regular expressions are checked only by the database: see ``RegularExpressions``.
  ///
  /// - Parameters:
  ///   - filters: The filters.
  ///   - segment: The segment they are for, if it is saved already.
  ///   - previous: Its current filters: fields used there may stay although they are no longer
  ///     offered (SEG-38).
  ///   - names: The names of segments, for the message about a cycle.
  package func check(
    _ filters: SegmentFilters, of segment: Int64? = nil, replacing previous: SegmentFilters = .none,
    names: [Int64: String] = [:]
  ) -> [FilterProblem] {
    var problems: [FilterProblem] = []
    for (index, filter) in filters.filters.enumerated() {
      problems += check(filter, at: index, previous)
    }
    if let circle = graph.circle(from: segment, naming: filters.references) {
      let path = circle.map { names[$0].map { "“\($0)”" } ?? "segment \($0)" }
        .joined(separator: " needs ")
      problems.append(
        FilterProblem("the filters contradict those of another segment: \(path)"))
    }
    return problems
  }

  private func check(
    _ filter: SegmentFilter, at index: Int, _ previous: SegmentFilters
  ) -> [FilterProblem] {
    let isKept = previous.filters.contains {
      $0.field == filter.field && $0.object == filter.object
    }
    if let problem = resolver.registry.problem(of: filter, at: index) { return [problem] }
    guard let subject = resolver.subject(filter) else {
      return [
        FilterProblem(
          "the field “\(filter.field)” does not exist, or no segment can use it", index: index,
          member: "field")
      ]
    }
    guard isKept || resolver.isOffered(filter) else {
      return [
        FilterProblem(
          "the field “\(filter.field)” is not available for segments", index: index,
          member: "field")
      ]
    }
    do {
      var change = NextChange()
      _ = try strict.test(filter, at: index, subject, change: &change)
    } catch {
      return [error]
    }
    return filter.references.filter { segments[$0] == nil }.map {
      FilterProblem("the segment \($0) does not exist", index: index, member: "filter")
    }
  }
}
