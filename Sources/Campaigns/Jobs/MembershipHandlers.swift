import Foundation
import JobQueue
import Postgres

/// Handles the jobs that change members of one campaign in batches.
struct MembershipHandlers {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  /// Re-enrolls contacts that may return, batch by batch; contacts that may return later are left to another
  /// job.
  func reenroll(_ job: Reenroll, _ context: JobContext) async throws {
    let (engine, size) = (service.engine, service.memberBatchSize)
    while true {
      let step = try await context.transaction { transaction in
        try await engine.transaction(job.campaign, in: transaction) {
          try await SourceReconciler($0).reenroll(since: job.since, limit: size)
        }
      }
      guard let step else { break }
      await service.timers.stage(step.timers)
      guard step.result == size else { break }
      try context.checkLease()
    }
    try await context.complete()
  }

  /// Compares all contacts of a campaign's source segments with its members, by ranges of ids; each range is a
  /// transaction, so another worker can continue (CAM-101, CAM-120 to CAM-122).
  func update(_ job: UpdateCampaign, _ context: JobContext) async throws {
    let (engine, size, start) = (service.engine, Int64(service.memberBatchSize), context.clock.now)
    // Timers of a campaign that was not live are gone.
    try await service.timers.lay(campaign: job.campaign)
    let greatest = try await RecordStore.greatestContact(on: service.jobs.postgres)
    var first: Int64 = 0
    var moved: Int64 = 0
    repeat {
      let (now, range) = (context.clock.now, first...(first + size - 1))
      let isLast = range.upperBound >= greatest
      let step = try await context.transaction(at: now) { transaction in
        try await engine.transaction(job.campaign, in: transaction) {
          try await SourceReconciler($0).reconcile(range, isLast: isLast)
        }
      }
      guard let step else { break }
      await service.timers.stage(step.timers)
      moved += Int64(step.result)
      first = range.upperBound + 1
      context.progress(done: min(first, greatest), total: greatest)
    } while first <= greatest
    try context.setResult(["moved": moved])
    try await context.complete { transaction in
      try await UpdateRequestStore.done(job.campaign, until: start, in: transaction)
    }
  }
}
