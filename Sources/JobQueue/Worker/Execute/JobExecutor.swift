import Foundation

/// The life of a job in a worker, from the prefetch buffer to its settlement.
///
/// 1. **Take**: ``PrefetchBuffer`` gives a slot one job, or several for a handler of batches.
/// 2. **Begin**: the slot notes the jobs, so that cancellations and timeouts find them; cancelled ones are dropped.
/// 3. **Start**: the timeout and the history's start time begin; repeated deliveries of jobs done already are dropped.
/// 4. **Run**: the middleware and the handler run, isolated if the job was under way when workers crashed.
/// 5. **Settle**: ``Settlement`` turns the handler's end into an action.
/// 6. **Report**: ``Settler`` writes it to PostgreSQL, then ``Acknowledger`` to Redis.
struct JobExecutor: Sendable {
  let buffer: PrefetchBuffer
  let middleware: [any JobMiddleware]
  let services: JobServices
  let cancelled: RecentlyCancelled
  let watchdog: TimeoutWatchdog
  let isolation: CrashIsolation
  /// Crashes after which a job is poison.
  let crashLimit: Int
  let settler: Settler
  let health: BackendHealth
  let shutdown: Shutdown

  /// Takes jobs and runs them until the buffer closes, or a job's cancellation ends the task.
  func run(in slot: Slot) async {
    while let jobs = await buffer.take() {
      await perform(jobs, in: slot)
      if slot.end() { return }
    }
  }

  private func perform(_ taken: [Delivery], in slot: Slot) async {
    if let reason = slot.begin(taken) { return settle(taken, error: reason) }
    var jobs = dropCancelled(taken)
    guard !jobs.isEmpty else { return }
    start(jobs)
    do {
      jobs = try await dropEnded(jobs)
      guard !jobs.isEmpty else { return }
      try await runIsolated(jobs)
      settle(jobs, error: nil)
    } catch {
      settle(jobs, error: error)
    }
  }

  /// Leaves out cancelled jobs. Called after the slot has noted the jobs: a later cancellation finds them there.
  private func dropCancelled(_ jobs: [Delivery]) -> [Delivery] {
    guard !cancelled.isEmpty else { return jobs }
    let dropped = jobs.filter { cancelled.contains($0.entry.id) }
    guard !dropped.isEmpty else { return jobs }
    settler.put(dropped.map { Settlement($0, .drop) })
    return jobs.filter { job in !dropped.contains { $0 === job } }
  }

  private func start(_ jobs: [Delivery]) {
    if jobs[0].entry.timeoutMilliseconds > 0 { watchdog.jobBegan() }
    guard jobs[0].kind.options.keep != nil else { return }
    let now = services.clock.now
    for job in jobs { job.state.withLock { $0.startedAt = now } }
  }

  /// Leaves out repeated deliveries of jobs whose rows are gone.
  private func dropEnded(_ jobs: [Delivery]) async throws -> [Delivery] {
    let repeated = jobs.filter(\.mayBeRepetition)
    guard !repeated.isEmpty else { return jobs }
    let live = try await DurableStore.live(
      repeated.map(\.entry.id), on: services.client.postgres)
    let ended = repeated.filter { !live.contains($0.entry.id) }
    settler.put(ended.map { Settlement($0, .drop) })
    return jobs.filter { !$0.mayBeRepetition || live.contains($0.entry.id) }
  }

  private func runIsolated(_ jobs: [Delivery]) async throws {
    if crashLimit > 1, jobs[0].entry.crashes >= crashLimit - 1 {
      try await isolation.run(jobs[0]) { try await run(jobs) }
    } else {
      try await run(jobs)
    }
  }

  private func run(_ jobs: [Delivery]) async throws {
    guard jobs[0].entry.crashes > 0 else { return try await handle(jobs) }
    try await CrashSuspicion.$isRaised.withValue(true) { try await handle(jobs) }
  }

  private func handle(_ jobs: [Delivery]) async throws {
    let (kind, entry) = (jobs[0].kind, jobs[0].entry)
    guard !middleware.isEmpty else { return try await kind.run(jobs, services) }
    let info = JobInfo(
      id: entry.id, name: kind.name, queue: jobs[0].queue, attempt: entry.attempt + 1,
      isLastAttempt: entry.attempt + 1 >= entry.maxAttempts, count: jobs.count)
    try await run(info, from: 0) {
      do {
        try await kind.run(jobs, services)
      } catch {
        // Middleware gets the reason of a cancellation, not what the handler threw on its way out.
        if let reason = jobs[0].cancellation { throw reason }
        throw error
      }
    }
  }

  private func run(
    _ info: JobInfo, from index: Int, _ job: () async throws -> Void
  ) async throws {
    guard index < middleware.count else { return try await job() }
    try await middleware[index].run(info) { try await run(info, from: index + 1, job) }
  }

  private func settle(_ jobs: [Delivery], error: (any Error)?) {
    if shutdown.isAbandoned { return }
    var pause = Duration.zero
    if let error, let server = BackendUnavailable(error) {
      pause = health.away(server, error)
    } else if error == nil, jobs.first?.kind.isDurable == true {
      // Its end was written, or will be: the database works.
      health.back(.postgres)
    }
    settler.put(jobs.compactMap { Settlement($0, error: error, pause: pause) })
  }
}
