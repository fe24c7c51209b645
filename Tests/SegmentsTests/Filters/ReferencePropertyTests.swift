import Fields
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Segments

@Suite("Segments that reference segments, against the reference evaluator (SEG-80 to SEG-83)")
struct ReferencePropertyTests {
  /// Makes a world of eight segments: each references only earlier ones, some are static, and contacts
  /// were added and removed by hand.
  private func makeWorld(
    _ world: ModelWorld, _ generator: SeededGenerator, asksForAny: Bool
  ) -> ModelWorld {
    var world = world
    var contacts = RandomContacts(generator: generator, world: world)
    world.contacts = (1...80).map { contacts.contact(Int64($0)) }
    var filters = RandomFilters(generator: contacts.generator, world: world)
    filters.asksForAny = asksForAny
    for id in Int64(1)...8 {
      let isStatic = filters.generator.once(in: 4)
      var segment = ModelSegment(filters: isStatic ? .array([]) : filters.filters())
      segment.pinned = Set(filters.generator.some(world.contacts.map(\.id), oneIn: 12))
      segment.barred = Set(filters.generator.some(world.contacts.map(\.id), oneIn: 8))
        .subtracting(segment.pinned)
      world.segments[id] = segment
      filters.segments.append(id)
    }
    return world
  }

  private func compile(
    _ id: Int64, _ world: ModelWorld, _ fields: FieldSet, _ mode: ReferenceMode
  ) throws -> CompiledSegment {
    let segments = try world.segments.mapValues { try SegmentFilters(json: $0.filters) }
    let compiler = SegmentCompiler(
      registry: .contacts, fields: fields, timeZone: world.timeZone, now: world.now,
      segments: segments)
    return try compiler.compile(try #require(segments[id]), references: mode, of: id)
  }

  private func select(_ condition: SQL, _ pool: PostgresPool) async throws -> Set<Int64> {
    Set(
      try await pool.query("SELECT c.id FROM contacts AS c WHERE \(sql: condition)")
        .map { try $0.decode("id") })
  }

  @Test("SEG-80, SEG-82: inlined, filters and manual changes count; stored, the rows count")
  func agreesWithTheReference() async throws {
    let seed = FilterPropertyTests.seed
    print("references: seed \(seed)")
    try await TestDatabase.with(migrations: ModelLoader.migrations) {
      (database) async throws in
      let pool = database.pool
      var base = ModelWorld()
      let fields = try await ModelLoader.readFields(&base, pool: pool)
      for round in 0..<12 {
        let asksForAny = round % 2 == 1
        let generator = SeededGenerator(seed: seed &+ UInt64(round) &* 104_729)
        let world = makeWorld(base, generator, asksForAny: asksForAny)
        let reference = ReferenceEvaluator(world: world)
        try await ModelLoader.store(world, pool: pool)
        for stale in [true, false] where !(stale && asksForAny) {
          try await pool.query(
            "DELETE FROM segment_members WHERE NOT manually_added AND NOT manually_removed")
          for id in world.segments.keys.sorted() {
            // Stored members by filter: arbitrary, or the correct ones.
            let members =
              stale
              ? Set(world.contacts.map(\.id).filter { ($0 &* id) % 3 == 0 })
              : reference.members(of: id)
            try await pool.query(
              """
              INSERT INTO segment_members (contact_id, segment_id, date_added)
              SELECT contact, \(id), \(world.now)
              FROM unnest(\(members.sorted())::bigint[]) AS contact ON CONFLICT DO NOTHING
              """)
          }
          for id in world.segments.keys.sorted() {
            guard let segment = world.segments[id] else { continue }
            let expected = Set(
              world.contacts.filter { reference.matches($0, segment.filters) }.map(\.id))
            let text = try JSON(segment.filters).text
            let inlined = try compile(id, world, fields, .inlined)
            #expect(
              try await select(inlined.condition, pool) == expected,
              "seed \(seed), round \(round), segment \(id), stale \(stale): \(text)")
            guard !stale else { continue }
            let stored = try compile(id, world, fields, .stored)
            #expect(
              try await select(stored.condition, pool) == expected,
              "seed \(seed), round \(round), segment \(id), stored: \(text)")
          }
        }
      }
    }
  }
}
