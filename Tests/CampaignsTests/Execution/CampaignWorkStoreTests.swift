import Foundation
import Postgres
import TestSupport
import Testing

@testable import Campaigns

@Suite("Work on campaigns that is under way")
struct CampaignWorkStoreTests {
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func begin(
    _ campaign: Int64, after seconds: TimeInterval = 0, _ pool: PostgresPool
  ) async throws -> Bool {
    try await pool.withConnection {
      try await CampaignWorkStore.begin(
        campaign, turn: UUID(), at: Self.now.addingTimeInterval(seconds), on: $0)
    }
  }

  /// Leaves work behind whose session is gone, as a process does that dies.
  private func die(at campaign: Int64, _ pool: PostgresPool) async throws {
    try await pool.query(
      """
      INSERT INTO campaign_work (turn, campaign_id, pid, backend_start)
      VALUES (gen_random_uuid(), \(campaign), 1, '2020-01-01')
      """)
  }

  @Test("CAM-463: all jobs that begin at the moment after a death are careful")
  func allAreCareful() async throws {
    try await TestDatabase.with(migrations: CampaignBed.migrations) { database in
      let pool = database.pool
      for _ in 0..<20 {
        try await pool.query("TRUNCATE campaign_work")
        try await die(at: 1, pool)
        let careful = try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<4 { group.addTask { try await begin(1, pool) } }
          return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(careful == 4)
      }
    }
  }

  @Test("CAM-463: a campaign is suspect for five minutes, and others are not")
  func suspicionEnds() async throws {
    try await TestDatabase.with(migrations: CampaignBed.migrations) { database in
      let pool = database.pool
      #expect(try await !begin(1, pool))
      try await die(at: 1, pool)
      #expect(try await !begin(2, pool))
      #expect(try await begin(1, pool))
      #expect(try await begin(1, after: 299, pool))
      #expect(try await !begin(1, after: 300, pool))
      let left = try await pool.query("SELECT FROM campaign_work WHERE died_at IS NOT NULL")
      #expect(left.isEmpty)
    }
  }
}
