import Fields
import Foundation
import Postgres
import Primitives
import Synchronization

/// The frozen inputs that all ranges of a rebuild use, whatever is edited meanwhile.
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
  /// Whether any of its filters, or of those it inlines, has a regular expression.
  let hasPattern: Bool

  /// Returns a condition on `contacts AS c` for ids in a range; it is undefined for other contacts.
  func condition(within range: ClosedRange<Int64>) throws(CompileError) -> SQL {
    try compiler.compile(filters, references: references, of: segment, within: range)
      .condition(excludesVisitors: excludesVisitors)
  }

  /// Returns the condition that uses the stored members of referenced segments, as the live refresh does.
  ///
  /// - Returns: nil where ``condition(within:)`` already does so.
  func storedCondition(within range: ClosedRange<Int64>) throws(CompileError) -> SQL? {
    guard references == .inlined, !filters.references.isEmpty || filters.refersToAnySegment else {
      return nil
    }
    return try compiler.compile(filters, references: .stored, of: segment, within: range)
      .condition(excludesVisitors: excludesVisitors)
  }

  /// Reads a rebuild with its filters as of its instant.
  ///
  /// - Returns: nil if the rebuild no longer exists.
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

  /// Returns the filters that a rebuild needs: its own, and those of all segments that they depend on.
  static func definitions(_ segment: Int64, _ filters: [Int64: SegmentFilters]) -> JSONValue {
    var members: [String: JSONValue] = [:]
    var open = [segment]
    while let id = open.popLast() {
      guard members[String(id)] == nil, let own = filters[id] else { continue }
      members[String(id)] = own.json
      open.append(contentsOf: own.references)
      // A filter on any segment needs to know the other segments with such a filter, their own or through
      // others, as these do not count.
      if own.refersToAnySegment {
        let asking = Set(filters.filter { $0.value.refersToAnySegment }.keys)
        open.append(contentsOf: asking.union(ReferenceGraph(filters).dependents(of: asking)))
      }
    }
    return .object(members)
  }
}

/// The rebuilds whose ranges this process is working on. Their inputs never change, except that a field
/// may be deleted; then the database reports an error.
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
