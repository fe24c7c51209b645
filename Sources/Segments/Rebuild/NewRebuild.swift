import Contacts
import Foundation
import Postgres

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

  /// Tries whether the filters can be evaluated (SEG-85, SEG-86), and freezes them.
  mutating func compile(_ set: SegmentSet, registry: FilterRegistry) throws(RebuildRefusal) {
    if let problem = set.problems[segment] { throw RebuildRefusal(description: problem) }
    guard let filters = set.filters[segment] else {
      throw RebuildRefusal(description: "the filters cannot be read")
    }
    let compiler = SegmentCompiler(
      registry: registry, fields: set.fields, timeZone: options.timeZone, now: now,
      segments: set.filters)
    do {
      // When members change with the calendar through a segment that this one refers to, that
      // segment's own rebuild tells of it.
      nextChange = try compiler.compile(filters, references: .stored, of: segment).nextChange
      if inlinesReferences { _ = try compiler.compile(filters, references: .inlined, of: segment) }
    } catch {
      throw RebuildRefusal(description: error.description)
    }
    isStatic = filters.isEmpty
    definitions = FrozenRebuild.definitions(segment, set.filters)
  }

  /// Writes the rebuild's row.
  func insert(
    lastContact: Int64 = 0, ranges: Int = 0, state: SegmentRebuild.State = .running,
    error: String? = nil, on connection: PostgresConnection
  ) async throws -> Int64 {
    let rows = try await connection.query(
      """
      INSERT INTO segment_rebuilds (segment_id, request, state, filters_version, definitions,
        takes_in, time_zone, excludes_visitors, instant, next_change, last_contact, limited_to,
        ranges, error, started_at, ended_at)
      VALUES (\(segment), \(request), \(state.rawValue)::smallint, \(filtersVersion),
        \(try JSON(definitions)), \(inlinesReferences), \(options.timeZone.identifier),
        \(options.excludesVisitors), \(now), \(nextChange), \(lastContact), \(limit),
        \(ranges)::integer, \(error), \(now), \(state == .running ? nil : now))
      RETURNING id
      """)
    guard let id: Int64 = try rows.first?.decode(at: 0) else {
      throw RebuildRefusal(description: "the rebuild was not recorded")
    }
    return id
  }
}

/// Why a rebuild cannot begin.
struct RebuildRefusal: Error, CustomStringConvertible {
  let description: String
}
