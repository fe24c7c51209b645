import Logging
import Postgres

/// Fences a holder that lost its lease and still holds the job's row.
///
/// A process that was stopped, or hangs, may be in the middle of a transaction: it holds the row
/// of the job, and of contacts, for as long as its session lives. Whoever was given the job after
/// it waits for the row; after a grace time it ends the sessions that it waits for. What they had
/// done is rolled back, and nobody else waits for them any more.
enum Eviction {
  /// Runs `body`, which locks the rows of jobs on `connection`, and ends the sessions in its way
  /// if one of the deliveries may have a former holder.
  static func guarding<R>(
    _ deliveries: [Delivery], on connection: PostgresConnection, services: JobServices,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    guard let grace = services.evictionGrace.time(for: deliveries) else { return try await body() }
    return try await guarding(
      after: grace, on: connection, client: services.client, logger: services.logger, body)
  }

  /// Runs `body` on `connection`, and ends the sessions that it still waits for after `grace`.
  static func guarding<R>(
    after grace: Duration, on connection: PostgresConnection, client: JobClient, logger: Logger,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    let session = await connection.processID
    // Cancelled when the rows are locked, as the scope ends.
    async let _: Void = endBlockers(of: session, after: grace, client: client, logger: logger)
    let result = try await body()
    return result
  }

  private static func endBlockers(
    of session: Int32, after grace: Duration, client: JobClient, logger: Logger
  ) async {
    while true {
      do {
        try await Task.sleep(for: grace)
        let rows = try await client.postgres.query(
          """
          SELECT pid, pg_terminate_backend(pid) AS ended
          FROM unnest(pg_blocking_pids(\(Int(session))::integer)) AS pid
          """)
        for row in rows {
          let ended: Int = try row.decode("pid", as: Int.self)
          logger.warning(
            "Ended the database session of a worker that lost its lease",
            metadata: ["session": "\(ended)"])
        }
      } catch is CancellationError {
        return
      } catch {
        guard !Task.isCancelled else { return }
        logger.warning(
          "A worker that lost its lease could not be fenced", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// How long a former holder of a job may stand in the way of the present one.
struct EvictionGrace: Sendable {
  /// It has lost its lease; all that it may still do is commit.
  var dead = Duration.seconds(3)
  /// The job was laid again because Redis was emptied: the first holder may be in good health and
  /// about to end the job, or hang without anybody having missed it.
  var repaired = Duration.seconds(15)

  /// The time for jobs that are ended together; nil when none of them was another's before.
  func time(for deliveries: some Sequence<Delivery>) -> Duration? {
    var time: Duration?
    for entry in deliveries.lazy.map(\.entry) where entry.isDurable {
      if entry.kills > 0 { return dead }
      if entry.isRepaired { time = repaired }
    }
    return time
  }
}
