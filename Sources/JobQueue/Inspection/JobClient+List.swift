import Foundation
import Logging
import Redis

/// The number of durable jobs of one kind in a queue.
public struct JobTypeCount: Sendable, Equatable {
  /// The kind's name, such as `import.part`.
  public var name: String
  /// The jobs that wait for a worker or run.
  public var queued: Int
  /// The jobs that are not due yet.
  public var scheduled: Int
  /// The jobs out of attempts.
  public var dead: Int
}

extension JobClient {
  /// Durable jobs, newest first, including ended ones that the history keeps.
  ///
  /// Dead transient jobs are listed when a queue and the state `dead` are requested.
  public func jobs(_ filter: JobFilter = JobFilter()) async throws -> [JobStatus] {
    let store = statusStore(running: try await runningJobs())
    guard filter.state == .dead, let queue = filter.queue else {
      return try await store.list(filter)
    }
    let transient = try await deadTransient(queue).filter(filter.holds)
    guard !transient.isEmpty else { return try await store.list(filter) }
    // Both are ordered by id, so that the last of a page tells where the next begins.
    var whole = filter
    (whole.start, whole.limit) = (0, filter.start + filter.limit)
    let jobs = (try await store.list(whole) + transient).sorted { $0.id > $1.id }
    return Array(jobs.dropFirst(filter.start).prefix(max(0, min(filter.limit, 1000))))
  }

  /// The number of jobs that a filter matches, regardless of its start, limit and cursor.
  public func count(_ filter: JobFilter) async throws -> Int {
    let durable = try await statusStore(running: try await runningJobs()).count(filter)
    guard filter.state == .dead, let queue = filter.queue else { return durable }
    var whole = filter
    whole.before = nil
    return durable + (try await deadTransient(queue).count(where: whole.holds))
  }

  /// The numbers of a queue's durable jobs by kind, ordered by the kind's name.
  public func counts(queue: String) async throws -> [JobTypeCount] {
    try await JobStatusStore.countsByKind(queue: queue, now: clock.now, on: postgres)
  }

  /// One job; nil when it is not known. A transient job is known while it runs.
  public func job(_ id: JobID) async throws -> JobStatus? {
    let running = try await runningJobs()
    if let known = try await statusStore(running: running).find(id) { return known }
    guard let job = running[id] else { return nil }
    return JobStatus(
      id: id, name: job.name, queue: job.queue, state: .running, attempts: job.attempt - 1,
      maxAttempts: 0, progress: job.progress, createdAt: id.madeAt, startedAt: job.since)
  }

  /// What a durable job was queued with, as JSON; nil where it is not kept.
  public func parameters(of id: JobID) async throws -> String? {
    try await JobStatusStore.parameters(of: id, on: postgres)
  }

  /// A durable job, live or ended; a running one counts as queued.
  func durableStatus(_ id: JobID) async throws -> JobStatus? {
    try await statusStore(running: [:]).find(id)
  }

  private func statusStore(running: [JobID: WorkerStatus.RunningJob]) -> JobStatusStore {
    JobStatusStore(pool: postgres, running: running, now: clock.now)
  }

  private func runningJobs() async throws -> [JobID: WorkerStatus.RunningJob] {
    var running: [JobID: WorkerStatus.RunningJob] = [:]
    for worker in try await workers() { for job in worker.running { running[job.id] = job } }
    return running
  }

  /// The last thousand dead transient jobs of a queue; Redis keeps no error of them.
  func deadTransient(_ queue: String) async throws -> [JobStatus] {
    let reply = try await redis.send(
      "ZREVRANGE", RedisArgument(keys.base(queue) + "dead"), 0, 999, "WITHSCORES")
    let values = reply.array ?? []
    var jobs: [JobStatus] = []
    for index in stride(from: 0, to: values.count - 1, by: 2) {
      guard let bytes = values[index].bytes, let at = values[index + 1].double else { continue }
      do {
        let entry = try QueueEntry(parsing: bytes)
        jobs.append(
          JobStatus(
            id: entry.id, name: entry.name, queue: queue, state: .dead, attempts: entry.attempt,
            maxAttempts: entry.maxAttempts, uniqueKey: entry.uniqueKey, createdAt: entry.id.madeAt,
            endedAt: Date(timeIntervalSince1970: at / 1000)))
      } catch {
        logger.notice("An unreadable entry is among the dead", metadata: ["queue": "\(queue)"])
      }
    }
    return jobs
  }
}

extension JobFilter {
  /// Whether a dead transient job of the queue matches.
  fileprivate func holds(_ job: JobStatus) -> Bool {
    (name == nil || name == job.name) && (uniqueKey == nil || uniqueKey == job.uniqueKey)
      && objectType == nil && objectID == nil && createdBy == nil && error == nil
      && (errorGroup ?? "").isEmpty && before.map { job.id < $0 } ?? true
  }
}
