import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import TestSchema
import TestSupport
import Users

@testable import Segments

/// A database with everything that segments need, and a Redis key prefix.
struct DefinitionBed: Sendable {
  let pool: PostgresPool
  let jobs: JobClient
  let editor: SegmentEditor
  let store: SegmentStore

  static let migrations =
    JobQueueSchema.migrations + UsersMigrations.all + ContactsMigrations.all
    + SegmentsMigrations.all

  static let kim = SegmentActor(id: 2, name: "Kim", isAdministrator: false)
  static let lee = SegmentActor(id: 3, name: "Lee", isAdministrator: false)

  /// Runs a closure with a bed.
  static func with(
    uses: [SegmentUse] = [], _ body: @Sendable (DefinitionBed) async throws -> Void
  ) async throws {
    let redis = try TestRedis()
    do {
      try await TestDatabase.with(migrations: migrations) { database in
        let jobs = JobClient(
          redis: redis.connection, postgres: database.pool, prefix: redis.prefix, logger: .silent)
        let editor = SegmentEditor(
          jobs: jobs, fields: FieldStore(pool: database.pool), uses: uses)
        try await body(
          DefinitionBed(
            pool: database.pool, jobs: jobs, editor: editor,
            store: SegmentStore(pool: database.pool)))
      }
    } catch {
      try await redis.cleanup()
      throw error
    }
    try await redis.cleanup()
  }

  /// Creates a segment.
  @discardableResult
  func make(
    _ name: String, _ filters: [JSONValue] = [], by actor: SegmentActor = .system
  ) async throws -> Segment {
    try await editor.create(SegmentInput(name: name, filters: .array(filters)), by: actor)
  }

  /// Creates contacts by first name, and returns their ids.
  func contacts(_ names: String...) async throws -> [Int64] {
    try await pool.query(
      """
      INSERT INTO contacts (firstname, date_added)
      SELECT name, '2026-01-01Z' FROM unnest(\(names)::text[]) WITH ORDINALITY AS n (name, place)
      ORDER BY place RETURNING id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the number of waiting rebuilds of a segment.
  func waitingRebuilds(of id: Int64) async throws -> Int {
    try await jobs.jobs(
      JobFilter(name: RebuildSegment.name, state: .queued, objectType: "segment", objectID: id)
    ).count
  }
}

/// A filter on a contact's text field.
func textFilter(
  _ field: String, _ comparison: String, _ value: JSONValue?, glue: String = "and"
) -> JSONValue {
  var properties: [String: JSONValue] = [:]
  properties["filter"] = value
  return .object([
    "glue": .string(glue), "object": .string("lead"), "field": .string(field),
    "type": .string("text"), "operator": .string(comparison), "properties": .object(properties),
  ])
}

/// A filter on membership of segments.
func membershipFilter(_ comparison: String, _ segments: Int64..., glue: String = "and") -> JSONValue
{
  .object([
    "glue": .string(glue), "object": .string("lead"), "field": .string("leadlist"),
    "type": .string("leadlist"), "operator": .string(comparison),
    "properties": .object(["filter": .array(segments.map(JSONValue.integer))]),
  ])
}

/// Returns the problems of a refused edit or creation: member and message.
func refusal(_ body: () async throws -> Void) async -> [String: String] {
  do {
    try await body()
    return [:]
  } catch SegmentError.invalid(let problems) {
    return Dictionary(problems.map { ($0.member, $0.message) }, uniquingKeysWith: { $0 + $1 })
  } catch {
    return ["": "\(error)"]
  }
}
