import Foundation
import JobQueue
import Postgres

/// Finds work that nobody was told of: the process that should have told died, or Redis was emptied (CAM-901).
struct CampaignReconciler {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Stages what comes due before long, and brings campaigns that became live up to date.
  func reconcile(_ context: JobContext) async throws {
    let (now, jobs) = (context.clock.now, service.jobs)
    try await updateLive(now)
    let (due, waiting) = try await jobs.postgres.withConnection {
      (
        try await Self.dueSoon(now, on: $0), try await AnnouncementStore.isAnyWaiting(on: $0)
      )
    }
    await service.timers.stage(due)
    try await cancelLapsed(now)
    if waiting { try await jobs.enqueue(FollowSegments()) }
    try await context.complete()
  }

  /// Campaigns that became live since the last reconciliation, by their window or their category, have their members
  /// brought up to date; what came due meanwhile is due now (CAM-603).
  private func updateLive(_ now: Date) async throws {
    try await service.jobs.transaction(at: now) { transaction in
      for campaign in try await CampaignStore.noteLiveness(in: transaction) {
        try CampaignUpdates.request(campaign, in: transaction.outbox)
      }
    }
  }

  /// Cancels what a worker that died had claimed of an event that was deleted meanwhile.
  private func cancelLapsed(_ now: Date) async throws {
    let events = try await service.jobs.postgres.withConnection {
      try await TimerStore.eventsWithLapsedLeases(now: now, deleted: true, on: $0)
    }
    for event in events {
      try await service.jobs.enqueue(
        CancelEvent(event: event, isSecondSweep: true), EnqueueOptions(uniqueKey: "\(event)"))
    }
  }

  /// The timers of live campaigns until the lookahead, which is longer than the time to the next reconciliation, and
  /// those of lapsed leases (CAM-462).
  static func dueSoon(
    _ now: Date, on connection: PostgresConnection
  ) async throws -> Set<TimerBucket> {
    var timers = try await TimerStore.dueBuckets(
      now: now, until: now.addingTimeInterval(TimerBucket.lookahead), on: connection)
    let lapsed = try await TimerStore.eventsWithLapsedLeases(
      now: now, deleted: false, on: connection)
    for event in lapsed { timers.insert(TimerBucket(event: event, at: now)) }
    return timers
  }
}
