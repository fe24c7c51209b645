import Fields
import Foundation
import Postgres

/// All segments with their filters at one moment, and the conditions of those that follow changes of
/// contacts.
struct SegmentSet: Sendable {
  /// The version that tells whether a set is still current.
  struct Version: Sendable, Equatable {
    var segments: Int64
    var fields: Int64
    var options: SegmentOptions
  }

  struct Entry: Sendable {
    var id: Int64
    /// Nil where stored data cannot be read.
    var filters: SegmentFilters?
    var filtersVersion: Int64
    var isPublished: Bool
    /// Whether the last rebuild or refresh failed; the segment waits for the next rebuild.
    var hasFailed: Bool
  }

  let version: Version
  let fields: FieldSet
  let entries: [Int64: Entry]
  /// The readable filters, by segment.
  let filters: [Int64: SegmentFilters]
  /// Segments that follow changes, by level: each reads members of earlier levels only.
  let levels: [SegmentLevel]
  /// The reasons why published segments cannot follow, by segment.
  let problems: [Int64: String]
  /// The order for rebuilds of many segments: all levels, and the segments that are not evaluated.
  let order: [[Int64]]
  /// The instant from which relative dates mean something else.
  let validUntil: Date?

  /// Creates a set with the conditions as of an instant.
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

  /// Returns published segments and those they reference, which count as published (SEG-87).
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

  /// Whether filters of other segments reference this segment.
  func isReferredTo(_ segment: Int64) -> Bool {
    filters.contains { id, filters in
      id != segment && (filters.references.contains(segment) || filters.refersToAnySegment)
    }
  }

  /// Whether the set is still valid.
  func isCurrent(_ version: Version, now: Date) -> Bool {
    self.version == version && validUntil.map { now < $0 } ?? true
  }
}
