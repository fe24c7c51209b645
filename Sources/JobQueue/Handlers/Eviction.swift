import Logging
import Postgres

/// Fences a holder that lost its lease and still holds the job's row.
///
/// A process that was stopped, or hangs, may be in the middle of a transaction: it holds the row of the job, and
/// others, for as long as its session lives. The next holder of the job waits for the row; after a grace time it ends
/// the sessions that it waits for. Their changes are rolled back, and no other session waits for them.
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
        for ended in try await DurableStore.endBlockers(of: session, on: client.postgres) {
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

/// The time for which a former holder of a job may block the current one.
struct EvictionGrace: Sendable {
  /// For a holder that has lost its lease; all that it may still do is commit.
  var dead = Duration.seconds(3)
  /// For a job that was pushed again because Redis was emptied: the first holder may be in good health and about to end
  /// the job, or hang unnoticed.
  var repaired = Duration.seconds(15)

  /// The time for jobs that are ended together; nil when none of them had another holder before.
  func time(for deliveries: some Sequence<Delivery>) -> Duration? {
    var time: Duration?
    for entry in deliveries.lazy.map(\.entry) where entry.isDurable {
      if entry.crashes > 0 { return dead }
      if entry.isRepaired { time = repaired }
    }
    return time
  }
}
