import Foundation
import Imports
import Postgres
import TestSupport
import Testing

@testable import Segments

/// Compares live membership, a full rebuild and the reference evaluator through random histories.
///
/// `MARTLET_TEST_SEED` repeats a run, `MARTLET_TEST_STEPS` widens it.
@Suite struct ModelTests {
  static let steps =
    TestVariable.number("MARTLET_TEST_STEPS") ?? 60

  @Test("SEG-77: contacts, filters, explicit changes, deletions, merges, edits", arguments: 0..<4)
  func agrees(round: Int) async throws {
    let seed = FilterPropertyTests.seed &+ UInt64(round) &* 15_485_863
    let zone = try #require(
      TimeZone(identifier: ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"][round % 4]))
    var world = ModelWorld()
    world.timeZone = zone
    world.now = try Date.ISO8601FormatStyle().parse("2026-11-21T10:28:51Z")
    let clock = MovableClock(at: world.now)
    try await SegmentBed.with(
      options: SegmentOptions(timeZone: zone), clock: clock.clock,
      migrations: SegmentBed.migrations + ModelLoader.migrations.suffix(1)
    ) { bed in
      _ = try await ModelLoader.readFields(&world, pool: bed.pool)
      var check = ModelCheck(
        bed: bed, clock: clock, world: world, generator: SeededGenerator(seed: seed))
      try await bed.working(concurrency: 2) {
        try await check.begin(contacts: 40, segments: 9)
        try await check.check("seed \(seed), beginning")
        for step in 1...Self.steps {
          // Sometimes several changes happen before the comparison.
          for _ in 0...(check.generator.next() % 3) { try await check.step() }
          try await check.check("seed \(seed), step \(step)")
          if step % 20 == 0 {
            try await check.nextDay()
            try await check.check("seed \(seed), step \(step), next day")
          }
          if step % 10 == 0 { try await check.checkRebuild("seed \(seed), step \(step)") }
        }
      }
      print("segments: seed \(seed), \(check.comparisons) comparisons")
    }
  }

  @Test("SEG-77: imports, with refreshes and changes during and between them", arguments: 0..<3)
  func agreesAfterImports(round: Int) async throws {
    let seed = FilterPropertyTests.seed &+ UInt64(round) &* 32_452_843
    var world = ModelWorld()
    world.now = try Date.ISO8601FormatStyle().parse("2026-11-21T10:28:51Z")
    let clock = MovableClock(at: world.now)
    try await SegmentBed.with(
      clock: clock.clock,
      migrations: SegmentBed.migrations + ImportMigrations.all + ModelLoader.migrations.suffix(1)
    ) { bed in
      let fields = bed.cache.fields
      _ = try await ModelLoader.readFields(&world, pool: bed.pool)
      // Ids of the model's own contacts are below.
      try await bed.pool.query("SELECT setval('contacts_id_seq', 10000)")
      try await bed.pool.query(
        "INSERT INTO tags (tag, date_added) SELECT 'tag ' || n, \(world.now) FROM generate_series(1, 4) AS n"
      )
      try await bed.pool.query(
        """
        INSERT INTO stages (name, weight, date_added)
        SELECT 'stage ' || n, n, \(world.now) FROM generate_series(1, 4) AS n
        """)
      let imports = ImportService(jobs: bed.jobs, fields: fields, logger: .silent)
      var check = ModelCheck(
        bed: bed, clock: clock, world: world, generator: SeededGenerator(seed: seed))
      try await bed.working(
        concurrency: 3, waker: true,
        others: { ImportJobs.register(in: &$0, pool: bed.pool, fields: fields) }
      ) {
        try await check.begin(contacts: 30, segments: 12)
        try await check.check("seed \(seed), beginning")
        for step in 1...max(3, Self.steps / 6) {
          try await check.importFile(imports)
          try await check.check("seed \(seed), import \(step)")
          if step % 5 == 0 { try await check.checkRebuild("seed \(seed), import \(step)") }
          for _ in 0...(check.generator.next() % 3) { try await check.step() }
        }
      }
      #expect(check.imported > 0)
      print("segments: seed \(seed), \(check.imported) rows, \(check.comparisons) comparisons")
    }
  }
}
