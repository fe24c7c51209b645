import Hummingbird
import JobQueue
import Logging
import Postgres

/// `/api/health` (API page, 11.7), open to anyone.
struct HealthRoutes: Sendable {
  let postgres: PostgresPool
  let jobs: JobClient
  let version: String

  var routes: [Route] {
    [
      Route(.get, "/api/health", needs: .anyone) { request in await health(request.logger) }
        .described(
          "Whether the servers behind it answer",
          answer: "status:text database:text redis:text version:text", statuses: [200, 503]),
      Route(.get, "/api/health/live", needs: .anyone) { _ in
        APIResponse(json: ["status": "ok", "version": .string(version)])
      }.described("Whether it answers", answer: "status:text version:text"),
    ]
  }

  private func health(_ logger: Logger) async -> APIResponse {
    async let database = answers("database", logger) { try await postgres.query("SELECT 1") }
    async let queue = answers("redis", logger) {
      // A server that answers may refuse all writes, and then takes no job.
      try await jobs.probeWrites()
    }
    let states = await (database: database, redis: queue)
    let isWell = states.database && states.redis
    return APIResponse(
      status: isWell ? .ok : .serviceUnavailable,
      json: [
        "status": isWell ? "ok" : "unavailable", "database": states.database ? "ok" : "unavailable",
        "redis": states.redis ? "ok" : "unavailable", "version": .string(version),
      ])
  }

  /// Whether a server answers within two seconds.
  private func answers(
    _ name: String, _ logger: Logger, _ ask: @escaping @Sendable () async throws -> some Any
  ) async -> Bool {
    // Nobody waits for a server that does not even answer to being cancelled.
    let (answers, answer) = AsyncStream<Bool>.makeStream()
    let asking = Task {
      do {
        _ = try await ask()
        answer.yield(true)
      } catch {
        logger.debug("not healthy", metadata: ["server": "\(name)", "error": "\(error)"])
        answer.yield(false)
      }
    }
    let clock = Task {
      do { try await Task.sleep(for: .seconds(2)) } catch { return }
      answer.yield(false)
    }
    defer {
      asking.cancel()
      clock.cancel()
    }
    for await isWell in answers { return isWell }
    return false
  }
}
