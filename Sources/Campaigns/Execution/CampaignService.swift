package import Foundation
package import JobQueue
import Logging
package import Postgres
import Synchronization

/// The campaign runtime of a process: the engine, the queue and the timers that jobs, engagements and the API share.
package final class CampaignService: Sendable {
  let engine: CampaignEngine
  let jobs: JobClient
  let events = EventDirectory()
  let timers: CampaignSchedule
  let logger: Logger
  /// The events whose claimed entries this process is dispatching to other servers.
  let dispatching = Mutex<Set<Int64>>([])
  /// Lets one batch of actions that may kill their worker be under way in this process.
  let careful = CarefulTurn()

  /// The maximum number of entries executed in one transaction.
  let batchSize: Int
  /// The maximum number of contacts that enter or exit in one transaction.
  let memberBatchSize: Int

  init(
    engine: CampaignEngine, jobs: JobClient, batchSize: Int = 2_000, memberBatchSize: Int = 16_384,
    logger: Logger
  ) {
    let timers = CampaignSchedule(jobs: jobs, events: events, logger: logger)
    self.timers = timers
    self.engine = engine.scheduling { timers.prepare($0, in: $1) }
    self.jobs = jobs
    self.batchSize = batchSize
    self.memberBatchSize = memberBatchSize
    self.logger = logger
  }

  /// Runs a body as a campaign's transaction in a database transaction of its own, and stages the resulting
  /// timers.
  ///
  /// - Returns: nil if the campaign does not exist or (unless `includingUnpublished`) is not live.
  func transaction<R: Sendable>(
    _ campaign: Int64, now: Date? = nil, includingUnpublished: Bool = false,
    _ body: @Sendable (CampaignTransaction) async throws -> R
  ) async throws -> R? {
    let (engine, now) = (engine, now ?? jobs.clock.now)
    let done = try await jobs.transaction(at: now) { transaction in
      try await engine.transaction(
        campaign, in: transaction, includingUnpublished: includingUnpublished,
        body)
    }
    guard let done else { return nil }
    await timers.stage(done.timers)
    return done.result
  }

  /// Resolves open decisions by engagements of contacts, within the caller's transaction (CAM-402).
  package func record(
    _ engagements: [CampaignEngagement], in transaction: Transaction
  ) async throws {
    let due = try await engine.record(engagements, in: transaction)
    timers.stage(due, after: transaction)
  }

  /// Requests the execution of all due entries of an event.
  package func executeSoon(_ event: Int64) async throws {
    try await jobs.enqueue(ExecuteDue(event: event))
  }

  /// Lays the timers of all campaigns anew from their rows, which may have been written by something else.
  package func layTimers() async throws { try await timers.layAll() }

  /// Whether work is due at an instant that may not be a job yet.
  package static func isBehind(at now: Date, on pool: PostgresPool) async throws -> Bool {
    try await TimerStore.isBehind(at: now, on: pool)
  }
}
