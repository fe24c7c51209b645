import Campaigns
import JobQueue
import Postgres

extension Backends {
  /// Whether nothing is due by the clock: no job, and nothing in the tables that is due and has not
  /// become a job yet, as right after the test clock was moved.
  /// - Throws: The error of a server.
  package func isIdle() async throws -> Bool {
    guard try await jobs.isIdle() else { return false }
    let now = clock.now
    if try await CampaignService.isBehind(at: now, on: postgres) { return false }
    let rows = try await postgres.query(
      """
      SELECT EXISTS (SELECT FROM contact_changes) OR EXISTS (SELECT FROM email_acts) OR EXISTS (
          SELECT FROM email_acts_aside WHERE retry_at <= \(now)) OR EXISTS (
          SELECT FROM message_queue
            WHERE state IN (0, 1) AND priority IN (1, 2) AND scheduled_at <= \(now))
      """)
    let isBehind: Bool = try rows.first?.decode(at: 0) ?? false
    // What was just found to be done may have left a job behind.
    return isBehind ? false : try await jobs.isIdle()
  }
}
