import Fields
import Foundation
import Postgres
import Primitives
import Synchronization

/// What all ranges of a rebuild go by, whatever is edited meanwhile.
struct FrozenRebuild: Sendable {
  let id: Int64
  let segment: Int64
  let filtersVersion: Int64
  let instant: Date
  let limit: Int?
  private let compiler: SegmentCompiler
  private let filters: SegmentFilters
  private let references: ReferenceMode
  private let excludesVisitors: Bool
  /// Whether there are regular expressions among the filters, its own or those it takes in.
  let hasPattern: Bool

  /// True or false on `contacts AS c` with an id in a range; nothing else is looked at.
  func condition(within range: ClosedRange<Int64>) throws(CompileError) -> SQL {
    try compiler.compile(filters, references: references, of: segment, within: range)
      .condition(excludesVisitors: excludesVisitors)
  }

  /// The same by the members that the segments have which the filters refer to, as the live refresh sees it.
  ///
  /// - Returns: nil where ``condition(within:)`` is that already.
  func storedCondition(within range: ClosedRange<Int64>) throws(CompileError) -> SQL? {
    guard references == .inlined, !filters.references.isEmpty || filters.refersToAnySegment else {
      return nil
    }
    return try compiler.compile(filters, references: .stored, of: segment, within: range)
      .condition(excludesVisitors: excludesVisitors)
  }

  /// Reads a rebuild with its filters as of its instant.
  ///
  /// - Returns: nil if there is no such rebuild any more.
  static func load(
    _ id: Int64, fields: FieldSet, registry: FilterRegistry, on connection: PostgresConnection
  ) async throws -> FrozenRebuild? {
    guard let row = try await RebuildStore.frozen(id, on: connection) else { return nil }
    let segment: Int64 = try row.decode("segment_id")
    let instant: Date = try row.decode("instant")
    let definitions = try row.decode("definitions", as: JSON.self).decode(JSONValue.self)
    var all: [Int64: SegmentFilters] = [:]
    if case .object(let members) = definitions {
      for (name, filters) in members {
        guard let number = Int64(name) else { continue }
        all[number] = try SegmentFilters(json: filters)
      }
    }
    let zone: String = try row.decode("time_zone")
    let compiler = SegmentCompiler(
      registry: registry, fields: fields, timeZone: TimeZone(identifier: zone) ?? .gmt,
      now: instant, segments: all)
    return FrozenRebuild(
      id: id, segment: segment, filtersVersion: try row.decode("filters_version"),
      instant: instant, limit: try row.decode("limited_to"),
      compiler: compiler, filters: all[segment] ?? .none,
      references: try row.decode("takes_in") ? .inlined : .stored,
      excludesVisitors: try row.decode("excludes_visitors"),
      hasPattern: all.values.contains(where: \.hasPattern))
  }

  /// The filters that a rebuild needs: its own, those it takes in, and that the others exist.
  static func definitions(_ segment: Int64, _ filters: [Int64: SegmentFilters]) -> JSONValue {
    var members: [String: JSONValue] = [:]
    var open = [segment]
    while let id = open.popLast() {
      guard members[String(id)] == nil, let own = filters[id] else { continue }
      members[String(id)] = own.json
      open.append(contentsOf: own.references)
      // Whoever asks for membership of any segment has to know who else asks so, himself or through others:
      // these do not count.
      if own.refersToAnySegment {
        let asking = Set(filters.filter { $0.value.refersToAnySegment }.keys)
        open.append(contentsOf: asking.union(ReferenceGraph(filters).dependents(of: asking)))
      }
    }
    return .object(members)
  }
}

/// The rebuilds whose ranges this process works on. What they go by never changes, except that a field
/// may go; then the database says so.
final class FrozenRebuilds: Sendable {
  private let known = Mutex<[FrozenRebuild]>([])
  private static let capacity = 16

  subscript(id: Int64) -> FrozenRebuild? { known.withLock { $0.first { $0.id == id } } }

  func add(_ rebuild: FrozenRebuild) {
    known.withLock { known in
      known.removeAll { $0.id == rebuild.id }
      known.append(rebuild)
      if known.count > Self.capacity { known.removeFirst() }
    }
  }
}
