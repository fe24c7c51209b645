import Foundation
import Postgres
import Primitives

/// A rebuild that is about to begin.
struct NewRebuild: Sendable {
  let segment: Int64
  let request: Int64
  let inlinesReferences: Bool
  let now: Date
  var limit: Int?
  var options = SegmentOptions()
  var filtersVersion: Int64 = 0
  private(set) var definitions = JSONValue.object([:])
  private(set) var nextChange: Date?
  private(set) var isStatic = false

  init(segment: Int64, request: Int64, inlinesReferences: Bool, now: Date) {
    self.segment = segment
    self.request = request
    self.inlinesReferences = inlinesReferences
    self.now = now
  }

  /// Checks that the filters can be evaluated (SEG-85, SEG-86), and freezes them.
  mutating func compile(_ set: SegmentSet, registry: FilterRegistry) throws(RebuildRefusal) {
    if let problem = set.problems[segment] { throw RebuildRefusal(description: problem) }
    guard let filters = set.filters[segment] else {
      throw RebuildRefusal(description: "the filters cannot be read")
    }
    let compiler = SegmentCompiler(
      registry: registry, fields: set.fields, timeZone: options.timeZone, now: now,
      segments: set.filters)
    do {
      // Where the calendar changes members through a referenced segment, that segment's own rebuild
      // marks them.
      nextChange = try compiler.compile(filters, references: .stored, of: segment).nextChange
      if inlinesReferences { _ = try compiler.compile(filters, references: .inlined, of: segment) }
    } catch {
      throw RebuildRefusal(description: error.description)
    }
    isStatic = filters.isEmpty
    definitions = FrozenRebuild.definitions(segment, set.filters)
  }

  /// Inserts the rebuild's row.
  func insert(
    lastContact: Int64 = 0, ranges: Int = 0, state: SegmentRebuild.State = .running,
    error: String? = nil, on connection: PostgresConnection
  ) async throws -> Int64 {
    let inserted = try await RebuildStore.insert(
      self, lastContact: lastContact, ranges: ranges, state: state, error: error, on: connection)
    guard let id = inserted else {
      throw RebuildRefusal(description: "the rebuild was not recorded")
    }
    return id
  }
}

/// The reason why a rebuild cannot begin.
struct RebuildRefusal: Error, CustomStringConvertible {
  let description: String
}
