import Foundation
import JobQueue
import Postgres

/// The requests for updates of members that are not done yet.
enum UpdateRequestStore {
  /// The seconds for which a request is left to its job.
  static let patience: TimeInterval = 15
  /// The seconds after the death of a job before another one is added.
  static let pauseAfterDeath: TimeInterval = 300

  static func note(_ campaign: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      "UPDATE campaigns SET update_requested_at = \(transaction.now) WHERE id = \(campaign)")
  }

  /// Notes that the requests until an instant are done.
  static func done(_ campaign: Int64, until instant: Date, in transaction: Transaction) async throws
  {
    try await transaction.query(
      """
      UPDATE campaigns SET update_requested_at = NULL
      WHERE id = \(campaign) AND update_requested_at <= \(instant)
      """)
  }

  /// Returns the live campaigns whose request has no job that will do it, nor one that has just died.
  static func abandoned(in transaction: Transaction) async throws -> [Int64] {
    let now = transaction.now
    return try await transaction.query(
      """
      SELECT c.id FROM campaigns c
      WHERE c.update_requested_at <= \(now.addingTimeInterval(-patience))
        AND \(sql: CampaignSQL.isLive(now))
        AND NOT EXISTS (SELECT FROM jobs j
          WHERE j.object_type = 'campaign' AND j.object_id = c.id AND j.name = \(UpdateCampaign.name)
            AND (\(sql: JobTable.isUnfinished("j"))
              OR j.last_error_at > \(now.addingTimeInterval(-pauseAfterDeath))))
      ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
      """
    ).map { try $0.decode(at: 0) }
  }
}
