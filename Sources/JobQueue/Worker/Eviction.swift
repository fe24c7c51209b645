import Logging
import Postgres

/// Fences a holder that lost its lease and still holds the job's row.
///
/// A process that was stopped, or hangs, may be in the middle of a transaction: it holds the row
/// of the job, and of contacts, for as long as its session lives. Whoever was given the job after
/// it waits for the row; after a grace time it ends the sessions that it waits for. What they had
/// done is rolled back, and nobody else waits for them any more.
enum Eviction {
  /// How long a holder that has lost its lease may still take to commit.
  static let grace = Duration.seconds(3)

  /// Runs `body`, which locks the rows of jobs on `connection`, and ends the sessions in its way
  /// if one of the deliveries was taken over from a dead worker.
  static func guarding<R>(
    _ deliveries: [Delivery], on connection: PostgresConnection, services: JobServices,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    guard deliveries.contains(where: { $0.entry.kills > 0 }) else { return try await body() }
    let session = await connection.processID
    // Cancelled when the rows are locked, as the scope ends.
    async let _: Void = endBlockers(of: session, services: services)
    let result = try await body()
    return result
  }

  private static func endBlockers(of session: Int32, services: JobServices) async {
    while true {
      do {
        try await Task.sleep(for: grace)
        let rows = try await services.client.postgres.query(
          """
          SELECT pid, pg_terminate_backend(pid) AS ended
          FROM unnest(pg_blocking_pids(\(Int(session))::integer)) AS pid
          """)
        for row in rows {
          let ended: Int = try row.decode("pid", as: Int.self)
          services.logger.warning(
            "Ended the database session of a worker that lost its lease",
            metadata: ["session": "\(ended)"])
        }
      } catch is CancellationError {
        return
      } catch {
        guard !Task.isCancelled else { return }
        services.logger.warning(
          "A worker that lost its lease could not be fenced", metadata: ["error": "\(error)"])
      }
    }
  }
}
