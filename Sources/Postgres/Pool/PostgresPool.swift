public import Logging
import Primitives
import Synchronization

/// Connections to one database, shared by all tasks of a process: opened when needed up to a bound,
/// handed out in the order of requests, replaced when broken.
public final class PostgresPool: Sendable {
  /// The numbers of connections, and of tasks that wait for one.
  public struct Statistics: Sendable, Equatable {
    /// Connected sessions.
    public var open: Int
    /// Idle sessions.
    public var idle: Int
    /// Tasks waiting for a session.
    public var waiting: Int
  }

  /// Whether the current task may take the connections that are reserved: set it for what must be answered while
  /// everything else waits.
  @TaskLocal public static var usesReserve = false

  /// The configuration of the connections.
  public let configuration: PostgresConfiguration
  let logger: Logger
  let state: Mutex<PoolState<PostgresConnection>>
  let lastTrouble = Mutex<PostgresError?>(nil)
  private let counter = StatementCounter()
  let metrics: PoolMetrics
  let timer = PoolTimer()

  /// Prepares a pool; the first connection is opened when one is asked for.
  public init(_ configuration: PostgresConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    state = Mutex(
      PoolState(
        maximum: configuration.maximumConnections, reserved: configuration.reservedConnections))
    metrics = PoolMetrics()
  }

  deinit { timer.cancel() }

  /// The state of the pool at this instant.
  public var statistics: Statistics {
    state.withLock { Statistics(open: $0.open, idle: $0.idle.count, waiting: $0.waiting) }
  }

  /// The error of the last attempt to connect; `nil` once one has succeeded.
  public var trouble: PostgresError? { lastTrouble.withLock { $0 } }

  /// The number of statements sent, transaction control included.
  public var statementsSent: Int { counter.value }

  /// Lends a connection to a closure, which must not keep it. The closure runs on the connection's
  /// thread where its isolation allows.
  /// - Throws: what the closure throws, or `.poolTimeout`, `.closed`, `.cancelled`, `.connection`.
  @discardableResult
  public func withConnection<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    let connection = try await acquire()
    return try await withTaskExecutorPreference(connection.thread) {
      let result: R
      do {
        result = try await body(connection)
        try await connection.finishDeferred()
      } catch {
        await release(connection)
        throw error
      }
      await release(connection)
      return result
    }
  }

  /// Runs one statement on any connection.
  @discardableResult
  public func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
    try await onConnection { connection throws(PostgresError) in try await connection.query(sql) }
  }

  /// Runs statements in one round trip, as one transaction: if one fails, none takes effect.
  @discardableResult
  public func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [PostgresRows] {
    try await onConnection { connection throws(PostgresError) in
      try await connection.pipeline(statements)
    }
  }

  /// Runs a closure inside a transaction: committed when it returns, rolled back when it throws.
  ///
  /// If the transaction collides with another (40001, 40P01), meets a plan that a migration made
  /// stale, or loses its connection before COMMIT, the whole closure is run again, up to `retries`
  /// times with a random, growing pause between: it must have no outside effect that harms when
  /// repeated. A connection lost during COMMIT is not retried; the error says `mayHaveBeenApplied`.
  @discardableResult
  public func transaction<R: Sendable>(
    isolation level: TransactionIsolation = .readCommitted, readOnly: Bool = false,
    retries: Int = 5, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    var attempt = 0
    while true {
      let connection = try await acquire()
      let outcome = await withTaskExecutorPreference(connection.thread) {
        let outcome: TransactionOutcome<R>
        do {
          let result = try await connection.transaction(isolation: level, readOnly: readOnly, body)
          outcome = .committed(result)
        } catch {
          outcome = .failed(error, retry: await connection.shouldRetry(after: error))
        }
        await release(connection)
        return outcome
      }
      switch outcome {
      case .committed(let result): return result
      case .failed(let error, let retry):
        guard retry, attempt < retries else { throw error }
        try Task.checkCancellation()
        logger.debug(
          "transaction is run again", metadata: ["error": "\(error)", "attempt": "\(attempt + 1)"])
        try await Task.sleep(for: PostgresPool.pause(beforeRetry: attempt))
        attempt += 1
      }
    }
  }

  /// Closes the pool: refuses new and waiting callers, waits for connections in use, ends all.
  public func close() async {
    let (idle, waiters) = state.withLock { $0.close() }
    for waiter in waiters { waiter.continuation.resume(returning: .failure(.poolClosed)) }
    for connection in idle { await connection.close() }
    await withUnsafeContinuation { continuation in
      state.withLock { $0.whenDrained(continuation) }
      resumeDrained()
    }
    timer.cancel()
    report()
  }

  /// Runs something that fails with a `PostgresError` alone. A connection that proves broken before
  /// anything was sent is replaced silently.
  private func onConnection<R: Sendable>(
    _ body: (PostgresConnection) async throws(PostgresError) -> R
  ) async throws(PostgresError) -> R {
    var attempt = 0
    while true {
      let connection = try await acquire()
      let result = await withTaskExecutorPreference(connection.thread) {
        () async -> Result<R, PostgresError> in
        let result: Result<R, PostgresError>
        do throws(PostgresError) {
          result = .success(try await body(connection))
        } catch {
          result = .failure(error)
        }
        await release(connection)
        return result
      }
      if case .failure(let error) = result, error.code == .connection, error.isRetryable,
        attempt < configuration.maximumConnections
      {
        attempt += 1
        continue
      }
      return try result.get()
    }
  }

  /// A random time that doubles with every attempt: 0–10 ms, 0–20 ms, … at most half a second.
  static func pause(beforeRetry attempt: Int) -> Duration {
    let ceiling = RetryPause.milliseconds(after: attempt, first: 10, atMost: 500)
    return .microseconds(Int.random(in: 0...ceiling * 1000))
  }

  func makeHooks() -> PostgresConnection.Hooks {
    PostgresConnection.Hooks(
      statements: counter, lost: { [weak self] connection in self?.lost(connection) })
  }

  private func lost(_ connection: PostgresConnection) {
    if state.withLock({ $0.lost(connection) }) { report() }
  }
}

/// The outcome of one attempt at a transaction.
private enum TransactionOutcome<R: Sendable>: Sendable {
  case committed(R)
  case failed(any Error, retry: Bool)
}

extension PostgresError {
  static let poolClosed = PostgresError(.closed, "the pool is closed")
}

extension PostgresConnection {
  /// Sends what was deferred and not yet carried by a later statement.
  func finishDeferred() async throws(PostgresError) {
    guard !deferred.isEmpty else { return }
    _ = try await perform { () async throws(PostgresError) in try await exchange([]) }
  }

  /// Whether a failed transaction may be run again. A failure inside counts even if the body has
  /// wrapped it in an error of its own.
  func shouldRetry(after error: any Error) -> Bool {
    if let error = error as? PostgresError { return error.isRetryable }
    return transactionFailure?.isRetryable ?? false
  }
}
