/// Renews the worker's lease regularly, from a thread of its own: handlers that occupy all threads of Swift's pool
/// do not delay it.
struct HeartbeatService: Sendable {
  /// Jobs fetched ahead that no slot has taken after this time go back.
  static let staleAfter = Duration.seconds(1)

  let thread: Heartbeat
  let presence: QueuePresence
  let buffer: PrefetchBuffer
  let acknowledger: Acknowledger
  let shutdown: Shutdown

  /// Runs until ``stop()``.
  func run() async {
    await withTaskExecutorPreference(thread) {
      await presence.renew()
      await presence.retryUnknown()
      while await thread.tick(), !shutdown.isAbandoned {
        await presence.renew()
        requeueStale()
      }
    }
  }

  func stop() { thread.stop() }

  /// Requeues stale jobs: the jobs before them turned out to be long, and another worker may be idle.
  private func requeueStale() {
    acknowledger.requeue(buffer.withdraw(before: .now - Self.staleAfter))
  }
}
