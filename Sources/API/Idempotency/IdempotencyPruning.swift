import Logging
import ServiceLifecycle

/// Drops idempotency keys that are out of date, once an hour.
struct IdempotencyPruning: Service {
  let store: PostgresIdempotencyStore
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          let count = try await store.prune()
          logger.debug("pruned idempotency keys", metadata: ["count": "\(count)"])
        } catch {
          logger.warning("cannot prune idempotency keys", metadata: ["error": "\(error)"])
        }
        do {
          try await Task.sleep(for: .seconds(3600))
        } catch {
          return  // told to stop
        }
      }
    }
  }
}
