import CLibPQ

extension PostgresConnection {
  /// Copies data into a table: `COPY contacts (id, email) FROM STDIN`, with the data written by the
  /// closure. If the closure throws, the server drops what it got.
  /// - Returns: the number of rows that the server took.
  /// - Throws: the closure's error, or the server's for data it refuses; `context` holds the line.
  @discardableResult
  public func copyIn(
    _ sql: SQL, isolation: isolated (any Actor)? = #isolation,
    _ body: (CopyWriter) async throws -> Void
  ) async throws -> Int {
    try await beginCopy(sql, expecting: PGRES_COPY_IN)
    let writer = CopyWriter(connection: self)
    return try await withTaskCancellationHandler {
      do {
        try await body(writer)
        try await writer.flush()
      } catch {
        let refusal = await endCopyIn(abort: "the writer gave up")
        // Writing failed because the server had stopped reading: its reason is the one to tell.
        if case .failure(let reason) = refusal, error is CopyStopped { throw reason }
        throw error
      }
      return try await endCopyIn(abort: nil).get()
    } onCancel: {
      Task { await self.cancelCopy() }
    }
  }

  /// Copies data out: `COPY (SELECT …) TO STDOUT`. The closure gets it in pieces of whole rows, of
  /// 64 KiB or more except the last. If it throws, the query is cancelled.
  public func copyOut(
    _ sql: SQL, isolation: isolated (any Actor)? = #isolation,
    _ body: ([UInt8]) async throws -> Void
  ) async throws {
    try await beginCopyOut(sql)
    do {
      while let chunk = try await readCopyChunk() { try await body(chunk) }
    } catch {
      await abandonCopyOut()
      throw error
    }
  }

  // MARK: In

  /// Hands bytes to the server, waiting while it is busy.
  func putCopy(_ bytes: [UInt8]) async throws(PostgresError) {
    let session = try session()
    guard isCopying else { throw PostgresError(.usage, "the COPY has ended") }
    if cancelRequested { throw PostgresError(.cancelled, "the task was cancelled") }
    var offset = 0
    while offset < bytes.count {
      let count = min(bytes.count - offset, CopyWriter.largestPiece)
      let done = bytes.withUnsafeBytes { all in
        let start = all.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
        return PQputCopyData(session, start, Int32(truncatingIfNeeded: count))
      }
      guard done == 1 else { throw copyStopped() }
      offset += count
      try await flush(session, mayHaveBeenApplied: transactionState == .none)
      if copyWasRefused { throw copyStopped() }
    }
  }

  /// Whether the server has sent an error while it is being given data. libpq looks at it only when
  /// the COPY ends, so the socket is asked. With TLS this cannot be seen, and the rest of the data
  /// is sent in vain.
  var copyWasRefused: Bool {
    guard let handle, PQsslInUse(handle.pointer) == 0 else { return false }
    return handle.nextMessageIsError
  }

  private func copyStopped() -> PostgresError { PostgresError(.connection, CopyStopped.message) }

  private func endCopyIn(abort reason: String?) async -> Result<Int, PostgresError> {
    defer { endCopy() }
    let risk = transactionState == .none
    do throws(PostgresError) {
      let session = try session()
      _ = PQputCopyEnd(session, reason)
      try await flush(session, mayHaveBeenApplied: risk)
      var failure: PostgresError?
      var rows = 0
      while let result = try await nextResult(session, mayHaveBeenApplied: risk) {
        switch PQresultStatus(result.pointer) {
        case PGRES_COMMAND_OK: rows = PostgresRows(result).affected
        case PGRES_COPY_IN: _ = PQputCopyEnd(session, reason ?? "unexpected")
        default:
          let error = self.failure(result, session, mayHaveBeenApplied: risk)
          guard handle != nil else { throw error }
          failure = failure ?? error
        }
      }
      settle(session, failure)
      if let failure { return .failure(failure) }
      return .success(rows)
    } catch {
      return .failure(error)
    }
  }

  /// Handles cancellation: the next piece is refused, and the server stops if it is at work on the
  /// last.
  private func cancelCopy() {
    guard isCopying else { return }
    sendCancel()
  }

