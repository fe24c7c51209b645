import Foundation
import JobQueue
import Postgres

/// Counts a campaign's log anew and puts right what the counters say (CAM-803).
enum StatisticsRepair {
  static func handle(_ job: RepairStatistics, _ context: JobContext) async throws {
    try await context.complete { connection, _ in
      let changed = try await run(job.campaign, on: connection)
      try context.setResult(["corrected": changed])
    }
  }

  /// - Returns: How many counters were wrong.
  static func run(_ campaign: Int64, on connection: PostgresConnection) async throws -> Int {
    // Nobody counts meanwhile.
    try await connection.query(
      """
      LOCK TABLE campaign_event_hours, campaign_event_counts, campaign_member_hours
      IN SHARE ROW EXCLUSIVE MODE
      """)
    var corrected = 0
    for (table, truth) in [("campaign_event_counts", present(campaign))] {
      let rows = try await connection.query(
        """
        WITH truth AS (\(sql: truth)), counted AS (
          SELECT event_id, sum(executed) AS executed, sum(yes) AS yes, sum(no) AS no,
            sum(failed) AS failed
          FROM \(identifier: table) WHERE campaign_id = \(campaign) GROUP BY event_id
        ), wrong AS (
          SELECT coalesce(t.event_id, c.event_id) AS event_id,
            coalesce(t.executed, 0) - coalesce(c.executed, 0) AS executed,
            coalesce(t.yes, 0) - coalesce(c.yes, 0) AS yes,
            coalesce(t.no, 0) - coalesce(c.no, 0) AS no,
            coalesce(t.failed, 0) - coalesce(c.failed, 0) AS failed
          FROM truth t FULL JOIN counted c ON c.event_id = t.event_id
        )
        INSERT INTO \(identifier: table) AS old
          (event_id, slot, campaign_id, executed, yes, no, failed)
        SELECT event_id, 0, \(campaign), executed, yes, no, failed FROM wrong
        WHERE (executed, yes, no, failed) <> (0, 0, 0, 0)
        ON CONFLICT (event_id, slot) DO UPDATE SET executed = old.executed + excluded.executed,
          yes = old.yes + excluded.yes, no = old.no + excluded.no,
          failed = old.failed + excluded.failed
        RETURNING 1
        """)
      corrected += rows.count
    }
    return corrected
  }

  /// What the log says of active members' present rotations (CAM-801).
  static func present(_ campaign: Int64) -> SQL {
    """
    SELECT l.event_id, count(*) FILTER (WHERE l.state = 3) AS executed,
      count(*) FILTER (WHERE l.state = 3 AND l.path) AS yes,
      count(*) FILTER (WHERE l.state = 3 AND NOT l.path) AS no,
      count(*) FILTER (WHERE l.state = 4) AS failed
    FROM campaign_members m JOIN campaign_log l ON l.contact_id = m.contact_id
      AND l.campaign_id = m.campaign_id AND l.rotation = m.rotation AND l.state IN (3, 4)
    WHERE m.campaign_id = \(campaign) AND m.is_active GROUP BY l.event_id
    """
  }
}
