import Foundation
import JobQueue

/// Moves contacts into and out of campaigns as segments announce moves.
struct SegmentFollower {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Processes the waiting announcements. Postponed ones come after these and are left to another job.
  func follow(_ context: JobContext) async throws {
    let postgres = service.jobs.postgres
    let last = try await postgres.withConnection { try await AnnouncementStore.last(on: $0) }
    var isPutOff = false
    while let step = try await follow(upTo: last) {
      if step.isPutOff { isPutOff = true }
      try context.checkLease()
    }
    guard isPutOff else { return }
    // With many marks the refresh takes longer, and so does a search among them. One job per interval, as
    // the name of this one is taken until it has ended.
    let hasMany = try await postgres.withConnection {
      try await AnnouncementStore.hasManyChanges(on: $0)
    }
    let pause = hasMany ? 2 : 0.2
    let stretch = (context.clock.now.timeIntervalSince1970 / pause).rounded(.down) + 1
    try await service.jobs.enqueue(
      FollowSegments(),
      EnqueueOptions(
        runAt: Date(timeIntervalSince1970: stretch * pause),
        uniqueKey: "\(pause):\(Int64(stretch))"))
  }

  private typealias Step = (isPutOff: Bool, timers: Set<TimerBucket>)

  /// Takes a bounded number of announcements and processes them in one transaction. They only say which
  /// contacts to check: what counts is their current segments, so the order does not matter.
  ///
  /// - Returns: Whether some were postponed; nil if there were none.
  private func follow(upTo last: Int64) async throws -> Step? {
    let engine = service.engine
    let step = try await service.jobs.transaction { transaction -> Step? in
      let taken = try await AnnouncementStore.take(upTo: last, on: transaction.connection)
      guard let contacts = taken else { return nil }
      let users = try await AnnouncementStore.liveCampaigns(
        of: contacts.keys.sorted(), now: transaction.now, on: transaction.connection)
      var step: Step = (false, [])
      for (campaign, segments) in users {
        let moved = segments.reduce(into: Set<Int64>()) { $0.formUnion(contacts[$1] ?? []) }
        let done = try await engine.transaction(campaign, in: transaction) {
          try await SourceReconciler($0).reconcile(moved.sorted(), sparesChanged: true)
        }
        guard let done else { continue }
        step.timers.formUnion(done.timers)
        if done.result { step.isPutOff = true }
      }
      return step
    }
    if let step { await service.timers.stage(step.timers) }
    return step
  }
}
