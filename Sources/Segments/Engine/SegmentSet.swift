import Fields
import Foundation
import Postgres

/// All segments with their filters at one moment, and the conditions of those that follow changes of
/// contacts.
struct SegmentSet: Sendable {
  /// What tells whether a set is still the present one.
  struct Version: Sendable, Equatable {
    var segments: Int64
    var fields: Int64
    var options: SegmentOptions
  }

  struct Entry: Sendable {
    var id: Int64
    /// Nil where old data cannot be understood.
    var filters: SegmentFilters?
    var filtersVersion: Int64
    var isPublished: Bool
    /// Its last rebuild or refresh failed: it waits for the next rebuild.
    var hasFailed: Bool
  }

  let version: Version
  let fields: FieldSet
  let entries: [Int64: Entry]
  /// The filters that could be understood.
  let filters: [Int64: SegmentFilters]
  /// Segments that follow changes, level by level: each looks at members of earlier levels alone.
  let levels: [SegmentLevel]
  /// Why published segments cannot follow.
  let problems: [Int64: String]
  /// The segments of all levels and those that nothing evaluates, for rebuilds of many.
  let order: [[Int64]]
  /// From when on relative dates mean something else.
  let validUntil: Date?

  /// A set with the conditions as they are at an instant.
  init(
    version: Version, fields: FieldSet, entries: [Entry], registry: FilterRegistry, now: Date
  ) {
    self.version = version
    self.fields = fields
    let entries = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let filters = entries.compactMapValues(\.filters)
    self.entries = entries
    self.filters = filters
    let compiler = SegmentCompiler(
      registry: registry, fields: fields, timeZone: version.options.timeZone, now: now,
      segments: filters)
    let order = SegmentOrder(filters)
    let followers = Self.followers(entries)
    var problems: [Int64: String] = [:]
    var validUntil: Date?
    var levels: [SegmentLevel] = []
    for id in followers where entries[id]?.filters == nil {
      problems[id] = "the filters cannot be read"
    }
    for id in followers.intersection(order.circular) { problems[id] = "circular reference" }
    for level in order.levels {
      var live: [LiveSegment] = []
      for id in level where followers.contains(id) {
        guard let filters = filters[id], !filters.isEmpty else { continue }
        do {
          let compiled = try compiler.compile(filters, references: .stored, of: id)
          if let change = compiled.nextChange { validUntil = min(validUntil ?? change, change) }
          live.append(
            LiveSegment(id, filters, compiled, excludesVisitors: version.options.excludesVisitors))
        } catch {
          problems[id] = error.description
        }
      }
      let working = live.filter { !(entries[$0.id]?.hasFailed ?? true) }
      if !working.isEmpty { levels.append(SegmentLevel(working)) }
    }
    self.levels = levels
    self.problems = problems
    self.order = order.levels + (order.circular.isEmpty ? [] : [order.circular.sorted()])
    self.validUntil = validUntil
  }

  /// Published segments, and those that they refer to: these count as if they were published (SEG-87).
  private static func followers(_ entries: [Int64: Entry]) -> Set<Int64> {
    var found = Set(entries.values.filter(\.isPublished).map(\.id))
    var open = Array(found)
    while let id = open.popLast() {
      for reference in entries[id]?.filters?.references ?? []
      where entries[reference] != nil && found.insert(reference).inserted {
        open.append(reference)
      }
    }
    return found
  }

  /// Whether the members of a segment are something that filters of others ask for.
  func isReferredTo(_ segment: Int64) -> Bool {
    filters.contains { id, filters in
      id != segment && (filters.references.contains(segment) || filters.refersToAnySegment)
    }
  }

  /// Whether the set still holds.
  func isCurrent(_ version: Version, now: Date) -> Bool {
    self.version == version && validUntil.map { now < $0 } ?? true
  }
}
