import CLibPQ

extension PostgresConnection {
  /// Runs one statement and returns its rows. Outside a transaction it is one of its own.
  @discardableResult
  public func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
    let rows = try await perform { () async throws(PostgresError) in
      try await exchange([sql])
    }
    guard let last = rows.last else { return PostgresRows() }
    return last
  }

  /// Runs statements in one round trip and returns the rows of each. Outside a transaction they are
  /// one transaction together: if one fails, none takes effect.
  @discardableResult
  public func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [PostgresRows] {
    guard !statements.isEmpty else { return [] }
    return try await perform { () async throws(PostgresError) in try await exchange(statements) }
  }

  /// Sends a statement along with the next one, or with COMMIT, and so without its own round trip.
  /// Its rows are discarded; if it fails, the next one fails with its error.
  public func sendWithNext(_ sql: SQL) { deferred.append(sql) }

  /// Runs a script of any number of statements without parameters. Outside a transaction they are
  /// one together, unless the script says otherwise.
  public func execute(script: String) async throws(PostgresError) {
    try await perform { () async throws(PostgresError) in
      try await sendDeferred()
      let session = try session()
      let risk = transactionState == .none
      try sendSimple(takeBegin() + script, session)
      try await flush(session, mayHaveBeenApplied: risk)
      var failure: PostgresError?
      while let result = try await nextResult(session, mayHaveBeenApplied: risk) {
        switch PQresultStatus(result.pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: continue
        case PGRES_COPY_IN:
          _ = PQputCopyEnd(session, "COPY needs copyIn")
        case PGRES_COPY_OUT, PGRES_COPY_BOTH:
          drop()
          throw PostgresError(.usage, "COPY needs copyOut; the connection was given up")
        default:
          let error = self.failure(result, session, mayHaveBeenApplied: risk)
          failure = failure ?? error
          if handle == nil { throw error }
        }
      }
      settle(session, failure)
      if let failure { throw failure }
    }
  }

  // MARK: The extended protocol

  /// The statements that were sent, in the order of their answers.
  private enum Sent {
    case prepare(StatementCache.Key, name: String)
    case statement(StatementCache.Key)
    case housekeeping
  }

  /// Sends BEGIN if it is due, what was deferred and the statements in one go, and reads all
  /// answers. Returns the rows of `statements`.
  func exchange(
    _ statements: [SQL], commits: Bool = false
  ) async throws(PostgresError) -> [PostgresRows] {
    let batch = deferred + statements
    deferred = []
    for sql in batch where sql.parameterCount > 65_535 {
      throw PostgresError(.usage, "\(sql.parameterCount) parameters: more than 65535")
    }
    let rows: [PostgresRows]
    do throws(PostgresError) {
      rows = try await exchangeOnce(batch, commits: commits)
    } catch {
      // A plan that a migration made stale is made anew; inside a transaction only the whole can
      // be run again.
      guard error.isStalePlan, transactionState == .none, !commits, handle != nil else {
        throw error
      }
      rows = try await exchangeOnce(batch, commits: commits)
    }
    return Array(rows.suffix(statements.count))
  }

  private func exchangeOnce(
    _ batch: [SQL], commits: Bool
  ) async throws(PostgresError) -> [PostgresRows] {
    let session = try session()
    let risk = commits || transactionState == .none
    var sent: [Sent] = []
    sent.reserveCapacity(batch.count + 2)
    try enterPipeline(session)
    // BEGIN comes before everything else: it may name an isolation only before the first statement.
    let begin = takeBegin()
    if !begin.isEmpty { try send(SQL(unsafeText: begin), session, &sent) }
    sendDeallocations(session, &sent)
    let extra = begin.isEmpty ? 0 : 1
    for sql in batch { try send(sql, session, &sent) }
    guard PQpipelineSync(session) == 1 else { throw lost(session, mayHaveBeenApplied: false) }
    hooks.statements.add(batch.count + extra)
    try await flush(session, mayHaveBeenApplied: risk)

    var rows: [PostgresRows] = []
    rows.reserveCapacity(batch.count + extra)
    var failure: PostgresError?
    for item in sent {
      guard let result = try await nextResult(session, mayHaveBeenApplied: risk) else { continue }
      switch PQresultStatus(result.pointer) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        switch item {
        case .prepare(let key, let name): cache.prepared(key, name: name)
        case .statement: rows.append(PostgresRows(result))
        case .housekeeping: break
        }
      case PGRES_PIPELINE_ABORTED: break
      case PGRES_FATAL_ERROR:
        let error = self.failure(result, session, mayHaveBeenApplied: risk)
        guard handle != nil else { throw error }
        failure = failure ?? error
        if error.sqlState == .invalidSQLStatementName {
          cache.forgetAll()
        } else if error.isStalePlan, case .statement(let key) = item {
          cache.forget(key)
        }
      default:
        drop()
        throw PostgresError(.usage, "COPY needs copyIn or copyOut; the connection was given up")
      }
      while try await nextResult(session, mayHaveBeenApplied: risk) != nil {}
    }
    try await readSync(session, risk, &failure)
    settle(session, failure)
    if let failure { throw failure }
    return rows
  }

  /// Reads the end of a round trip. Outside a transaction block it is here that the statements
  /// are committed, and here that deferred constraints fail.
  private func readSync(
    _ session: OpaquePointer, _ risk: Bool, _ failure: inout PostgresError?
  ) async throws(PostgresError) {
    var empty = 0
    while true {
      guard let result = try await nextResult(session, mayHaveBeenApplied: risk) else {
        empty += 1
        guard empty < 8, PQstatus(session) == CONNECTION_OK else {
          throw lost(session, mayHaveBeenApplied: risk)
        }
        continue
      }
      switch PQresultStatus(result.pointer) {
      case PGRES_PIPELINE_SYNC: return
      case PGRES_FATAL_ERROR:
        let error = self.failure(result, session, mayHaveBeenApplied: risk)
        guard handle != nil else { throw error }
        failure = failure ?? error
      default: continue
      }
    }
  }

  private func send(
    _ sql: SQL, _ session: OpaquePointer, _ sent: inout [Sent]
  ) throws(PostgresError) {
    let key = StatementCache.Key(text: sql.text, types: sql.slots.map(\.type))
    var plan = cache.plan(for: key)
    if case .prepare(let name) = plan {
      let isUnderWay = sent.contains { item in
        if case .prepare(_, name) = item { true } else { false }
      }
      if isUnderWay {
        plan = .run(name: name)
      } else {
        let done = key.types.withUnsafeBufferPointer { types in
          PQsendPrepare(session, name, sql.text, Int32(types.count), types.baseAddress)
        }
        guard done == 1 else { throw lost(session, mayHaveBeenApplied: false) }
        sent.append(.prepare(key, name: name))
        plan = .run(name: name)
      }
    }
    let done = sql.withParameters { count, types, values, lengths, formats in
      if case .run(let name) = plan {
        return PQsendQueryPrepared(session, name, count, values, lengths, formats, 1)
      }
      return PQsendQueryParams(session, sql.text, count, types, values, lengths, formats, 1)
    }
    guard done == 1 else { throw lost(session, mayHaveBeenApplied: false) }
    sent.append(.statement(key))
  }

  /// Deallocates evicted statements of the session. Not inside a failed transaction, where the
  /// server would refuse.
  private func sendDeallocations(_ session: OpaquePointer, _ sent: inout [Sent]) {
    guard !cache.forgotten.isEmpty, PQtransactionStatus(session) == PQTRANS_IDLE else { return }
    for name in cache.takeForgotten() {
      guard PQsendQueryParams(session, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1 else {
        return
      }
      sent.append(.housekeeping)
    }
  }

  private func enterPipeline(_ session: OpaquePointer) throws(PostgresError) {
    guard PQpipelineStatus(session) == PQ_PIPELINE_OFF else { return }
    guard PQenterPipelineMode(session) == 1 else {
      throw lost(session, mayHaveBeenApplied: false)
    }
  }

  // MARK: The simple protocol

  /// Sends text by the simple protocol, which COPY and scripts need.
  func sendSimple(_ text: String, _ session: OpaquePointer) throws(PostgresError) {
    if PQpipelineStatus(session) != PQ_PIPELINE_OFF, PQexitPipelineMode(session) != 1 {
      throw lost(session, mayHaveBeenApplied: false)
    }
    guard PQsendQuery(session, text) == 1 else { throw lost(session, mayHaveBeenApplied: false) }
    hooks.statements.add(1)
  }

  /// Sends what was deferred, before something that cannot carry it.
  func sendDeferred() async throws(PostgresError) {
    if !deferred.isEmpty { _ = try await exchange([]) }
  }

  /// The text of BEGIN if it is due, with a separator for the simple protocol. From then on the
  /// transaction counts as open.
  func takeBegin() -> String {
    guard case .pending(let begin) = transactionState else { return "" }
    transactionState = .open
    return begin
  }

  /// Reads from libpq where the session stands, and remembers the transaction's first failure.
  func settle(_ session: OpaquePointer, _ failure: PostgresError?) {
    if transactionState == .open, transactionFailure == nil { transactionFailure = failure }
    switch PQtransactionStatus(session) {
    case PQTRANS_INTRANS, PQTRANS_INERROR: transactionState = .open
    default: transactionState = .none
    }
  }
}
