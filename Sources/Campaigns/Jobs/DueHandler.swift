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
    try await service.timers.watch(job.event)
    // The worker's clock may be slightly behind that of Redis: nothing fires early (CAM-213).
    if let bucket = job.bucket {
      let end = TimerBucket(event: job.event, endingAt: bucket).end
      let early = end.timeIntervalSince(context.clock.now)
      if early > 0 { try await Task.sleep(for: .seconds(min(early, 1))) }
    }
    try await CampaignWatch(service).run(campaign) { try await execute(job, campaign, context) }
  }

  private func execute(_ job: ExecuteDue, _ campaign: Int64, _ context: JobContext) async throws {
    let start = ContinuousClock.now
    var isFirst = job.continues != true
    while true {
      try context.checkLease()
      let batch = try await executeBatch(job.event, campaign)
      guard batch.isMore else { return }
      // There is more. Other workers help, and other campaigns get their turn after a while (CAM-904).
      if isFirst, batch.taken >= service.batchSize {
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

  /// The extent of a batch of due entries.
  struct Batch: Sendable {
    /// The number of entries taken.
    var taken = 0
    /// Whether there may be others.
    var isMore = false
  }

  /// Executes a batch of an event's due entries. External actions are claimed first; others too if the campaign
  /// is suspect, or if an earlier claim has lapsed: one claim at a time in each process, so that a death is that of
  /// these entries alone (CAM-463).
  func executeBatch(_ event: Int64, _ campaign: Int64) async throws -> Batch {
    // One job of a process waits for an event's receiver, not all of them: others may wait for a slot.
    if service.dispatching.withLock({ $0.contains(event) }) { return Batch() }
    let (size, now) = (service.batchSize, service.jobs.clock.now)
    enum Step: Sendable {
      case done(Batch)
      case claimed(Claim?)
    }
    let turn = UUID()
    defer { service.careful.leave(turn) }
    let step = try await service.transaction(campaign, now: now) { transaction -> Step in
      guard let event = transaction.graph[event] else { return .done(Batch()) }
      let limit = min(size, ExternalDispatcher.batchSize)
      let external = ExternalActions(transaction)
      func careful() async throws -> Step {
        guard service.careful.enter(turn) else {
          transaction.progress.stage(event.id, at: transaction.now.addingTimeInterval(1))
          return .done(Batch())
        }
        return .claimed(
          try await external.claim(
            event, nil, limit: min(size, ExternalActions.careful), lease: ExternalDispatcher.lease))
      }
      switch transaction.engine.types[event.type] {
      case .external(let action)?:
        return .claimed(
          try await external.claim(
            event, action, limit: limit, lease: ExternalDispatcher.lease))
      case .action? where transaction.isCautious:
        return try await careful()
      case let type:
        let executor = DueExecutor(transaction)
        let count = try await executor.execute(event, limit: size)
        if count == 0, case .action? = type, try await executor.store(of: event).isLapsed() {
          return try await careful()
        }
        return .done(Batch(taken: count, isMore: count >= size))
      }
    }
    switch step {
    case nil, .claimed(nil)?: return Batch()
    case .done(let batch)?:
      CampaignMetrics.executed.increment(by: batch.taken)
      return batch
    case .claimed(let claim?)?:
      return try await perform(claim, campaign)
    }
  }

  private func perform(_ claim: Claim, _ campaign: Int64) async throws -> Batch {
    let dispatcher = ExternalDispatcher(service)
    if !claim.entries.isEmpty {
      if case .action(let action)? = service.engine.types[claim.event.type] {
        try await dispatcher.apply(claim, action, campaign)
      } else {
        let event = claim.event.id
        service.dispatching.withLock { _ = $0.insert(event) }
        defer { service.dispatching.withLock { _ = $0.remove(event) } }
        try await dispatcher.dispatch(claim, campaign)
      }
    }
    let isFull = claim.taken >= ExternalDispatcher.batchSize
    return Batch(taken: isFull ? service.batchSize : claim.taken, isMore: true)
  }
}

/// Metrics of executed entries.
enum CampaignMetrics {
  static let executed = Counter(label: "martlet_campaign_entries_total")
}
