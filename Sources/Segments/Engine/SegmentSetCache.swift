package import Fields
import Foundation
import Postgres
import Primitives
import Synchronization

/// An in-memory cache of segment definitions, valid while the database has the same version.
package final class SegmentSetCache: Sendable {
  let fields: FieldStore
  let registry: FilterRegistry
  let options: @Sendable () async throws -> SegmentOptions
  private let cache = Mutex<SegmentSet?>(nil)

  /// Creates an empty cache.
  ///
  /// - Parameters:
  ///   - fields: The fields that filters may read.
  ///   - registry: The special filter fields.
  ///   - options: The source of the options, asked at each use so that a change is in force at once.
  package init(
    fields: FieldStore, registry: FilterRegistry = .contacts,
    options: @escaping @Sendable () async throws -> SegmentOptions = { SegmentOptions() }
  ) {
    self.fields = fields
    self.registry = registry
    self.options = options
  }

  /// The columns of the current version, to append to another query.
  static let versions: SQL = """
    SELECT s.version AS segments, f.version AS fields FROM segments_version AS s, fields_version AS f
    """

  /// Returns the segments as a connection currently sees them.
  func current(on connection: PostgresConnection, now: Date) async throws -> SegmentSet {
    try await current(try await connection.query(Self.versions), on: connection, now: now)
  }

  /// Returns the segments of versions just read on the same connection.
  func current(
    _ versions: PostgresRows, on connection: PostgresConnection, now: Date
  ) async throws -> SegmentSet {
    let version = SegmentSet.Version(
      segments: try versions.first?.decode("segments") ?? 0,
      fields: try versions.first?.decode("fields") ?? 0, options: try await options())
    if let cached = cache.withLock({ $0 }), cached.isCurrent(version, now: now) { return cached }
    let loaded = try await load(version.options, on: connection, now: now)
    cache.withLock { cached in
      let isOlder = cached.map { $0.version.segments <= loaded.version.segments } ?? true
      if isOlder { cached = loaded }
    }
    return loaded
  }

  /// Reads version and definitions in one statement, so that they are consistent.
  private func load(
    _ options: SegmentOptions, on connection: PostgresConnection, now: Date
  ) async throws -> SegmentSet {
    let fields = try await fields.current(on: connection)
    let rows = try await connection.query(
      """
      SELECT v.version, s.id, s.filters, s.filters_version, s.is_published,
        s.build_error IS NOT NULL AS failed
      FROM segments_version AS v LEFT JOIN segments AS s ON true
      """)
    let version = SegmentSet.Version(
      segments: try rows.first?.decode("version") ?? 0, fields: fields.version, options: options)
    let entries = try rows.filter { try !$0.isNull("id") }.map(Self.entry)
    return SegmentSet(
      version: version, fields: fields, entries: entries, registry: registry, now: now)
  }

  private static func entry(_ row: PostgresRow) throws -> SegmentSet.Entry {
    let json: JSON = try row.decode("filters")
    return SegmentSet.Entry(
      id: try row.decode("id"), filters: SegmentFilters(stored: json),
      filtersVersion: try row.decode("filters_version"),
      isPublished: try row.decode("is_published"), hasFailed: try row.decode("failed"))
  }
}

extension SegmentFilters {
  /// Reads stored filters; nil if they cannot be read, which the rebuild of their segment
  /// reports (SEG-86).
  init?(stored json: JSON) {
    do {
      self = try SegmentFilters(json: try json.decode(JSONValue.self))
    } catch {
      return nil
    }
  }
}
