/// The references between segments in their filters (segments.md 8).
package struct ReferenceGraph: Sendable {
  private let edges: [Int64: [Int64]]

  /// Creates the graph of these segments, leaving out ids of segments that do not exist.
  package init(_ segments: [Int64: SegmentFilters]) {
    edges = segments.mapValues { filters in
      filters.references.filter { segments[$0] != nil }.sorted()
    }
  }

  /// Returns a cycle reachable from a segment, with the path to it; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - segment: The segment to start from, or `nil` for one that is not saved yet.
  ///   - references: Its references, which replace those in the graph.
  package func circle(from segment: Int64?, naming references: Set<Int64>) -> [Int64]? {
    var path = segment.map { [$0] } ?? []
    var isOnPath = Set(path)
    var isDone: Set<Int64> = []
    // An explicit stack instead of recursion, as chains may be of any length (SEG-83).
    var waiting: [[Int64]] = [references.sorted()]
    while var next = waiting.popLast() {
      guard let id = next.popLast() else {
        if waiting.isEmpty { break }
        let left = path.removeLast()
        isOnPath.remove(left)
        isDone.insert(left)
        continue
      }
      waiting.append(next)
      if isOnPath.contains(id) { return path.drop { $0 != id } + [id] }
      guard !isDone.contains(id) else { continue }
      path.append(id)
      isOnPath.insert(id)
      waiting.append(edges[id] ?? [])
    }
    return nil
  }

  /// Returns the segments in levels: each references only segments of earlier levels (SEG-82).
  /// Those in a cycle, or leading to one, are in none.
  package func levels() -> (levels: [[Int64]], circular: Set<Int64>) {
    var open = edges.mapValues(\.count)
    var users: [Int64: [Int64]] = [:]
    for (user, used) in edges { for id in used { users[id, default: []].append(user) } }
    var levels: [[Int64]] = []
    var level = open.filter { $0.value == 0 }.map(\.key).sorted()
    while !level.isEmpty {
      levels.append(level)
      var next: [Int64] = []
      for id in level {
        open[id] = nil
        for user in users[id] ?? [] {
          open[user, default: 0] -= 1
          if open[user] == 0 { next.append(user) }
        }
      }
      level = next.sorted()
    }
    return (levels, Set(open.keys))
  }

  /// Returns the segments that reference one of these, directly or through others.
  package func dependents(of segments: Set<Int64>) -> Set<Int64> {
    var users: [Int64: [Int64]] = [:]
    for (user, used) in edges { for id in used { users[id, default: []].append(user) } }
    var found: Set<Int64> = []
    var waiting = Array(segments)
    while let id = waiting.popLast() {
      for user in users[id] ?? [] where found.insert(user).inserted { waiting.append(user) }
    }
    return found
  }
}
