import Contacts
import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// The engine follows campaigns.md as implemented by a reference interpreter.
///
/// `MARTLET_TEST_SEED` repeats a run, `MARTLET_TEST_WORLDS` and `MARTLET_TEST_STEPS` widen it.
@Suite("Campaigns through random histories")
struct ModelTests {
  static let seed = TestVariable.number("MARTLET_TEST_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
  static let worlds: UInt64 = TestVariable.number("MARTLET_TEST_WORLDS") ?? 8
  static let steps = TestVariable.number("MARTLET_TEST_STEPS") ?? 60

  @Test(
    "Membership, times, execution, edits, manual entries (4 to 10); CAM-905, CAM-906",
    arguments: 0..<worlds)
  func agrees(world: UInt64) async throws {
    let seed = Self.seed &+ world &* 15_485_863
    print("campaigns: seed \(seed)")
    var choice = SeededGenerator(seed: seed ^ 0x5eed)
    let zone = choice.pick(RandomTimes.zones)
    let limit = choice.pick([1, 3, 1000, 1000])
    // Around a day with a clock change in the zone.
    let shift =
      zone.nextDaylightSavingTimeTransition(after: CampaignBed.start) ?? CampaignBed.start
    let start = Date(
      timeIntervalSince1970: ((shift.timeIntervalSince1970 - 90_000) / 60).rounded() * 60)
    var settings = CampaignSettings(companies: CompanyRules())
    settings.timeZone = zone
    settings.maxAttempts = 3
    let fixed = settings
    try await CampaignBed.with(settings: fixed, types: .trial) { bed in
      var run = ModelRun(
        bed: bed, seed: seed, limit: limit, deletes: choice.once(in: 4), start: start)
      run.reference.mostAttempts = 3
      do {
        try await run.begin(
          contacts: limit == 1 ? 4 : 12, events: 4 + Int(choice.next() % 9), zone: zone)
        for step in 1...Self.steps {
          try await run.step()
          if step % 3 == 0 { try await run.check() }
        }
        try await run.recordClaims()
        try await run.check()
      } catch is ModelRun.Disagreement {
        Issue.record("seed \(seed), zone \(zone.identifier), \(limit) at a time")
      }
      print("campaigns: seed \(seed), \(run.comparisons) comparisons, \(limit) at a time")
    }
  }
}
