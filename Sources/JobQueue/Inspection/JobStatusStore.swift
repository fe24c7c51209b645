import Foundation
import Postgres

/// The SQL that lists durable jobs and their history as one.
struct JobStatusStore: Sendable {
  let pool: PostgresPool
  /// The jobs that workers are running, by id; the tables do not tell which live jobs run.
  let running: [JobID: WorkerStatus.RunningJob]
  let now: Date

  /// The jobs that a filter matches, newest first, at most 1000.
  func list(_ filter: JobFilter) async throws -> [JobStatus] {
    let limit = max(0, min(filter.limit, 1000))
    let start = max(0, min(filter.start, Int(Int32.max)))
    let rows = try await pool.query(
      """
      SELECT * FROM (
        (SELECT \(sql: Self.liveColumns) FROM jobs WHERE \(sql: live(filter))
         ORDER BY id DESC LIMIT \(limit + start))
        UNION ALL
        (SELECT \(sql: Self.endedColumns) FROM job_history WHERE \(sql: ended(filter))
         ORDER BY id DESC LIMIT \(limit + start))
      ) all_jobs ORDER BY id DESC OFFSET \(start) LIMIT \(limit)
      """)
    return try rows.map { try status($0) }
  }

  /// The number of jobs that a filter matches, regardless of its start, limit and cursor.
  func count(_ filter: JobFilter) async throws -> Int {
    var whole = filter
    whole.before = nil
    let rows = try await pool.query(
      """
      SELECT (SELECT count(*) FROM jobs WHERE \(sql: live(whole)))
        + (SELECT count(*) FROM job_history WHERE \(sql: ended(whole))) AS n
      """)
    return try rows.first?.decode("n") ?? 0
  }

  /// One job; nil when neither jobs nor history have it.
  func find(_ id: JobID) async throws -> JobStatus? {
    let rows = try await pool.query(
      """
      SELECT \(sql: Self.liveColumns) FROM jobs WHERE id = \(id)
      UNION ALL SELECT \(sql: Self.endedColumns) FROM job_history WHERE id = \(id)
      """)
    return try rows.first.map { try status($0) }
  }

  /// The parameters of a durable job as JSON; nil where they are not kept.
  static func parameters(of id: JobID, on pool: PostgresPool) async throws -> String? {
    let rows = try await pool.query(
      """
      SELECT payload FROM jobs WHERE id = \(id)
      UNION ALL SELECT payload FROM job_history WHERE id = \(id) AND payload IS NOT NULL
      """)
    return try rows.first?.decode("payload")
  }

  /// The numbers of a queue's durable jobs by kind, ordered by the kind's name.
  static func countsByKind(
    queue: String, now: Date, on pool: PostgresPool
  ) async throws -> [JobTypeCount] {
    let isDead: SQL = "state = \(literal: JobRow.State.dead)"
    let rows = try await pool.query(
      """
      SELECT name,
        count(*) FILTER (WHERE NOT \(sql: isDead) AND (run_at IS NULL OR run_at <= \(now))) AS queued,
        count(*) FILTER (WHERE NOT \(sql: isDead) AND run_at > \(now)) AS scheduled,
        count(*) FILTER (WHERE \(sql: isDead)) AS dead
      FROM jobs WHERE queue = \(queue) GROUP BY name ORDER BY name
      """)
    return try rows.map {
      JobTypeCount(
        name: try $0.decode("name"), queued: try $0.decode("queued"),
        scheduled: try $0.decode("scheduled"), dead: try $0.decode("dead"))
    }
  }

  /// A batch; nil when no such batch is known.
  static func batch(_ id: BatchID, on pool: PostgresPool) async throws -> BatchStatus? {
    let rows = try await pool.query(
      """
      SELECT total, remaining, failed, created_at, ended_at FROM job_batches WHERE id = \(id)
      """)
    return try rows.first.map {
      BatchStatus(
        id: id, total: try $0.decode("total"), remaining: try $0.decode("remaining"),
        failed: try $0.decode("failed"), createdAt: try $0.decode("created_at"),
        endedAt: try $0.decode("ended_at"))
    }
  }

  private func live(_ filter: JobFilter) -> SQL {
    let ids = running.keys.map(\.uuid)
    let isLive: SQL = "state = \(literal: JobRow.State.live)"
    let state: SQL =
      switch filter.state {
      case nil: "true"
      case .dead: "state = \(literal: JobRow.State.dead)"
      case .running: "\(sql: isLive) AND id = ANY(\(ids))"
      case .scheduled: "\(sql: isLive) AND run_at > \(now) AND NOT id = ANY(\(ids))"
      case .queued:
        "\(sql: isLive) AND (run_at IS NULL OR run_at <= \(now)) AND NOT id = ANY(\(ids))"
      case .succeeded, .failed, .cancelled: "false"
      }
    return (Self.conditions(filter, error: "last_error") + [state]).joined(separator: " AND ")
  }

  private func ended(_ filter: JobFilter) -> SQL {
    let state: SQL =
      switch filter.state {
      case nil: "true"
      case .succeeded, .failed, .cancelled: "outcome = \(filter.state?.rawValue ?? "")"
      case .dead, .running, .scheduled, .queued: "false"
      }
    return (Self.conditions(filter, error: "error") + [state]).joined(separator: " AND ")
  }

  /// The conditions of a filter apart from the state.
  ///
  /// - Parameter error: The column with the last error.
  private static func conditions(_ filter: JobFilter, error column: SQL) -> [SQL] {
    var wanted: [SQL] = []
    if let name = filter.name { wanted.append("name = \(name)") }
    if let queue = filter.queue { wanted.append("queue = \(queue)") }
    if let type = filter.objectType { wanted.append("object_type = \(type)") }
    if let object = filter.objectID { wanted.append("object_id = \(object)") }
    if let user = filter.createdBy { wanted.append("created_by = \(user)") }
    if let key = filter.uniqueKey { wanted.append("unique_key = \(key)") }
    if let part = filter.error {
      wanted.append("strpos(lower(\(sql: column)), lower(\(part))) > 0")
    }
    if let group = filter.errorGroup {
      wanted.append("\(sql: DeadGroupStore.group(column)) = \(group)")
    }
    if let before = filter.before { wanted.append("id < \(before)") }
    return wanted
  }

  private static let liveColumns: SQL = """
    id, queue, name, CASE state WHEN \(literal: JobRow.State.dead) THEN 'dead' ELSE '' END AS outcome,
    attempt, max_attempts, lane_weight, unique_key, object_type, object_id, created_by, created_at,
    run_at, NULL::timestamptz AS started_at, NULL::timestamptz AS ended_at, last_error AS error,
    last_error_at AS error_at, NULL::text AS result, progress_done, progress_total
    """
  private static let endedColumns: SQL = """
    id, queue, name, outcome, attempt, max_attempts, lane_weight, unique_key, object_type, object_id,
    created_by, created_at, NULL::timestamptz AS run_at, started_at, ended_at, error,
    NULL::timestamptz AS error_at, result, progress_done, progress_total
    """

  private func status(_ row: PostgresRow) throws -> JobStatus {
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
      groupWeight: try row.decode("lane_weight"),
      progress: current?.progress ?? written, result: try row.decode("result"),
      error: try row.decode("error"), errorAt: try row.decode("error_at"),
      uniqueKey: try row.decode("unique_key"), createdBy: try row.decode("created_by"),
      createdAt: try row.decode("created_at"), availableAt: runAt,
      startedAt: try current?.since ?? row.decode("started_at", as: Date?.self),
      endedAt: try row.decode("ended_at"))
  }
}
