import Redis

/// Follows the stream by which all workers learn of cancellations, retries and pauses.
struct ControlListener: Sendable {
  let keys: Keys
  let cancelled: RecentlyCancelled
  let slots: SlotPool
  let paused: PausedQueues

  /// Runs until the task is cancelled. The connection is its own, because reads block.
  func run(on connection: RedisConnection) async {
    var last = "$"
    while !Task.isCancelled {
      do {
        if last == "$" { last = try await applyRecent(connection) }
        let reply = try await connection.send(
          [
            "XREAD", "COUNT", 1000, "BLOCK", 5000, "STREAMS", RedisArgument(keys.control),
            RedisArgument(last),
          ], timeout: .seconds(10))
        guard let entries = reply.array?.first?.array?.last?.array else { continue }
        last = apply(entries) ?? last
      } catch {
        if Task.isCancelled { return }
        // The sleep of a cancelled task ends at once; the loop then sees the cancellation.
        do { try await Task.sleep(for: .seconds(1)) } catch {}
      }
    }
  }

  /// Applies the entries from before this worker began to listen: jobs cancelled then may still come to it.
  private func applyRecent(_ connection: RedisConnection) async throws -> String {
    let reply = try await connection.send(
      "XREVRANGE", RedisArgument(keys.control), "+", "-", "COUNT", 10_000)
    return apply((reply.array ?? []).reversed()) ?? "0"
  }

  /// Applies entries of the stream in order.
  ///
  /// - Returns: the last one's id; nil without any.
  func apply(_ entries: [RedisValue]) -> String? {
    var last: String?
    for entry in entries {
      guard let pair = entry.array, pair.count == 2 else { continue }
      last = pair[0].text
      guard let fields = pair[1].array, fields.count >= 2, let value = fields[1].text else {
        continue
      }
      guard let message = ControlMessage(name: fields[0].text, value: value) else { continue }
      switch message {
      case .cancel(let id):
        cancelled.insert(id)
        slots.cancel(.cancelled) { $0.entry.id == id }
      case .again(let id): cancelled.remove(id)
      case .pause(let queue): paused.insert(queue)
      case .resume(let queue): paused.remove(queue)
      }
    }
    return last
  }
}
