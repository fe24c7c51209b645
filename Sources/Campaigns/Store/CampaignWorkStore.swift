import Foundation
import Postgres

/// The work on campaigns that is under way, with the database sessions of the processes that do it: a process that dies
/// leaves its rows behind, and its sessions end at once (CAM-463). Nothing waits for a disk: when the database crashes, the sessions
/// of all rows end anyway.
enum CampaignWorkStore {
  /// Notes work on a campaign, and the death of processes that are gone. Their rows stay while the campaign is suspect:
  /// jobs that begin at the same moment all learn of it.
  ///
  /// - Returns: Whether a process died lately that had worked on it.
  static func begin(
    _ campaign: Int64, turn: UUID, at now: Date, on connection: PostgresConnection
  ) async throws -> Bool {
    let suspicion = CampaignStore.suspicion
    let rows = try await connection.query(
      """
      WITH gone AS MATERIALIZED (
        SELECT turn, died_at IS NULL OR died_at > \(now.addingTimeInterval(-suspicion))
          AND died_at <= \(now.addingTimeInterval(suspicion)) AS is_recent
        FROM campaign_work AS w WHERE campaign_id = \(campaign) AND (died_at IS NOT NULL
          OR NOT EXISTS (SELECT FROM pg_stat_get_activity(w.pid) AS a
            WHERE a.backend_start = w.backend_start))
      ), dead AS (
        UPDATE campaign_work AS w SET died_at = \(now) FROM gone
        WHERE w.turn = gone.turn AND w.died_at IS NULL
      ), past AS (
        DELETE FROM campaign_work AS w USING gone WHERE w.turn = gone.turn AND NOT gone.is_recent
      ), mine AS (
        INSERT INTO campaign_work (turn, campaign_id, pid, backend_start)
        SELECT \(turn), \(campaign), pid, backend_start
        FROM pg_stat_get_activity(pg_backend_pid())
      )
      SELECT EXISTS (SELECT FROM gone WHERE is_recent),
        set_config('synchronous_commit', 'off', true)
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