  // MARK: Out

  private func beginCopyOut(_ sql: SQL) async throws(PostgresError) {
    try await beginCopy(sql, expecting: PGRES_COPY_OUT)
  }

  private func readCopyChunk() async throws(PostgresError) -> [UInt8]? {
    let session = try session()
    guard isCopying else { return nil }
    if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
    var chunk: [UInt8] = []
    while chunk.count < CopyWriter.pieceSize {
      var row: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(session, &row, 1)
      if count > 0, let row {
        if chunk.isEmpty { chunk.reserveCapacity(CopyWriter.pieceSize + 4096) }
        chunk.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
        PQfreemem(row)
      } else if count == 0 {
        try await waitForSocket(session, ConnectionLoop.readable, mayHaveBeenApplied: false)
        if PQconsumeInput(session) == 0 { throw lost(session, mayHaveBeenApplied: false) }
      } else {
        try await finishCopyOut(session)
        return chunk.isEmpty ? nil : chunk
      }
    }
    return chunk
  }

  private func finishCopyOut(_ session: OpaquePointer) async throws(PostgresError) {
    var failure: PostgresError?
    while let result = try await nextResult(session, mayHaveBeenApplied: false) {
      guard PQresultStatus(result.pointer) != PGRES_COMMAND_OK else { continue }
      let error = self.failure(result, session, mayHaveBeenApplied: false)
      failure = failure ?? error
      if handle == nil { break }
    }
    if handle != nil { settle(session, failure) }
    endCopy()
    if let failure { throw failure }
  }

  /// Cancels the query and discards the data that is still arriving.
  private func abandonCopyOut() async {
    guard isCopying else { return }
    defer { endCopy() }
    guard let handle else { return }
    sendCancel()
    do throws(PostgresError) {
      while try await readCopyChunk(discarding: handle.pointer) {}
    } catch {
      logger.debug("copy out abandoned", metadata: ["error": "\(error)"])
    }
  }

  private func readCopyChunk(discarding session: OpaquePointer) async throws(PostgresError) -> Bool
  {
    var row: UnsafeMutablePointer<CChar>?
    let count = PQgetCopyData(session, &row, 1)
    if count > 0 {
      PQfreemem(row)
      return true
    }
    if count == 0 {
      try await waitForSocket(session, ConnectionLoop.readable, mayHaveBeenApplied: false)
      if PQconsumeInput(session) == 0 { throw lost(session, mayHaveBeenApplied: false) }
      return true
    }
    try await finishCopyOut(session)
    return false
  }

  // MARK: Both

  private func beginCopy(
    _ sql: SQL, expecting status: ExecStatusType
  ) async throws(PostgresError) {
    guard sql.parameterCount == 0 else {
      throw PostgresError(.usage, "COPY takes no parameters")
    }
    if isCopying { throw PostgresError(.usage, "a COPY is under way on this connection") }
    if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
    await takeTurn()
    beginOperation()
    watchesSilence = true
    do throws(PostgresError) {
      try await sendDeferred()
      let session = try session()
      try sendSimple(takeBegin() + sql.text, session)
      try await flush(session, mayHaveBeenApplied: false)
      var failure: PostgresError?
      while let result = try await nextResult(session, mayHaveBeenApplied: false) {
        let found = PQresultStatus(result.pointer)
        if found == status {
          isCopying = true
          return
        }
        if found == PGRES_COMMAND_OK || found == PGRES_TUPLES_OK { continue }
        guard found == PGRES_FATAL_ERROR else {
          drop()
          throw PostgresError(.usage, "the statement copies the other way")
        }
        let error = self.failure(result, session, mayHaveBeenApplied: false)
        guard handle != nil else { throw error }
        failure = failure ?? error
      }
      settle(session, failure)
      throw failure ?? PostgresError(.usage, "the statement is no COPY")
    } catch {
      watchesSilence = false
      giveTurn()
      throw error
    }
  }

  private func endCopy() {
    guard isCopying else { return }
    isCopying = false
    watchesSilence = false
    releaseTurn()
  }
}
