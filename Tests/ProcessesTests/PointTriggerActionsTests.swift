import Campaigns
import Contacts
import Foundation
import Postgres
import Primitives
import Runtime
import TestSupport
import Testing

@testable import Points
@testable import Processes

@Suite("Actions of point triggers on other modules")
struct PointTriggerActionsTests {
  @Test("PTS-26: modify campaigns: adding is by hand, removing is an exit")
  func campaigns() async throws {
    let redis = try TestRedis()
    try await TestDatabase.with(migrations: Schema.all) { database in
      let backends = try Backends(
        try ProcessConfiguration.load(
          .worker,
          environment: [
            "MARTLET_DATABASE_URL": database.url, "MARTLET_REDIS_URL": redis.url,
            "MARTLET_REDIS_PREFIX": redis.prefix,
          ]), logger: .silent)
      let pool = database.pool
      let now = backends.clock.now
      try await pool.query(
        "INSERT INTO contacts (id, date_added, date_identified) VALUES (1, \(now), \(now))")
      for id in [1, 2] {
        try await pool.query(
          "INSERT INTO campaigns (id, name, date_added) VALUES (\(id), 'Campaign', \(now))")
      }
      try await backends.campaigns.members.add([1], to: 2)
      let action = try #require(
        backends.pointTriggerActions.action(PointTriggerEventType.changeCampaigns.rawValue))
      func call(_ properties: Primitives.JSONValue) async throws {
        try await backends.jobs.transaction(at: now) { transaction in
          let json = try JSON(properties)
          let rows = try await transaction.query(
            """
            SELECT 1::bigint AS id, 1::bigint AS trigger_id, 'Move' AS name, NULL AS description,
              'campaign.changecampaign' AS type, 1 AS position, \(json) AS properties
            """)
          let outcomes = try await action(
            PointTriggerCall(
              contacts: [1], event: try PointTriggerEvent(rows[0]),
              transaction: transaction))
          #expect(outcomes.isEmpty)
        }
      }
      try await call(.object(["addTo": .array([.string("1")]), "removeFrom": .integer(2)]))
      let members = try await pool.query(
        """
        SELECT campaign_id, is_active, manually_added, date_last_exited IS NOT NULL
        FROM campaign_members WHERE contact_id = 1 ORDER BY 1
        """
      ).map { try $0.decode(Int64.self, Bool.self, Bool.self, Bool.self) }
      #expect(members.map(\.0) == [1, 2] && members.map(\.1) == [true, false])
      #expect(members.map(\.2) == [true, true] && members.map(\.3) == [false, true])
      // Unchecked old data is refused permanently, with the reason.
      await #expect(throws: InvalidInput.self) {
        try await call(.object(["addTo": .string("this")]))
      }
      await backends.close()
    }
    try await redis.cleanup()
  }
}
