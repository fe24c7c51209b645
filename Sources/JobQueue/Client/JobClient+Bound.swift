import Foundation
import Logging
import Redis
import Synchronization

/// The bounds of queues, read again after 2 s, so that an unbounded queue costs no round trip.
final class BoundCache: Sendable {
  private let bounds = Mutex<[String: (bound: Int?, until: ContinuousClock.Instant)]>([:])

  /// The cached bound; the outer nil means that it must be read.
  func get(_ queue: String) -> Int?? {
    bounds.withLock { bounds in
      guard let known = bounds[queue], known.until > .now else { return nil }
      return .some(known.bound)
    }
  }

  func set(_ queue: String, _ bound: Int?) {
    bounds.withLock { $0[queue] = (bound, .now + .seconds(2)) }
  }
}

extension JobClient {
  /// Throws ``QueueFull`` when a queue cannot take the outbox's jobs. Called before the transaction's commit. Durable jobs
  /// must not depend on Redis: they pass when it is out of reach.
  func checkBounds(_ outbox: JobOutbox) async throws {
    for (queue, count) in outbox.counts {
      do {
        let bound: Int?
        if let known = bounds.get(queue) {
          bound = known
        } else {
          bound = try await redis.send(
            ["HGET", RedisArgument(keys.base(queue) + "config"), "bound"], timeout: .seconds(1)
          ).int.map(Int.init)
          bounds.set(queue, bound)
        }
        guard let bound else { continue }
        let depth = try await depth(queue)
        guard depth + count <= bound else {
          throw QueueFull(queue: queue, depth: depth, bound: bound)
        }
      } catch let error as RedisError {
        logger.debug("The bound of a queue could not be read", metadata: ["error": "\(error)"])
        return
      }
    }
  }

  private func depth(_ queue: String) async throws -> Int {
    let replies = try await redis.pipeline(
      [
        ["XLEN", RedisArgument(keys.ready(queue))],
        ["HGET", RedisArgument(keys.base(queue) + "stats"), "laned"],
      ], timeout: .seconds(1))
    return try replies.reduce(0) { try $0 + Int($1.get().int ?? 0) }
  }
}
