import Foundation
import JobQueue
import Metrics

/// Executes the due entries of an event.
struct DueHandler {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  func execute(_ job: ExecuteDue, _ context: JobContext) async throws {
    let postgres = service.jobs.postgres
    guard let campaign = try await service.events.campaign(of: job.event, on: postgres) else {
      return
    }
    // The worker's clock may be slightly behind that of Redis: nothing fires early (CAM-213).
    if let bucket = job.bucket {
      let end = TimerBucket(event: job.event, endingAt: bucket).end
      let early = end.timeIntervalSince(context.clock.now)
      if early > 0 { try await Task.sleep(for: .seconds(min(early, 1))) }
    }
    let start = ContinuousClock.now
    var isFirst = job.continues != true
    while true {
      try context.checkLease()
      let taken = try await executeBatch(job.event, campaign)
      guard taken >= service.batchSize else { return }
      // There is more. Other workers help, and other campaigns get their turn after a while (CAM-904).
      if isFirst {
        isFirst = false
        try await continueLater(job.event, campaign)
      }
      if ContinuousClock.now - start > .milliseconds(500) {
        return try await continueLater(job.event, campaign)
      }
    }
  }

  private func continueLater(_ event: Int64, _ campaign: Int64) async throws {
    try await service.jobs.enqueue(
      ExecuteDue(event: event, continues: true),
      EnqueueOptions(group: CampaignJobs.group(campaign)))
  }

  /// Executes a batch of an event's due entries.
  ///
  /// - Returns: The number of entries taken.
  func executeBatch(_ event: Int64, _ campaign: Int64) async throws -> Int {
    let (size, now) = (service.batchSize, service.jobs.clock.now)
    enum Step: Sendable {
      case done(Int)
      case external(Claim?, Int)
    }
    let step = try await service.transaction(campaign, now: now) { transaction -> Step in
      guard let event = transaction.graph[event] else { return .done(0) }
      guard case .external(let action)? = transaction.engine.types[event.type] else {
        return .done(try await DueExecutor(transaction).execute(event, limit: size))
      }
      let limit = min(size, ExternalDispatcher.batchSize)
      let claim = try await ExternalActions(transaction).claim(
        event, action, limit: limit, lease: ExternalDispatcher.lease)
      return .external(claim, claim?.taken ?? 0 >= limit ? size : 0)
    }
    switch step {
    case nil: return 0
    case .done(let count)?:
      CampaignMetrics.executed.increment(by: count)
      return count
    case .external(let claim, let count)?:
      if let claim { try await ExternalDispatcher(service).dispatch(claim, campaign) }
      return count
    }
  }
}

/// Metrics of executed entries.
enum CampaignMetrics {
  static let executed = Counter(label: "martlet_campaign_entries_total")
}
