import Foundation
import JobQueue
import Logging
import Redis
import ServiceLifecycle
import Synchronization

/// Accepts engagements without making clients wait for their effects: they are appended to a table, those of many
/// requests in one statement, and recorded in batches by workers.
///
/// If the database does not answer, an engagement goes to a stream in Redis, and from there into the database
/// later; one that arrives both ways is recognized by its id.
package final class EngagementBuffer: Sendable {
  /// The result for a waiting caller: done, or its turn to write for all who wait.
  private enum Turn {
    case done(Result<Void, any Error>)
    case write
  }
  private struct Waiting {
    var engagement: MailEngagement
    var turn: CheckedContinuation<Turn, Never>
  }
  private struct State {
    var waiting: [Waiting] = []
    var writers = 0
  }

  private let jobs: JobClient
  private let keys: RedisKeys
  private let appended: WakeSignals
  private let logger: Logger
  private let state = Mutex(State())
  /// The number of concurrent statements; callers that come meanwhile share the next one.
  private static let writers = 2
  private static let size = 500
  /// The time in which the database must accept engagements, enough for a restart, before Redis is used.
  static let patience = Duration.seconds(5)
  static let group: RedisArgument = "workers"
  /// The one consumer name of all workers; an entry counts as abandoned by its idle time.
  static let consumer: RedisArgument = "mail"

  init(jobs: JobClient, keys: RedisKeys, appended: WakeSignals, logger: Logger) {
    self.jobs = jobs
    self.keys = keys
    self.appended = appended
    self.logger = logger
  }

  /// Appends an engagement. It is not lost once this has returned.
  ///
  /// - Throws: An error if neither the database nor Redis accepts it.
  package func append(_ engagement: MailEngagement) async throws {
    let turn = await withCheckedContinuation { (turn: CheckedContinuation<Turn, Never>) in
      let mayWrite = state.withLock { state in
        guard state.writers == Self.writers else {
          state.writers += 1
          return true
        }
        state.waiting.append(Waiting(engagement: engagement, turn: turn))
        return false
      }
      if mayWrite { turn.resume(returning: .write) }
    }
    switch turn {
    case .done(let result): try result.get()
    case .write: try await write(engagement)
    }
  }

  /// Writes an engagement with the waiting ones, and then hands the turn to a caller that came meanwhile.
  private func write(_ engagement: MailEngagement) async throws {
    var group = state.withLock { state in
      let group = Array(state.waiting.prefix(Self.size - 1))
      state.waiting.removeFirst(group.count)
      return group
    }
    let result: Result<Void, any Error>
    do {
      try await keep([engagement] + group.map(\.engagement))
      result = .success(())
    } catch {
      result = .failure(error)
      // The cancellation of this request must not fail the others.
      if Task.isCancelled {
        state.withLock { [group] in $0.waiting.insert(contentsOf: group, at: 0) }
        group = []
      }
    }
    for waiting in group { waiting.turn.resume(returning: .done(result)) }
    let next = state.withLock { state -> Waiting? in
      guard !state.waiting.isEmpty else {
        state.writers -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.turn.resume(returning: .write)
    try result.get()
  }

  private func keep(_ engagements: [MailEngagement]) async throws {
    do {
      try await insert(engagements)
    } catch {
      logger.warning(
        "Engagements go to Redis, since the database did not take them",
        metadata: ["error": "\(error)"])
      let entries = engagements.map { [RedisArgument("XADD"), keys.engagements, "*"] + $0.fields }
      for reply in try await jobs.redis.pipeline(entries, timeout: Self.patience) {
        _ = try reply.get()
      }
    }
    appended.signal()
  }

  private func insert(_ engagements: [MailEngagement]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.appendRetrying(engagements) }
      group.addTask {
        try await Task.sleep(for: Self.patience)
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
