import CLibPQ
public import Logging
import Synchronization

/// One session with a PostgreSQL server, on a thread of its own.
///
/// Statements that are asked for concurrently run one after the other. The closure of a
/// transaction or of `withConnection` prefers this thread, so its statements cost no change of
/// thread; do heavy computing elsewhere.
public actor PostgresConnection {
  /// The state of a connection as its pool sees it.
  struct Hooks: Sendable {
    var statements = StatementCounter()
    var lost: @Sendable (PostgresConnection) -> Void = { _ in }
  }

  /// The transaction state of the session.
  enum TransactionState: Equatable {
    case none
    /// BEGIN was asked for and goes out with the first statement.
    case pending(String)
    case open
  }

  nonisolated let thread: ConnectionThread
  nonisolated let configuration: PostgresConfiguration
  nonisolated let hooks: Hooks
  nonisolated let logger: Logger

  /// Runs the actor on the connection's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  var handle: ConnectionHandle?
  var cache: StatementCache
  var transactionState = TransactionState.none
  /// Statements that wait for the next round trip.
  var deferred: [SQL] = []
  /// The first failure inside the transaction: it decides about a retry, whatever the body made of
  /// it.
  var transactionFailure: PostgresError?
  /// The number of savepoints that this transaction has had, for their names.
  var names = 0
  var isCopying = false

  /// The operation under way, for cancelling that one and no later one.
  var operation: UInt64 = 0
  var isRunning = false
  var cancelRequested = false
  /// The instant at which the connection is given up.
  var deadline: UInt64?
  /// Whether the operation under way waits for an answer, so that silence means trouble.
  var watchesSilence = false
  /// Whether the server is being asked if it is there, and whether it was not.
  var isProbing = false
  var isServerAway = false
  /// Whether a request to cancel is on its way. Until it has arrived it could hit a later statement.
  var isCancelling = false
  var afterCancelling: UnsafeContinuation<Void, Never>?

  private var isTaken = false
  private var turns: [UnsafeContinuation<Void, Never>] = []

  init(_ configuration: PostgresConfiguration, logger: Logger, hooks: Hooks) throws(PostgresError) {
    self.configuration = configuration
    self.logger = logger
    self.hooks = hooks
    thread = try ConnectionThread()
    cache = StatementCache(capacity: configuration.statementCacheSize)
  }

  /// Connects.
  /// - Throws: `.connection` if the server cannot be reached or refuses; `sqlState` says why where
  ///   the server gave a reason.
  public static func connect(
    _ configuration: PostgresConfiguration, logger: Logger
  ) async throws(PostgresError) -> PostgresConnection {
    try await connect(configuration, logger: logger, hooks: Hooks())
  }

  static func connect(
    _ configuration: PostgresConfiguration, logger: Logger, hooks: Hooks
  ) async throws(PostgresError) -> PostgresConnection {
    let connection = try PostgresConnection(configuration, logger: logger, hooks: hooks)
    try await connection.open()
    return connection
  }

  /// The server process that serves this session, 0 when closed.
  public var processID: Int32 { handle.map { PQbackendPID($0.pointer) } ?? 0 }

  /// Whether the session can be used.
  public var isOpen: Bool {
    handle.map { PQstatus($0.pointer) == CONNECTION_OK } ?? false
  }

  /// Ends the session after the running operation.
  public func close() async {
    await takeTurn()
    drop()
    giveTurn()
  }

  private func open() throws(PostgresError) {
    handle = try ConnectionHandle.connect(configuration)
    thread.loop.onWatchedReadable { [weak self] in
      guard let self else { return }
      Task { await self.readWhileIdle() }
    }
  }

  // MARK: Taking turns

  /// Waits until no other operation is under way.
  func takeTurn() async {
    if isTaken {
      await withUnsafeContinuation { turns.append($0) }
    } else {
      isTaken = true
    }
    thread.loop.unwatch()
  }

  func giveTurn() {
    if turns.isEmpty { isTaken = false } else { turns.removeFirst().resume() }
  }

  // MARK: Reuse

  /// Makes the session fit for the next user: no transaction is left open.
  /// - Returns: false if it is to be thrown away.
  func prepareForReuse() async -> Bool {
    deferred = []
    if transactionState != .none { await rollback() }
    await takeTurn()
    defer { giveTurn() }
    guard let handle, isOpen, !isCopying, PQtransactionStatus(handle.pointer) == PQTRANS_IDLE else {
      drop()
      return false
    }
    thread.loop.watch(handle.socket)
    return true
  }

  /// Reads what arrived unrequested: a notification, or the server's last message.
  private func readWhileIdle() {
    guard let handle, !isTaken else { return }
    let alive = PQconsumeInput(handle.pointer) == 1 && PQisBusy(handle.pointer) == 0
    while let notification = PQnotifies(handle.pointer) { PQfreemem(notification) }
    if alive, isOpen {
      thread.loop.watch(handle.socket)
    } else {
      logger.debug("idle connection lost", metadata: ["place": "\(configuration.place)"])
      drop()
      hooks.lost(self)
    }
  }

  /// Ends the session at once.
  func drop() {
    thread.loop.unwatch()
    handle = nil
    deferred = []
    transactionState = .none
    cache = StatementCache(capacity: configuration.statementCacheSize)
  }

  // MARK: Failures

  /// The libpq session.
  func session() throws(PostgresError) -> OpaquePointer {
    guard let handle else {
      throw PostgresError(.connection, "the connection to \(configuration.place) is closed")
    }
    return handle.pointer
  }

  /// Forgets the lost connection and returns the error.
  func lost(_ session: OpaquePointer, mayHaveBeenApplied: Bool) -> PostgresError {
    let message = ConnectionHandle.message(of: session)
    drop()
    return PostgresError(
      .connection, message.isEmpty ? "the connection was lost" : message,
      mayHaveBeenApplied: mayHaveBeenApplied)
  }
}

/// Counts statements of all connections of a pool.
final class StatementCounter: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func add(_ number: Int) { count.wrappingAdd(number, ordering: .relaxed) }
}
