import Foundation
import JobQueue
import Logging
import Primitives
import Redis
import ServiceLifecycle

/// Accepts engagements without making clients wait for their effects: they are appended to a table, those of many
/// requests in one statement, and recorded in batches by workers.
///
/// If the database does not answer, an engagement goes to a stream in Redis, and from there into the database
/// later; one that arrives both ways is recognized by its id.
package final class EngagementBuffer: Sendable {
  /// The time in which the database must accept engagements, enough for a restart, before Redis is used.
  static let patience = Duration.seconds(5)
  static let group: RedisArgument = "workers"
  /// The one consumer name of all workers; an entry counts as abandoned by its idle time.
  static let consumer: RedisArgument = "mail"

  private let writes: Coalescer<Bool, MailEngagement, Void>

  init(jobs: JobClient, keys: RedisKeys, appended: WakeSignals, logger: Logger) {
    let writer = EngagementWriter(jobs: jobs, keys: keys, appended: appended, logger: logger)
    writes = Coalescer(concurrency: 2, size: 500) { _, engagements in
      try await writer.keep(engagements)
      return engagements.map { _ in }
    }
  }

  /// Appends an engagement. It is not lost once this has returned.
  ///
  /// - Throws: An error if neither the database nor Redis accepts it.
  package func append(_ engagement: MailEngagement) async throws {
    try await writes.answer(engagement, in: true)
  }
}

/// Writes engagements to the database, or to Redis while that does not take them.
private struct EngagementWriter: Sendable {
  let jobs: JobClient
  let keys: RedisKeys
  let appended: WakeSignals
  let logger: Logger

  func keep(_ engagements: [MailEngagement]) async throws {
    do {
      try await insert(engagements)
    } catch {
      logger.warning(
        "Engagements go to Redis, since the database did not take them",
        metadata: ["error": "\(error)"])
      let entries = engagements.map { [RedisArgument("XADD"), keys.engagements, "*"] + $0.fields }
      for reply in try await jobs.redis.pipeline(entries, timeout: EngagementBuffer.patience) {
        _ = try reply.get()
      }
    }
    appended.signal()
  }

  private func insert(_ engagements: [MailEngagement]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.appendRetrying(engagements) }
      group.addTask {
        try await Task.sleep(for: EngagementBuffer.patience)
        throw Slow()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Appends engagements, retrying until it succeeds. They may have been appended although no answer came; their
  /// ids make that harmless.
  private func appendRetrying(_ engagements: [MailEngagement]) async throws {
    while true {
      do {
        return try await EngagementStore.append(engagements, to: jobs.postgres)
      } catch {
        logger.debug("engagements were not taken", metadata: ["error": "\(error)"])
        try await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  private struct Slow: Error, CustomStringConvertible {
    var description: String {
      "the database has not taken them within \(EngagementBuffer.patience)"
    }
  }
}

/// Enqueues a job when engagements were appended in this process. What it misses, such as when a process dies in
/// between, the periodic job finds.
package struct EngagementWaker: Service, CustomStringConvertible {
  /// The time between two jobs that one process enqueues.
  static let pause = Duration.milliseconds(40)

  let jobs: JobClient
  let appended: WakeSignals
  let logger: Logger

  /// The name in logs.
  package var description: String { "engagement waker" }

  /// Works until graceful shutdown or cancellation.
  package func run() async {
    await appended.each(atMostEvery: Self.pause) {
      do {
        try await jobs.enqueue(RecordEngagements())
      } catch {
        logger.debug("the periodic job finds the engagements", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Records the engagements in the buffer.
struct RecordEngagements: TransientJob {
  static let name = "mail.acts"
  static let queue = MailQueues.first
}

/// The periodic form: also finds engagements without a job, those that a dead worker had read, and those set
/// aside that are due again.
struct ReconcileEngagements: DurableJob {
  static let name = "mail.acts.look"
  static let queue = MailQueues.first
  static let options = JobOptions(maxAttempts: 2)
}
