import CLibPQ

extension PostgresConnection {
  /// Waits for notifications on the channels this session listens to and returns those that have
  /// come, at least one. Nothing else can run on the connection meanwhile.
  func notifications() async throws(PostgresError) -> [(channel: String, payload: String)] {
    let result = await withTaskCancellationHandler {
      () async -> Result<[Notified], PostgresError> in
      do throws(PostgresError) {
        return .success(try await readNotifications())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      Task { await self.stopWaiting() }
    }
    return try result.get().map { ($0.channel, $0.payload) }
  }

  private struct Notified: Sendable {
    let channel: String
    let payload: String
  }

  private func readNotifications() async throws(PostgresError) -> [Notified] {
    try await perform(cancellable: false, timed: false) { () async throws(PostgresError) in
      var found: [Notified] = []
      while true {
        let session = try session()
        while let notification = PQnotifies(session) {
          found.append(
            Notified(
              channel: String(cString: notification.pointee.relname),
              payload: String(cString: notification.pointee.extra)))
          PQfreemem(notification)
        }
        if !found.isEmpty { return found }
        // Looked at on the connection's thread, as the handler's task runs on it too: the wait
        // cannot begin after that task has looked for one.
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
        try await waitForSocket(
          session, ConnectionLoop.readable, mayHaveBeenApplied: false)
        if PQconsumeInput(session) == 0 { throw lost(session, mayHaveBeenApplied: false) }
      }
    }
  }

  private func stopWaiting() { thread.loop.interrupt() }
}
