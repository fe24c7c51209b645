import CLibPQ

/// Moving bytes without blocking the thread, and giving up.
extension PostgresConnection {
  /// The time that the server may take to answer after the statement timeout, before the connection is given up.
  static let grace: Duration = .seconds(10)

  /// Runs one operation on the session: waits its turn, cancels the statement when the task is
  /// cancelled, and watches the clock.
  func perform<R: Sendable>(
    cancellable: Bool = true, timed: Bool = true,
    _ body: () async throws(PostgresError) -> R
  ) async throws(PostgresError) -> R {
    if isCopying {
      throw PostgresError(.usage, "a COPY is under way on this connection")
    }
    if cancellable, Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
    await takeTurn()
    defer { releaseTurn() }
    if cancellable, Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
    beginOperation()
    isRunning = true
    watchesSilence = timed
    if timed, let limit = configuration.statementTimeout {
      deadline = ConnectionLoop.now() + (limit + Self.grace).nanosecondsClamped
    }
    defer {
      isRunning = false
      watchesSilence = false
    }
    guard cancellable else { return try await body() }
    let current = operation
    let result = await withTaskCancellationHandler { () async -> Result<R, PostgresError> in
      do throws(PostgresError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      Task { await self.cancel(operation: current) }
    }
    return try result.get()
  }

  /// Begins to count a new operation, which nothing has cancelled yet.
  func beginOperation() {
    operation &+= 1
    cancelRequested = false
    isServerAway = false
    deadline = nil
  }

  /// Sends what libpq has buffered.
  func flush(_ session: OpaquePointer, mayHaveBeenApplied: Bool) async throws(PostgresError) {
    while true {
      let state = PQflush(session)
      if state == 0 { return }
      // A failed write is reported with the result: the server's last words may be waiting.
      if state < 0 { return }
      let events = ConnectionLoop.readable | ConnectionLoop.writable
      try await waitForSocket(session, events, mayHaveBeenApplied: mayHaveBeenApplied)
      if isCopying, copyWasRefused { return }
      if PQconsumeInput(session) == 0 {
        throw lost(session, mayHaveBeenApplied: mayHaveBeenApplied)
      }
    }
  }

  /// The next result of what was sent; `nil` at the end of a statement's results.
  func nextResult(
    _ session: OpaquePointer, mayHaveBeenApplied: Bool
  ) async throws(PostgresError) -> ResultHandle? {
    while PQisBusy(session) == 1 {
      try await waitForSocket(
        session, ConnectionLoop.readable, mayHaveBeenApplied: mayHaveBeenApplied)
      if PQconsumeInput(session) == 0 {
        throw lost(session, mayHaveBeenApplied: mayHaveBeenApplied)
      }
    }
    return PQgetResult(session).map { ResultHandle($0) }
  }

  /// Suspends until the socket is ready.
  func waitForSocket(
    _ session: OpaquePointer, _ events: Int16, mayHaveBeenApplied: Bool
  ) async throws(PostgresError) {
    let descriptor = PQsocket(session)
    guard descriptor >= 0 else { throw lost(session, mayHaveBeenApplied: mayHaveBeenApplied) }
    while true {
      let silence = watchesSilence ? configuration.silenceLimit : nil
      let next = silence.map { ConnectionLoop.now() + $0.nanosecondsClamped }
      let limit = [deadline, next].compactMap { $0 }.min()
      switch await thread.loop.wait(descriptor, events: events, deadline: limit) {
      case .ready: return
      case .interrupted where isServerAway: throw givenUp(mayHaveBeenApplied: mayHaveBeenApplied)
      case .interrupted: throw PostgresError(.cancelled, "the wait was ended")
      case .timedOut:
        // Cancelling moves the deadline.
        guard let deadline, deadline <= ConnectionLoop.now() else {
          probe()
          continue
        }
        throw givenUp(mayHaveBeenApplied: mayHaveBeenApplied)
      }
    }
  }

  private func givenUp(mayHaveBeenApplied: Bool) -> PostgresError {
    let cancelled = cancelRequested
    drop()
    return PostgresError(
      cancelled ? .cancelled : .timeout,
      "the server did not answer within its time; the connection was given up",
      mayHaveBeenApplied: mayHaveBeenApplied)
  }

  /// Asks whether the server is there at all; a statement may take long, a server that takes no connection hangs.
  private func probe() {
    guard !isProbing else { return }
    isProbing = true
    let current = operation
    ConnectionHandle.probe(configuration) { [weak self] answers in
      Task { await self?.probed(current, answers) }
    }
  }

  private func probed(_ number: UInt64, _ answers: Bool) {
    isProbing = false
    guard !answers, operation == number, watchesSilence, handle != nil else { return }
    isServerAway = true
    thread.loop.interrupt()
  }

  /// The error in a failed result. Drops the connection if it went down with it.
  func failure(
    _ result: ResultHandle, _ session: OpaquePointer, mayHaveBeenApplied: Bool
  ) -> PostgresError {
    var error = PostgresError(result: result.pointer)
    if error.endsSession || PQstatus(session) != CONNECTION_OK {
      error.code = .connection
      error.mayHaveBeenApplied = mayHaveBeenApplied
      drop()
    } else if error.sqlState == .queryCanceled {
      error.code = cancelRequested ? .cancelled : .timeout
    }
    return error
  }
}

extension PostgresError {
  /// The error a result of libpq holds.
  init(result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      guard let ascii = code.asciiValue else { return nil }
      return PQresultErrorField(result, Int32(ascii)).map { String(cString: $0) }
    }
    guard let state = field("C") else {
      let message = String(cString: PQresultErrorMessage(result))
        .split(whereSeparator: \.isNewline).joined(separator: " ")
      self.init(.connection, message.isEmpty ? "the connection was lost" : message)
      return
    }
    self.init(
      .server, field("M") ?? "error without a message",
      server: ServerFields(
        sqlState: SQLState(rawValue: state), severity: field("V") ?? "ERROR", detail: field("D"),
        hint: field("H"), schema: field("s"), table: field("t"), column: field("c"),
        constraint: field("n"), context: field("W"), routine: field("R"),
        position: field("P").flatMap { Int($0) }))
  }
}
