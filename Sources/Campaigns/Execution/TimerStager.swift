import Foundation
import JobQueue
import Logging
import Postgres
import Synchronization

/// The commit event of timers to stage.
enum TimersDue: CommitEvent {}

/// Stages timers of events as jobs in Redis.
final class TimerStager: Sendable {
  private let jobs: JobClient
  private let events: EventDirectory
  private let logger: Logger
  /// Timers of committed transactions.
  private let pending = Mutex<Set<TimerBucket>>([])

  init(jobs: JobClient, events: EventDirectory, logger: Logger) {
    self.jobs = jobs
    self.events = events
    self.logger = logger
  }

  /// Stages timers once another owner's transaction has committed.
  func stage(_ timers: Set<TimerBucket>, after transaction: Transaction) {
    guard !timers.isEmpty else { return }
    transaction.afterCommit { self.pending.withLock { $0.formUnion(timers) } }
    transaction.announce(TimersDue.self)
  }

  /// Stages the timers of transactions committed meanwhile.
  func stagePending() async {
    let timers = pending.withLock { held in
      defer { held = [] }
      return held
    }
    await stage(timers)
  }

  /// Stages timers. Reconciliation finds those that fail.
  func stage(_ timers: Set<TimerBucket>) async {
    guard !timers.isEmpty else { return }
    do {
      let now = jobs.clock.now
      let (due, later) = Self.divide(timers, now: now)
      for event in due {
        guard let campaign = try await campaign(of: event) else { continue }
        try await jobs.enqueue(
          ExecuteDue(event: event), EnqueueOptions(group: CampaignJobs.group(campaign)))
      }
      var jobsOfBuckets: [(timer: TimerBucket, campaign: Int64)] = []
      for timer in later {
        if let campaign = try await campaign(of: timer.event) {
          jobsOfBuckets.append((timer, campaign))
        }
      }
      try await enqueue(jobsOfBuckets)
    } catch {
      logger.warning(
        "What comes due could not be staged in Redis; the periodic reconciliation will",
        metadata: ["error": "\(error)"])
    }
  }

  /// Splits timers into the events that are due already, once each, as a job of their bucket may have run
  /// before the commit; and future timers, in order.
  static func divide(
    _ timers: Set<TimerBucket>, now: Date
  ) -> (due: [Int64], later: [TimerBucket]) {
    var due: [Int64] = []
    var later: [TimerBucket] = []
    for timer in timers.sorted(by: { ($0.milliseconds, $0.event) < ($1.milliseconds, $1.event) }) {
      if timer.end > now {
        later.append(timer)
      } else if !due.contains(timer.event) {
        due.append(timer.event)
      }
    }
    return (due, later)
  }

  /// Entries with individual times fill hundreds of buckets: their commands share round trips.
  private func enqueue(_ timers: [(timer: TimerBucket, campaign: Int64)]) async throws {
    for start in stride(from: 0, to: timers.count, by: 64) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (timer, campaign) in timers[start..<min(start + 64, timers.count)] {
          group.addTask { [jobs] in
            try await jobs.enqueue(
              ExecuteDue(event: timer.event, bucket: timer.milliseconds),
              EnqueueOptions(
                runAt: timer.end, group: CampaignJobs.group(campaign),
                uniqueKey: "\(timer.event):\(timer.milliseconds)"))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  private func campaign(of event: Int64) async throws -> Int64? {
    try await events.campaign(of: event, on: jobs.postgres)
  }
}
