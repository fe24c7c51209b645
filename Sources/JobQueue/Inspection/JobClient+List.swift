import Foundation
import Logging
import Postgres
import Redis

extension JobClient {
  /// Durable jobs, those that ended (as far as history keeps them) included, newest first.
  ///
  /// Dead transient jobs are listed when a queue and the state `dead` are asked for.
  public func jobs(_ filter: JobFilter = JobFilter()) async throws -> [JobStatus] {
    let running = try await runningJobs()
    let wanted = Self.conditions(filter)
    let live = wanted + [liveCondition(filter.state, running: Array(running.keys))]
    let ended = wanted + [endedCondition(filter.state)]
    let limit = max(0, min(filter.limit, 1000))
    let rows = try await postgres.query(
      """
      SELECT * FROM (
        (SELECT \(sql: Self.liveColumns) FROM jobs WHERE \(sql: live.joined(separator: " AND "))
         ORDER BY id DESC LIMIT \(limit + filter.start))
        UNION ALL
        (SELECT \(sql: Self.endedColumns) FROM job_history
         WHERE \(sql: ended.joined(separator: " AND "))
         ORDER BY id DESC LIMIT \(limit + filter.start))
      ) all_jobs ORDER BY id DESC OFFSET \(filter.start) LIMIT \(limit)
      """)
    let now = clock.now
    var jobs = try rows.map { try status($0, running: running, now: now) }
    if filter.state == .dead, let queue = filter.queue, jobs.count < limit {
      jobs += try await deadTransient(queue).prefix(limit - jobs.count)
    }
    return jobs
  }

  /// One job; nil when it is not known. A transient job is known while it runs.
  public func job(_ id: JobID) async throws -> JobStatus? {
    let running = try await runningJobs()
    if let known = try await postgresStatus(id, running: running) { return known }
    guard let job = running[id] else { return nil }
    return JobStatus(
      id: id, name: job.name, queue: job.queue, state: .running, attempts: job.attempt - 1,
      maxAttempts: 0, progress: job.progress, createdAt: id.madeAt, startedAt: job.since)
  }

  func postgresStatus(
    _ id: JobID, running: [JobID: WorkerStatus.RunningJob] = [:]
  ) async throws -> JobStatus? {
    let rows = try await postgres.query(
      """
      SELECT \(sql: Self.liveColumns) FROM jobs WHERE id = \(id)
      UNION ALL SELECT \(sql: Self.endedColumns) FROM job_history WHERE id = \(id)
      """)
    return try rows.first.map { try status($0, running: running, now: clock.now) }
  }

  /// What a filter asks of a row, its state apart.
  static func conditions(_ filter: JobFilter) -> [SQL] {
    var wanted: [SQL] = ["true"]
    if let name = filter.name { wanted.append("name = \(name)") }
    if let queue = filter.queue { wanted.append("queue = \(queue)") }
    if let type = filter.objectType { wanted.append("object_type = \(type)") }
    if let object = filter.objectID { wanted.append("object_id = \(object)") }
    if let user = filter.createdBy { wanted.append("created_by = \(user)") }
    if let before = filter.before { wanted.append("id < \(before)") }
    return wanted
  }

  func runningJobs() async throws -> [JobID: WorkerStatus.RunningJob] {
    var running: [JobID: WorkerStatus.RunningJob] = [:]
    for worker in try await workers() { for job in worker.running { running[job.id] = job } }
    return running
  }

  func liveCondition(_ state: JobStatus.State?, running: [JobID]) -> SQL {
    let ids = running.map(\.uuid)
    let now = clock.now
    switch state {
    case nil: return "true"
    case .dead: return "state = 2"
    case .running: return "state = 0 AND id = ANY(\(ids))"
    case .scheduled: return "state = 0 AND run_at > \(now) AND NOT id = ANY(\(ids))"
    case .queued:
      return "state = 0 AND (run_at IS NULL OR run_at <= \(now)) AND NOT id = ANY(\(ids))"
    case .succeeded, .failed, .cancelled: return "false"
    }
  }

  func endedCondition(_ state: JobStatus.State?) -> SQL {
    switch state {
    case nil: "true"
    case .succeeded, .failed, .cancelled: "outcome = \(state?.rawValue ?? "")"
    case .dead, .running, .scheduled, .queued: "false"
    }
  }

  private static let liveColumns: SQL = """
    id, queue, name, CASE state WHEN 2 THEN 'dead' ELSE '' END AS outcome, attempt, max_attempts,
    lane_weight, unique_key, object_type, object_id, created_by, created_at, run_at,
    NULL::timestamptz AS started_at, NULL::timestamptz AS ended_at, last_error AS error,
    last_error_at AS error_at, NULL::text AS result, progress_done, progress_total
    """
  private static let endedColumns: SQL = """
    id, queue, name, outcome, attempt, max_attempts, lane_weight, unique_key, object_type, object_id,
    created_by, created_at, NULL::timestamptz AS run_at, started_at, ended_at, error,
    NULL::timestamptz AS error_at, result, progress_done, progress_total
    """

  private func status(
    _ row: PostgresRow, running: [JobID: WorkerStatus.RunningJob], now: Date
  ) throws -> JobStatus {
    let id: JobID = try row.decode("id")
    let outcome: String = try row.decode("outcome")
    let runAt: Date? = try row.decode("run_at")
    let current = outcome.isEmpty ? running[id] : nil
    let state: JobStatus.State =
      JobStatus.State(rawValue: outcome)
      ?? (current != nil ? .running : runAt.map { $0 > now } == true ? .scheduled : .queued)
    let done: Int64? = try row.decode("progress_done")
    let objectType: String? = try row.decode("object_type")
    let objectID: Int64? = try row.decode("object_id")
    let written = try done.map { JobProgress(done: $0, total: try row.decode("progress_total")) }
    return JobStatus(
      id: id, name: try row.decode("name"), queue: try row.decode("queue"), state: state,
      object: objectType.flatMap { type in objectID.map { JobSubject(type: type, id: $0) } },
      attempts: try row.decode("attempt"), maxAttempts: try row.decode("max_attempts"),
      laneWeight: try row.decode("lane_weight"),
      progress: current?.progress ?? written, result: try row.decode("result"),
      error: try row.decode("error"), errorAt: try row.decode("error_at"),
      uniqueKey: try row.decode("unique_key"), createdBy: try row.decode("created_by"),
      createdAt: try row.decode("created_at"), availableAt: runAt,
      startedAt: try current?.since ?? row.decode("started_at", as: Date?.self),
      endedAt: try row.decode("ended_at"))
  }

  private func deadTransient(_ queue: String) async throws -> [JobStatus] {
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
