package import JobQueue
package import Logging
import Primitives
package import Redis
import ServiceLifecycle
import Synchronization

/// The clock of tests: real time plus an offset that `martlet clock` keeps in Redis, so that every
/// process moves together. Only outside production.
package final class TestClock: Service, Sendable {
  /// The greatest age of a process's view of the offset.
  package static let refreshInterval = Duration.milliseconds(50)

  private let redis: RedisConnection
  private let key: RedisArgument
  private let logger: Logger
  private let milliseconds = Atomic<Int64>(0)

  /// - Parameters:
  ///   - redis: The Redis with the offset.
  ///   - prefix: First part of the key, `MARTLET_REDIS_PREFIX`.
  ///   - logger: Receives a line for each change of the clock.
  package init(redis: RedisConnection, prefix: String, logger: Logger) {
    self.redis = redis
    self.key = RedisArgument("\(prefix):clock")
    self.logger = logger
  }

  /// The clock that everything in the process reads.
  package var clock: WallClock {
    WallClock { .milliseconds(self.milliseconds.load(ordering: .relaxed)) }
  }

  /// Reads the offset now.
  /// - Returns: The offset of the clock from real time.
  /// - Throws: The error of Redis; the offset stays what it was.
  @discardableResult
  package func refresh() async throws(RedisError) -> Duration {
    let value = Int64(try await redis.send("GET", key).int ?? 0)
    let old = milliseconds.exchange(value, ordering: .relaxed)
    if old != value {
      logger.info("the test clock moved", metadata: ["offset_ms": .stringConvertible(value)])
    }
    return .milliseconds(value)
  }

  /// Sets the offset for every process; zero removes it.
  /// - Throws: The error of Redis.
  package func set(_ offset: Duration) async throws(RedisError) {
    let value = Int64(offset.milliseconds)
    if value == 0 {
      _ = try await redis.send("DEL", key)
    } else {
      _ = try await redis.send("SET", key, RedisArgument(value))
    }
    milliseconds.store(value, ordering: .relaxed)
  }

  /// Follows the offset until graceful shutdown. While Redis is away the last one holds.
  package func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          do {
            try await self.refresh()
          } catch {
            self.logger.debug("the test clock cannot be read", metadata: ["error": "\(error)"])
          }
          try await Task.sleep(for: Self.refreshInterval)
        }
      }
    } catch is CancellationError {
      // told to stop
    }
  }
}
