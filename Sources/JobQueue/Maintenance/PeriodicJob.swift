public import Foundation

/// A job that is enqueued at regular times.
///
/// Any number of schedulers may know it: each slot of time is claimed in PostgreSQL in the same
/// transaction that inserts the job, so it is enqueued once. Slots that passed while no scheduler
/// ran are not made up for, except the last.
public struct PeriodicJob: Sendable {
  /// The times at which the job is enqueued.
  public enum Schedule: Sendable {
    /// The multiples of a duration since 1970.
    case every(Duration)
    /// The times of a cron expression.
    case cron(CronExpression)
  }

  /// The name under which slots are claimed. Unique among periodic jobs.
  public let name: String
  /// The times at which the job is enqueued.
  public let schedule: Schedule
  /// The name of the job's kind, such as `imports.watch`.
  public let job: String
  /// The queue that it goes to.
  public let queue: String
  let add: @Sendable (JobOutbox, Date) throws -> Void

  /// A job made by `make` for the slot's instant, at each slot of `schedule`.
  public init<J: DurableJob>(
    _ name: String, _ schedule: Schedule, options: EnqueueOptions = EnqueueOptions(),
    make: @escaping @Sendable (Date) -> J
  ) {
    self.name = name
    self.schedule = schedule
    job = J.name
    queue = J.queue
    add = { outbox, slot in try outbox.add(make(slot), options) }
  }

  /// The latest slot at or before an instant.
  func slot(at instant: Date) -> Date? {
    switch schedule {
    case .every(let interval):
      let seconds = max(0.001, interval.seconds)
      return Date(
        timeIntervalSince1970: (instant.timeIntervalSince1970 / seconds).rounded(.down) * seconds)
    case .cron(let expression): return expression.last(atOrBefore: instant)
    }
  }

  /// The first slot after an instant.
  func next(after instant: Date) -> Date? {
    switch schedule {
    case .every(let interval): slot(at: instant)?.addingTimeInterval(interval.seconds)
    case .cron(let expression): expression.next(after: instant)
    }
  }
}
