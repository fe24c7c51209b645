import Foundation
import JobQueue

/// Finds work without a job: the process that should have enqueued it died, or a campaign's window has begun.
struct CampaignReconciler {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Updates campaigns that became live, and follows segments.
  func reconcile(_ context: JobContext) async throws {
    let (now, jobs) = (context.clock.now, service.jobs)
    try await updateLive(now)
    let isWaiting = try await jobs.postgres.withConnection {
      try await AnnouncementStore.isAnyWaiting(on: $0)
    }
    if isWaiting { try await jobs.enqueue(FollowSegments()) }
    try await context.complete()
  }

  /// Requests updates of the members of campaigns that became live since the last reconciliation, by their
  /// window or category, and of those whose job has died (CAM-911); entries that came due meanwhile are due now (CAM-603).
  private func updateLive(_ now: Date) async throws {
    try await service.jobs.transaction(at: now) { transaction in
      for campaign in try await CampaignStore.noteLiveness(in: transaction) {
        try await CampaignUpdates.request(campaign, in: transaction)
      }
      try await CampaignUpdates.repair(in: transaction)
    }
  }
}
