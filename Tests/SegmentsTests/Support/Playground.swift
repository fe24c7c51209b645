import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Segments

/// A few named contacts to test filters on: in the database and in the reference evaluator, which must agree.
struct Playground {
  var world = ModelWorld()
  var registry = FilterRegistry.contacts
  let fields: FieldSet
  let pool: PostgresPool
  private var names: [Int64: String] = [:]

  /// Runs a body with a playground in a database of its own.
  static func with(
    _ contacts: KeyValuePairs<String, ModelContact>, segments: [Int64: ModelSegment] = [:],
    _ body: (Playground) async throws -> Void
  ) async throws {
    try await with(contacts.map { ($0, $1) }, segments: segments, body)
  }

  /// Runs a body with a playground at an instant and in a zone.
  static func with(
    _ contacts: [(String, ModelContact)], zone: String = "UTC",
    now: String = "2026-11-21T10:28:51Z", segments: [Int64: ModelSegment] = [:],
    _ body: (Playground) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: ModelLoader.migrations) {
      (database) async throws in
      var world = ModelWorld()
      world.timeZone = try #require(TimeZone(identifier: zone))
      world.now = try Date.ISO8601FormatStyle().parse(now)
      let fields = try await ModelLoader.readFields(&world, pool: database.pool)
      world.segments = segments
      var playground = Playground(fields: fields, pool: database.pool)
      for (index, (name, contact)) in contacts.enumerated() {
        var contact = contact
        contact.id = Int64(index + 1)
        contact.values["points"] = contact.values["points"] ?? .number(0)
        contact.values["is_published"] = contact.values["is_published"] ?? .boolean(true)
        contact.values["date_added"] = contact.values["date_added"] ?? .instant(world.now)
        world.contacts.append(contact)
        playground.names[contact.id] = name
      }
      playground.world = world
      try await ModelLoader.store(world, pool: database.pool)
      try await body(playground)
    }
  }

  private init(fields: FieldSet, pool: PostgresPool) {
    self.fields = fields
    self.pool = pool
  }

  /// A compiler for the playground's instant.
  func compiler() throws -> SegmentCompiler {
    SegmentCompiler(
      registry: registry, fields: fields, timeZone: world.timeZone, now: world.now,
      segments: try world.segments.mapValues { try SegmentFilters(json: $0.filters) })
  }

  /// Returns the names of matching contacts, in order.
  func who(
    _ filters: JSONValue..., references: ReferenceMode = .inlined,
    location: SourceLocation = #_sourceLocation
  ) async throws -> [String] {
    let list = JSONValue.array(filters)
    let compiled = try compiler()
      .compile(try SegmentFilters(json: list), references: references)
    let ids: [Int64] = try await pool.query(
      "SELECT c.id FROM contacts AS c WHERE \(sql: compiled.condition) ORDER BY c.id"
    ).map { try $0.decode("id") }
    let reference = ReferenceEvaluator(world: world)
    #expect(
      ids == world.contacts.filter { reference.matches($0, list) }.map(\.id),
      "the reference evaluator disagrees", sourceLocation: location)
    return ids.compactMap { names[$0] }
  }

  /// Returns the problems of filters in the form of an API response.
  func problems(_ filters: JSONValue..., of segment: Int64? = nil) throws -> [String] {
    do {
      let read = try SegmentFilters(json: .array(filters))
      return try compiler().check(read, of: segment).map(\.description)
    } catch let error as FilterProblems {
      return error.problems.map(\.description)
    }
  }
}

/// A filter; `type` only describes.
func having(
  _ field: String, _ word: String, _ value: JSONValue = .null, object: String = "lead",
  type: String = "text", glue: String = "and"
) -> JSONValue {
  .object([
    "glue": .string(glue), "object": .string(object), "field": .string(field),
    "type": .string(type), "operator": .string(word),
    "properties": .object(["filter": value]),
  ])
}

/// Returns a filter that opens a group.
func or(
  _ field: String, _ word: String, _ value: JSONValue = .null, object: String = "lead"
) -> JSONValue {
  having(field, word, value, object: object, glue: "or")
}

extension ModelContact {
  /// Returns a contact with these values.
  static func with(_ values: [String: ModelValue] = [:]) -> ModelContact {
    ModelContact(id: 0, values: values)
  }

  /// Returns a contact with a text field.
  static func named(_ text: String?) -> ModelContact {
    .with(text.map { ["firstname": .text($0)] } ?? [:])
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  init(stringLiteral value: String) { self = .string(value) }
}
extension JSONValue: ExpressibleByIntegerLiteral {
  init(integerLiteral value: Int64) { self = .integer(value) }
}
extension JSONValue: ExpressibleByBooleanLiteral {
  init(booleanLiteral value: Bool) { self = .boolean(value) }
}
extension JSONValue: ExpressibleByArrayLiteral {
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}
extension JSONValue: ExpressibleByFloatLiteral {
  init(floatLiteral value: Double) { self = .number(value) }
}
