import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Campaigns

@Suite("CAM-911: requests to bring members up to date")
struct UpdateRequestTests {
  private static func requests(_ bed: CampaignBed) async throws -> Int {
    try await bed.pool.query(
      "SELECT FROM jobs WHERE name = 'campaign.update' AND state <> 2"
    ).count
  }

  private static func look(_ bed: CampaignBed) async throws {
    try await bed.jobs.transaction(at: bed.now) { try await CampaignUpdates.repair(in: $0) }
  }

  @Test("A published campaign whose job is gone or dead gets another one, and its members")
  func repairs() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, members: [1, 2, 3])
      let campaign = try await bed.campaign([E.points("p")])
      #expect(try await Self.requests(bed) == 1)
      bed.clock.now += 20
      // Its job waits: there is nothing to repair.
      try await Self.look(bed)
      #expect(try await Self.requests(bed) == 1)
      try await bed.pool.query("DELETE FROM jobs")
      try await Self.look(bed)
      #expect(try await Self.requests(bed) == 1)
      // One that has just died is not followed at once.
      bed.clock.now += 20
      try await bed.pool.query("UPDATE jobs SET state = 2, last_error_at = \(bed.now)")
      try await Self.look(bed)
      #expect(try await Self.requests(bed) == 0)
      bed.clock.now += 301
      try await Self.look(bed)
      #expect(try await Self.requests(bed) == 1)
      try await bed.working(scheduling: true) {
        let isDone = try await eventually {
          let members = try await bed.pool.query("SELECT FROM campaign_members").count
          let requests = try await Self.requests(bed)
          return members == 3 && requests == 0
        }
        #expect(isDone)
      }
      // What is done is not repaired.
      bed.clock.now += 1_000
      try await Self.look(bed)
      #expect(try await Self.requests(bed) == 0)
      // Nor is anything of a campaign that is not live.
      try await bed.edit(campaign.id) { $0.isPublished = false }
      try await bed.edit(campaign.id) { $0.isPublished = true }
      try await bed.edit(campaign.id) { $0.isPublished = false }
      try await bed.pool.query("DELETE FROM jobs")
      bed.clock.now += 1_000
      try await Self.look(bed)
      #expect(try await Self.requests(bed) == 0)
    }
  }
}
