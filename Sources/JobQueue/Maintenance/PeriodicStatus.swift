public import Foundation
import Postgres
import Primitives

/// A periodic job's schedule compared with what was done, by the database's clock.
public struct PeriodicStatus: Sendable, Equatable {
  /// The name of the periodic job.
  public var name: String
  /// The name of the job's kind.
  public var job: String
  /// The queue that it goes to.
  public var queue: String
  /// The seconds between slots; nil for one that goes by the calendar.
  public var interval: Double?
  /// The five fields of a crontab line; nil for one that goes by an interval.
  public var cron: String?
  /// The next slot.
  public var nextSlot: Date?
  /// The slot claimed last; nil before the first.
  public var lastSlot: Date?
  /// The time for which the next slot is overdue, in seconds; 0 if it is not.
  public var overdue: Double
  /// The time by which the last slot is in the future, in seconds; 0 if it is not.
  public var ahead: Double

  /// Whether a slot is so late, or so far in the future, that no scheduler does its work.
  public var isFaulty: Bool { overdue > Self.grace || ahead > DurableStore.slotTolerance }

  /// The delay of a slot that is not worth an alarm, in seconds.
  public static let grace: Double = 30

  init(_ job: PeriodicJob, lastSlot: Date?, now: Date) {
    name = job.name
    self.job = job.job
    queue = job.queue
    switch job.schedule {
    case .every(let duration): interval = duration.seconds
    case .cron(let expression): cron = expression.text
    }
    nextSlot = job.next(after: now)
    self.lastSlot = lastSlot
    ahead = lastSlot.map { max(0, $0.timeIntervalSince(now)) } ?? 0
    let next = lastSlot.flatMap { job.next(after: $0) }
    overdue = next.map { max(0, now.timeIntervalSince($0)) } ?? 0
  }
}

extension JobClient {
  /// Checks that PostgreSQL takes writes; nothing is kept.
  ///
  /// - Throws: its error.
  public func probeDatabaseWrites() async throws {
    struct Undone: Error {}
    do {
      try await postgres.transaction { connection in
        try await DurableStore.write(on: connection)
        throw Undone()
      }
    } catch is Undone {
      // As meant.
    }
  }

  /// Returns PostgreSQL's time.
  ///
  /// - Throws: when it is out of reach.
  public func databaseTime() async throws -> Date { try await DurableStore.time(on: postgres) }

  /// Enqueues a periodic job at once, beside its schedule.
  ///
  /// - Throws: when PostgreSQL is out of reach.
  public func start(_ job: PeriodicJob) async throws {
    let now = clock.now
    try await transaction { try job.add($0.outbox, job.slot(at: now) ?? now) }
  }

  /// Compares periodic jobs with the slots that were claimed.
  ///
  /// - Throws: when PostgreSQL is out of reach.
  public func status(of periodic: [PeriodicJob]) async throws -> [PeriodicStatus] {
    let now = clock.reading(at: try await DurableStore.time(on: postgres))
    let slots = try await DurableStore.slots(on: postgres)
    return periodic.map { PeriodicStatus($0, lastSlot: slots[$0.name], now: now) }
  }
}
