import Foundation
import JobQueue
import Logging
import Postgres
import Synchronization

/// The commit event of timers to stage.
enum TimersDue: CommitEvent {}

/// Puts timers of events into Redis: far ones as buckets that are split when they come near, near ones as jobs
/// (CAM-902).
///
/// Nothing is lost with a process: far buckets are written before the commit; so is a guard for events with near ones,
/// by which a scheduler looks at the event in PostgreSQL a few seconds later. If Redis is away, a job of the same
/// transaction says what to lay.
final class CampaignSchedule: Sendable {
  let jobs: JobClient
  let store: ScheduleStore
  private let events: EventDirectory
  let logger: Logger
  /// Timers of committed transactions.
  private let pending = Mutex<Set<TimerBucket>>([])

  init(jobs: JobClient, events: EventDirectory, logger: Logger) {
    self.jobs = jobs
    store = ScheduleStore(jobs)
    self.events = events
    self.logger = logger
  }

  // MARK: With a transaction

  /// Prepares the staging of a transaction's timers, before its commit.
  func prepare(_ timers: Set<TimerBucket>, in transaction: Transaction) {
    guard !timers.isEmpty else { return }
    transaction.beforeCommit { transaction in
      let near = Set(timers.lazy.filter { $0.length == .instant }.map(\.event)).sorted()
      do {
        try await self.store.add(timers.filter { $0.length != .instant }, guards: near)
      } catch {
        try transaction.outbox.add(LayTimers(events: Set(timers.map(\.event)).sorted()))
      }
    }
  }

  /// Stages near timers once another owner's transaction has committed.
  func stage(_ timers: Set<TimerBucket>, after transaction: Transaction) {
    let near = timers.filter { $0.length == .instant }
    guard !near.isEmpty else { return }
    transaction.afterCommit { self.pending.withLock { $0.formUnion(near) } }
    transaction.announce(TimersDue.self)
  }

  /// Stages the near timers of transactions committed meanwhile.
  func stagePending() async {
    let timers = pending.withLock { held in
      defer { held = [] }
      return held
    }
    await stage(timers)
  }

  /// Stages the near ones of a committed transaction's timers. The guard finds those that fail.
  func stage(_ timers: Set<TimerBucket>) async {
    let near = timers.filter { $0.length == .instant }
    guard !near.isEmpty else { return }
    do {
      try await enqueue(near)
    } catch {
      logger.warning(
        "What comes due could not be staged in Redis; the scheduler will",
        metadata: ["error": "\(error)"])
    }
  }

  /// Has an event that is about to be executed looked at soon, should its job be lost.
  func watch(_ event: Int64) async throws { try await store.add([], guards: [event]) }

  // MARK: Jobs of near timers

  /// Enqueues the jobs of near timers.
  func enqueue(_ timers: Set<TimerBucket>) async throws {
    let (due, later) = Self.divide(timers, now: jobs.clock.now)
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
  }

  /// Splits timers into the events that are due already, once each, as a job of their bucket may have run
  /// before the commit; and future timers, in order.
  static func divide(
    _ timers: Set<TimerBucket>, now: Date
  ) -> (due: [Int64], later: [TimerBucket]) {
    var due: [Int64] = []
    var seen: Set<Int64> = []
    var later: [TimerBucket] = []
    for timer in timers.sorted(by: { ($0.milliseconds, $0.event) < ($1.milliseconds, $1.event) }) {
      if timer.end > now {
        later.append(timer)
      } else if seen.insert(timer.event).inserted {
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
