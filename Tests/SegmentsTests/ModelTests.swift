import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Segments

/// Live membership equals a full rebuild equals the reference evaluator, through random histories.
///
/// `MARTLET_TEST_SEED` repeats a run, `MARTLET_TEST_STEPS` widens it.
@Suite struct ModelTests {
  static let steps =
    ProcessInfo.processInfo.environment["MARTLET_TEST_STEPS"].flatMap { Int($0) } ?? 60

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
          // Now and then several things happen before anybody looks.
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
}
