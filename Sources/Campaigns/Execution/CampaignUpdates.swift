import Foundation
import JobQueue
import Primitives

/// Requests for updates of members. A request is noted until it is done, so that reconciliation finds a campaign whose
/// job has died or is gone (CAM-911).
enum CampaignUpdates {
  /// Adds the update job of a campaign; for a future instant it is added once.
  @discardableResult
  static func request(
    _ campaign: Int64, at instant: Date? = nil, in transaction: Transaction
  ) async throws -> JobID {
    if instant == nil { try await UpdateRequestStore.note(campaign, in: transaction) }
    return try transaction.outbox.add(
      UpdateCampaign(campaign: campaign),
      EnqueueOptions(
        runAt: instant,
        uniqueKey: instant.map { "\(campaign):\(Int64(saturating: $0.timeIntervalSince1970))" },
        object: JobSubject(type: "campaign", id: campaign)))
  }

  /// Adds jobs for requests that have none any more.
  static func repair(in transaction: Transaction) async throws {
    for campaign in try await UpdateRequestStore.abandoned(in: transaction) {
      try await request(campaign, in: transaction)
    }
  }
}
