/// Cancelling statements.
extension PostgresConnection {
  /// The time that the server may take to answer after a cancellation, before the connection is given up.
  static let cancelGrace: Duration = .seconds(5)

  /// Cancels the running operation, if it is still the one meant.
  func cancel(operation number: UInt64) {
    guard isRunning, operation == number, handle != nil else { return }
    sendCancel()
  }

  /// Asks the server to stop the statement, and bounds the wait for its answer.
  func sendCancel() {
    guard let handle, !isCancelling else { return }
    cancelRequested = true
    let limit = min(
      deadline ?? .max, ConnectionLoop.now() + Self.cancelGrace.nanosecondsClamped)
    deadline = limit
    thread.loop.setDeadline(limit)
    isCancelling = true
    handle.cancel { Task { await self.cancelArrived() } }
  }

  /// Gives the turn on. The server passes a cancellation on before it closes the connection that brought it, so once
  /// that is done it can hit no later statement.
  func releaseTurn() {
    guard isCancelling, handle != nil else { return giveTurn() }
    Task {
      await awaitCancelling()
      giveTurn()
    }
  }

  private func awaitCancelling() async {
    guard isCancelling else { return }
    let timer = Task {
      do { try await Task.sleep(for: Self.cancelGrace) } catch { return }
      giveUpCancelling()
    }
    await withUnsafeContinuation { afterCancelling = $0 }
    timer.cancel()
  }

  private func cancelArrived() {
    isCancelling = false
    afterCancelling?.resume()
    afterCancelling = nil
  }

  private func giveUpCancelling() {
    guard let waiting = afterCancelling else { return }
    afterCancelling = nil
    drop()
    waiting.resume()
  }
}
