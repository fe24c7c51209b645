import CLibPQ

/// The isolation of a transaction from those that run beside it.
public enum TransactionIsolation: String, Sendable {
  /// Each statement sees what was committed before it began.
  case readCommitted = "READ COMMITTED"
  /// All statements see what was committed before the first; collisions fail with 40001.
  case repeatableRead = "REPEATABLE READ"
  /// As if the transactions had run one after the other; collisions fail with 40001.
  case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
  /// Runs a closure inside a transaction: committed when it returns, rolled back when it throws.
  /// BEGIN goes out with the first statement. Nothing is retried here; a pool's `transaction` does.
  @discardableResult
  public func transaction<R: Sendable>(
    isolation level: TransactionIsolation = .readCommitted, readOnly: Bool = false,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    try await begin(level, readOnly: readOnly)
    let result: R
    do {
      result = try await body(self)
    } catch {
      await rollback()
      throw error
    }
    try await commit()
    return result
  }

  /// Runs a closure that may fail without failing the transaction around it: its changes are then
  /// undone and its error rethrown.
  @discardableResult
  public func savepoint<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    let name = try await beginSavepoint()
    do {
      let result = try await body(self)
      try await releaseSavepoint(name)
      return result
    } catch {
      try await rollback(to: name)
      throw error
    }
  }

  func begin(_ level: TransactionIsolation, readOnly: Bool) throws(PostgresError) {
    guard transactionState == .none else {
      throw PostgresError(.usage, "a transaction is open already; use savepoint")
    }
    _ = try session()
    var text = "BEGIN"
    if level != .readCommitted { text += " ISOLATION LEVEL \(level.rawValue)" }
    if readOnly { text += " READ ONLY" }
    transactionState = .pending(text + ";")
    transactionFailure = nil
    names = 0
  }

  /// Commits. Not cancelled with the task, which would leave its outcome unknown for no benefit.
  func commit() async throws(PostgresError) {
    try await perform(cancellable: false) { () async throws(PostgresError) in
      switch transactionState {
      case .none:
        throw PostgresError(.connection, "the connection was lost inside the transaction")
      case .pending where deferred.isEmpty:
        transactionState = .none
        return
      case .pending, .open: break
      }
      let earlier = transactionFailure
      let rows = try await exchange(["COMMIT"], commits: true)
      if rows.last?.commandTag == "ROLLBACK" {
        throw earlier
          ?? PostgresError(.transactionAborted, "a statement had failed, nothing was committed")
      }
    }
  }

  /// Rolls back what is open. A connection that cannot even do that is dropped, and the server
  /// rolls back by itself.
  func rollback() async {
    deferred = []
    if case .pending = transactionState {
      transactionState = .none
      return
    }
    guard transactionState == .open, handle != nil else { return }
    do throws(PostgresError) {
      try await perform(cancellable: false) { () async throws(PostgresError) in
        _ = try await exchange(["ROLLBACK"])
      }
    } catch {
      logger.debug("rollback failed", metadata: ["error": "\(error)"])
      // A COPY that is still under way uses the session: it is dropped when that has ended.
      if !isCopying { drop() }
    }
  }

  private func beginSavepoint() throws(PostgresError) -> String {
    guard transactionState != .none else {
      throw PostgresError(.usage, "a savepoint needs a transaction")
    }
    names += 1
    let name = "s\(names)"
    deferred.append(SQL(unsafeText: "SAVEPOINT \(name)"))
    return name
  }

  private func releaseSavepoint(_ name: String) async throws(PostgresError) {
    // Statements still to be sent belong to this savepoint and must fail here, not later.
    let release = SQL(unsafeText: "RELEASE SAVEPOINT \(name)")
    if deferred.isEmpty {
      deferred.append(release)
    } else {
      _ = try await perform { () async throws(PostgresError) in try await exchange([release]) }
    }
  }

  private func rollback(to name: String) async throws(PostgresError) {
    // Never sent: nothing to undo on the server.
    if let index = deferred.firstIndex(where: { $0.text == "SAVEPOINT \(name)" }) {
      deferred.removeSubrange(index...)
      return
    }
    deferred = []
    _ = try await perform(cancellable: false) { () async throws(PostgresError) in
      try await exchange([SQL(unsafeText: "ROLLBACK TO SAVEPOINT \(name)")])
    }
    transactionFailure = nil
  }
}
