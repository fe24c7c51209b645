import Fields
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing
import Users

@testable import Segments

/// Compares the compiled condition with the reference evaluator: every contact, thousands of filters.
///
/// `MARTLET_TEST_SEED` and `MARTLET_TEST_FILTERS` (filters per world) repeat or widen a run.
@Suite struct FilterPropertyTests {
  static let seed: UInt64 = {
    let given: UInt64? = TestVariable.number("MARTLET_TEST_SEED")
    return given ?? .random(in: 0...999_999_999)
  }()

  static let filtersPerWorld =
    TestVariable.number("MARTLET_TEST_FILTERS") ?? 250

  /// Instants far from any boundary, just before and after midnight, and around clock changes.
  static let worlds: [(zone: String, now: String)] = [
    ("UTC", "2026-11-21T10:28:51Z"), ("Europe/Berlin", "2026-03-29T00:30:00Z"),
    ("America/New_York", "2026-01-01T03:00:00Z"), ("Pacific/Auckland", "2024-02-28T23:59:59Z"),
    ("Asia/Kolkata", "2026-08-30T18:30:00Z"),
  ]

  @Test func agreesWithTheReference() async throws {
    print("filters: seed \(Self.seed)")
    try await TestDatabase.with(migrations: ModelLoader.migrations) { (database) async throws in
      var world = ModelWorld()
      let fields = try await ModelLoader.readFields(&world, pool: database.pool)
      for (number, place) in Self.worlds.enumerated() {
        let generator = SeededGenerator(seed: Self.seed &+ UInt64(number) &* 7919)
        world.timeZone = try #require(TimeZone(identifier: place.zone))
        world.now = try Date.ISO8601FormatStyle().parse(place.now)
        var contacts = RandomContacts(generator: generator, world: world)
        world.contacts = (1...120).map { contacts.contact(Int64($0)) }
        try await ModelLoader.store(world, pool: database.pool)
        var filters = RandomFilters(generator: contacts.generator, world: world)
        for _ in 0..<Self.filtersPerWorld {
          try await compare(filters.filters(), world, fields, database.pool)
        }
      }
    }
  }

  /// Compares one list of filters over all contacts; a failure shows the smallest failing filters.
  private func compare(
    _ filters: JSONValue, _ world: ModelWorld, _ fields: FieldSet, _ pool: PostgresPool
  ) async throws {
    let compiler = SegmentCompiler(
      registry: .contacts, fields: fields, timeZone: world.timeZone, now: world.now, segments: [:])
    let reference = ReferenceEvaluator(world: world)
    let compiled = try compiler.compile(try SegmentFilters(json: filters), references: .stored)
    // As a value it must be true or false, never null; as a condition it must mean the same.
    let rows = try await pool.query(
      "SELECT c.id, (\(sql: compiled.condition)) AS matches FROM contacts AS c ORDER BY c.id")
    var found: Set<Int64> = []
    for row in rows where try row.decode("matches", as: Bool.self) {
      found.insert(try row.decode("id"))
    }
    let selected: [Int64] = try await pool.query(
      "SELECT c.id FROM contacts AS c WHERE \(sql: compiled.condition)"
    ).map { try $0.decode("id") }
    #expect(Set(selected) == found && selected.count == found.count, "\(filters)")
    // Compiled for a range of contacts, it must give the same result for these.
    let ranged = try compiler.compile(
      try SegmentFilters(json: filters), references: .stored, within: 40...60)
    let inRange: [Int64] = try await pool.query(
      "SELECT c.id FROM contacts AS c WHERE c.id BETWEEN 40 AND 60 AND \(sql: ranged.condition)"
    ).map { try $0.decode("id") }
    #expect(Set(inRange) == found.filter { (40...60).contains($0) }, "\(filters)")
    let expected = Set(world.contacts.filter { reference.matches($0, filters) }.map(\.id))
    guard found != expected else { return }
    if case .array(let list) = filters, list.count > 1 {
      for filter in list { try await compare(.array([filter]), world, fields, pool) }
    }
    let wrong = found.symmetricDifference(expected).sorted()
    let first = world.contacts.first { $0.id == wrong.first }
    let text = try JSON(filters).text
    Issue.record(
      """
      seed \(Self.seed), zone \(world.timeZone.identifier), now \(world.now): \(text)
      differs on \(wrong.prefix(5)); the first is \(String(describing: first))
      """)
  }
}
