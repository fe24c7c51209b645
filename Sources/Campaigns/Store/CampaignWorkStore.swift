import Foundation
import Postgres

/// The work on campaigns that is under way, with the database sessions of the processes that do it: a process that dies
/// leaves its rows behind, and its sessions end at once. Nothing waits for a disk: when the database crashes, the sessions
/// of all rows end anyway.
enum CampaignWorkStore {
  /// Notes work on a campaign, and forgets that of processes that are gone.
  ///
  /// - Returns: Whether a process is gone that had worked on it.
  static func begin(_ campaign: Int64, turn: UUID, on connection: PostgresConnection) async throws
    -> Bool
  {
    let rows = try await connection.query(
      """
      WITH dead AS (
        DELETE FROM campaign_work AS w WHERE campaign_id = \(campaign) AND NOT EXISTS (
          SELECT FROM pg_stat_get_activity(w.pid) AS a WHERE a.backend_start = w.backend_start)
        RETURNING turn
      ), mine AS (
        INSERT INTO campaign_work (turn, campaign_id, pid, backend_start)
        SELECT \(turn), \(campaign), pid, backend_start
        FROM pg_stat_get_activity(pg_backend_pid())
      )
      SELECT EXISTS (SELECT FROM dead), set_config('synchronous_commit', 'off', true)
      """)
    return try rows.first?.decode(at: 0, as: Bool.self) ?? false
  }

  /// Notes the end of work, whatever its result.
  static func end(_ turn: UUID, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      DELETE FROM campaign_work USING set_config('synchronous_commit', 'off', true)
      WHERE turn = \(turn)
      """)
  }
}
