import Foundation
import JobQueue
import Postgres

/// Handles the jobs that follow edits and deletions, in batches of bounded size.
struct EditHandlers {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Cancels the open entries of a deleted event.
  func cancel(_ job: CancelEvent, _ context: JobContext) async throws {
    while true {
      let count = try await context.transaction { transaction in
        try await TimerStore.cancelOpen(of: job.event, limit: 5_000, in: transaction)
      }
      if count == 0 { break }
      try context.checkLease()
    }
    let second = CancelEvent(event: job.event, isSecondSweep: true)
    try await complete(context, second: second, isSecond: job.isSecondSweep)
  }

  /// Recomputes the deadlines of a decision for all contacts that wait at it; those in the past are due at
  /// once.
  func recomputeDeadlines(_ job: RecomputeDeadlines, _ context: JobContext) async throws {
    let (engine, size, now) = (service.engine, service.memberBatchSize, context.clock.now)
    var after: Int64 = 0
    while true {
      let last = after
      let step = try await context.transaction(at: now) { transaction in
        try await engine.transaction(
          job.campaign, in: transaction, includingUnpublished: true
        ) { transaction -> Int64? in
          guard let event = transaction.graph[job.event] else { return nil }
          return try await DecisionScheduler(transaction).recompute(
            event, after: last, limit: size)
        }
      }
      guard let step else { break }
      await service.timers.stage(step.timers)
      guard let next = step.result else { break }
      after = next
      try context.checkLease()
    }
    let second = RecomputeDeadlines(
      campaign: job.campaign, event: job.event, isSecondSweep: true)
    try await complete(context, second: second, isSecond: job.isSecondSweep)
  }

  /// Removes log, members and events of a deleted campaign (CAM-640).
  func remove(_ job: RemoveCampaign, _ context: JobContext) async throws {
    let campaign = job.campaign
    while true {
      let deleted = try await context.transaction { transaction in
        try await MemberStore.deleteSome(of: campaign, on: transaction.connection)
      }
      if deleted == 0 { break }
      try context.checkLease()
    }
    let second = RemoveCampaign(campaign: campaign, isSecondSweep: true)
    try await complete(context, second: second, isSecond: job.isSecondSweep) {
      try await CampaignStore.purge(campaign, on: $0)
    }
  }

  /// Ends the first job of an edit by enqueuing a second one, which finds rows of transactions begun before it.
  private func complete(
    _ context: JobContext, second job: some DurableJob, isSecond: Bool?,
    _ effect: @escaping @Sendable (PostgresConnection) async throws -> Void = { _ in }
  ) async throws {
    let later = context.clock.now.addingTimeInterval(CampaignJobs.secondSweepDelay)
    try await context.complete { transaction in
      try await effect(transaction.connection)
      if isSecond != true { try transaction.outbox.add(job, EnqueueOptions(runAt: later)) }
    }
  }
}
