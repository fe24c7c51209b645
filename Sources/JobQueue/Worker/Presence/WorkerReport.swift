import Foundation

/// The worker's public status, sent with each heartbeat.
struct WorkerReport: Sendable {
  /// The maximum number of jobs listed for one slot.
  static let mostListed = 100

  let lease: Lease
  let queues: [String]
  let concurrency: Int
  let slots: SlotPool
  let shutdown: Shutdown

  func status(now: Date = Date(), instant: ContinuousClock.Instant = .now) -> WorkerStatus {
    let running = slots.running.flatMap { slot in
      slot.jobs.prefix(Self.mostListed).map { job in
        WorkerStatus.RunningJob(
          id: job.entry.id, name: job.entry.name, queue: job.queue,
          attempt: job.entry.attempt + 1,
          since: now.addingTimeInterval(-(instant - slot.since).seconds),
          progress: job.state.withLock { $0.progress })
      }
    }
    return WorkerStatus(
      id: lease.id, host: lease.host, processID: lease.processID, startedAt: lease.startedAt,
      lastHeartbeat: now, clockAhead: lease.clockAhead, queues: queues, concurrency: concurrency,
      isDraining: shutdown.isDraining, running: running)
  }

  func json(now: Date) -> String {
    do {
      return String(decoding: try JSONEncoder().encode(status(now: now)), as: UTF8.self)
    } catch {
      return "{}"
    }
  }
}
