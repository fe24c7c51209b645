import Redis
import Synchronization

/// Runs jobs that were under way in workers that crashed one at a time.
///
/// A mark in Redis names the job before it runs: if this worker crashes too, the reaper knows the cause.
struct CrashIsolation: Sendable {
  let client: JobClient
  private let gate = CrashGate()

  init(client: JobClient) { self.client = client }

  /// Runs `body` for a job while no other isolated job of this worker runs.
  func run(_ delivery: Delivery, _ body: () async throws -> Void) async throws {
    await gate.enter()
    defer { gate.leave() }
    let key = RedisArgument(client.keys.base(delivery.queue) + "suspects")
    _ = try await client.redis.send("HSET", key, RedisArgument(delivery.streamID), 1)
    try await body()
    _ = try await client.redis.send("HDEL", key, RedisArgument(delivery.streamID))
  }
}

/// Lets one task at a time through, in the order of their arrival.
final class CrashGate: Sendable {
  private struct State {
    var isBusy = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isBusy {
          state.waiting.append(continuation)
          return false
        }
        state.isBusy = true
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.isBusy = false
        return nil as CheckedContinuation<Void, Never>?
      }
      return state.waiting.removeFirst()
    }?.resume()
  }
}
