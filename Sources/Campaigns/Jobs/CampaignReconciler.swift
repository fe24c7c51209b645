import Foundation
import JobQueue
import Postgres

/// Finds work without a job: the process that should have enqueued it died, or Redis was emptied (CAM-901).
struct CampaignReconciler {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Stages timers that are due soon, and updates campaigns that became live.
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

  /// Cancels entries that a dead worker had claimed and whose event was deleted meanwhile.
  private func cancelLapsed(_ now: Date) async throws {
    let events = try await service.jobs.postgres.withConnection {
      try await TimerStore.eventsWithLapsedLeases(now: now, deleted: true, on: $0)
    }
    for event in events {
      try await service.jobs.enqueue(
        CancelEvent(event: event, isSecondSweep: true), EnqueueOptions(uniqueKey: "\(event)"))
    }
  }

  /// Returns the timers of live campaigns until the lookahead, which is longer than the time to the next
  /// reconciliation, and those of lapsed leases (CAM-462).
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
