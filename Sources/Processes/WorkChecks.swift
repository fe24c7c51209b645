import JobQueue

/// Checks that the work is being done: workers, queues, dead jobs.
struct WorkChecks {
  private let jobs: JobClient
  private let schedule: ScheduleCheck

  init(_ backends: Backends) {
    jobs = backends.jobs
    schedule = ScheduleCheck(backends)
  }

  func run() async -> [Finding] {
    do {
      let workers = try await jobs.workers()
      let queues = try await jobs.queues()
      var findings: [Finding] = []
      if workers.isEmpty {
        findings.append(.warning("workers", "none is alive", mend: "start a martlet-worker"))
      } else {
        findings.append(.ok("workers", "\(workers.count) alive"))
      }
      for queue in queues { findings += Self.findings(queue) }
      findings += Self.findings(try await schedule.periodic())
      return findings
    } catch {
      // Servers out of reach are reported by their own checks.
      return []
    }
  }

  /// The periodic jobs that no scheduler does, or that a wrong clock has made wait.
  static func findings(_ periodic: [PeriodicStatus]) -> [Finding] {
    let faulty = periodic.filter(\.isFaulty)
    if faulty.isEmpty {
      let known = periodic.count { $0.lastSlot != nil }
      return known > 0 ? [.ok("periodic jobs", "\(known) on time")] : []
    }
    return faulty.map { status in
      status.overdue > PeriodicStatus.grace
        ? .failure(
          "periodic jobs", ScheduleCheck.text(status),
          mend: "start a martlet-scheduler, or look at its log")
        : .failure(
          "periodic jobs", ScheduleCheck.text(status),
          mend: "a clock was wrong; a scheduler of this version sets it back by itself")
    }
  }

  /// Faults of one queue; none for a queue that is served.
  static func findings(_ queue: QueueStatus) -> [Finding] {
    let name = "queue \(queue.name)"
    var findings: [Finding] = []
    if queue.isPaused {
      findings.append(
        .warning(name, "paused", mend: "`martlet queues resume \(queue.name)` lets it go on"))
    }
    if queue.workers == 0, queue.depth > 0, !queue.isPaused {
      findings.append(
        .failure(
          name, "\(queue.depth) jobs wait and no worker serves it",
          mend: "start a martlet-worker whose MARTLET_WORKER_QUEUES has \(queue.name)"))
    }
    if queue.unknown > 0 {
      findings.append(
        .warning(
          name, "\(queue.unknown) jobs of kinds that no worker knows",
          mend: "upgrade the workers to the version that enqueued them"))
    }
    if queue.dead > 0 {
      findings.append(
        .warning(
          name, "\(queue.dead) dead jobs",
          mend: "`martlet jobs list --queue \(queue.name) --state dead` shows why"))
    }
    return findings
  }
}
