import Primitives

/// Hands connections out, takes them back and opens them.
extension PostgresPool {
  /// Takes a connection, waiting for its turn.
  func acquire() async throws(PostgresError) -> PostgresConnection {
    let isUrgent = Self.usesReserve
    let acquisition = state.withLock { $0.acquire(urgently: isUrgent) }
    switch acquisition {
    case .connection(let connection):
      report()
      return connection
    case .closed: throw .poolClosed
    case .wait: return try await waitInLine(isUrgent)
    }
  }

  private func waitInLine(_ isUrgent: Bool) async throws(PostgresError) -> PostgresConnection {
    let id = state.withLock { $0.nextID() }
    let deadline = ConnectionLoop.now() + configuration.acquireTimeout.nanosecondsClamped
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        enqueue(
          .init(id: id, deadline: deadline, continuation: continuation, isUrgent: isUrgent))
      }
    } onCancel: {
      guard let waiter = state.withLock({ $0.removeWaiter(id) }) else { return }
      waiter.continuation.resume(
        returning: .failure(PostgresError(.cancelled, "the task was cancelled")))
      report()
    }
    return try result.get()
  }

  private func enqueue(_ waiter: PoolState<PostgresConnection>.Waiter) {
    // Cancelled before it was queued: the handler found nothing to remove.
    if Task.isCancelled {
      waiter.continuation.resume(
        returning: .failure(PostgresError(.cancelled, "the task was cancelled")))
      return
    }
    enum Next { case closed, take(PostgresConnection), wait(open: Bool) }
    let next: Next = state.withLock { state in
      switch state.acquire(urgently: waiter.isUrgent) {
      case .closed: return .closed
      case .connection(let connection): return .take(connection)
      case .wait: return .wait(open: state.enqueue(waiter))
      }
    }
    switch next {
    case .closed: waiter.continuation.resume(returning: .failure(.poolClosed))
    case .take(let connection): waiter.continuation.resume(returning: .success(connection))
    case .wait(let open):
      if open { startOpening() }
      timer.arm(at: waiter.deadline) { [weak self] in self?.tick() }
      // The cancellation may have come between the check above and queueing.
      if Task.isCancelled, let late = state.withLock({ $0.removeWaiter(waiter.id) }) {
        late.continuation.resume(
          returning: .failure(PostgresError(.cancelled, "the task was cancelled")))
      }
    }
    report()
  }

  /// Takes a connection back: to the next in line, to the idle ones, or to be replaced.
  func release(_ connection: PostgresConnection) async {
    if await connection.prepareForReuse() {
      offer(connection)
    } else {
      let open = state.withLock { $0.discarded(connection) }
      if open { startOpening() }
      resumeDrained()
    }
    report()
  }

  private func offer(_ connection: PostgresConnection) {
    let now = ConnectionLoop.now()
    let (waiter, close) = state.withLock { $0.offer(connection, now: now) }
    if let waiter {
      waiter.continuation.resume(returning: .success(connection))
    } else if close {
      resumeDrained()
      Task { await connection.close() }
    } else {
      let limit = now + configuration.idleTimeout.nanosecondsClamped
      timer.arm(at: limit) { [weak self] in self?.tick() }
    }
  }

  func resumeDrained() {
    let drained = state.withLock { $0.takeDrained() }
    for continuation in drained { continuation.resume() }
  }

  // MARK: Opening

  private func startOpening() {
    Task { await open() }
  }

  /// Opens one connection, trying again with growing pauses as long as someone waits for it.
  private func open() async {
    var attempt = 0
    while true {
      do throws(PostgresError) {
        let connection = try await PostgresConnection.connect(
          configuration, logger: logger, hooks: makeHooks())
        state.withLock { $0.opened() }
        lastTrouble.withLock { $0 = nil }
        if await connection.prepareForReuse() {
          offer(connection)
        } else if state.withLock({ $0.discarded(connection) }) {
          startOpening()
        }
        resumeDrained()
        report()
        return
      } catch {
        if await shouldStopOpening(after: error, attempt: attempt) { return }
        attempt += 1
      }
    }
  }

  private func shouldStopOpening(after error: PostgresError, attempt: Int) async -> Bool {
    lastTrouble.withLock { $0 = error }
    logger.log(
      level: attempt == 0 ? .warning : .debug, "cannot connect to PostgreSQL",
      metadata: ["place": "\(configuration.place)", "error": "\(error)"])
    if error.refusesForGood {
      let waiters = state.withLock { $0.openingRefused() }
      for waiter in waiters { waiter.continuation.resume(returning: .failure(error)) }
      resumeDrained()
      report()
      return true
    }
    do {
      try await Task.sleep(for: RetryPause.spread(after: attempt))
    } catch {
      logger.trace("pause cut short")
    }
    let goesOn = state.withLock { $0.openingFailed() }
    if !goesOn { resumeDrained() }
    return !goesOn
  }

  // MARK: Time

  /// Refuses callers that waited too long and closes connections idle for long.
  private func tick() {
    let now = ConnectionLoop.now()
    let idleLimit = configuration.idleTimeout.nanosecondsClamped
    let (late, unused, next) = state.withLock { state in
      let late = state.expired(now: now)
      let unused = now > idleLimit ? state.reap(idleSince: now - idleLimit) : []
      let idleEnd = state.idle.first.map { $0.since + idleLimit }
      return (late, unused, [state.nextDeadline, idleEnd].compactMap { $0 }.min())
    }
    let trouble = lastTrouble.withLock { $0 }
    for waiter in late {
      let reason = trouble.map { "; the last attempt to connect failed: \($0.message)" } ?? ""
      waiter.continuation.resume(
        returning: .failure(
          PostgresError(
            .poolTimeout,
            "no connection became free within \(configuration.acquireTimeout)\(reason)")))
    }
    for connection in unused { Task { await connection.close() } }
    if !late.isEmpty || !unused.isEmpty { report() }
    if let next { timer.arm(at: next) { [weak self] in self?.tick() } }
  }

  /// Updates the gauges.
  func report() { metrics.record { statistics } }
}
