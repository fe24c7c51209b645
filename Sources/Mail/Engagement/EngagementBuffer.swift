import Foundation
import JobQueue
import Logging
import Redis
import ServiceLifecycle
import Synchronization

/// Takes acts in without letting whoever did them wait for what follows from them: they are appended to a
/// table, those of many at once by one statement, and written down in batches by workers.
///
/// Where the database does not answer, an act goes to a stream in Redis, and from there into the database
/// when it is back; what comes both ways is known by its number.
package final class EngagementBuffer: Sendable {
  /// What somebody who waits is to do: nothing more, or to write for all who wait.
  private enum Turn {
    case done(Result<Void, any Error>)
    case write
  }
  private struct Waiting {
    var act: MailEngagement
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
  /// So many statements are under way at once; who comes meanwhile shares the next one.
  private static let writers = 2
  private static let size = 500
  /// The database takes acts within this, which lets it restart, or Redis is asked.
  static let patience = Duration.seconds(5)
  static let group: RedisArgument = "workers"
  /// One name for all workers: what it means to be pending is said by the time an entry rests.
  static let consumer: RedisArgument = "mail"

  init(jobs: JobClient, keys: RedisKeys, appended: WakeSignals, logger: Logger) {
    self.jobs = jobs
    self.keys = keys
    self.appended = appended
    self.logger = logger
  }

  /// Appends an act. It is not lost once this has returned.
  ///
  /// - Throws: where neither the database nor Redis takes it.
  package func append(_ act: MailEngagement) async throws {
    let turn = await withCheckedContinuation { (turn: CheckedContinuation<Turn, Never>) in
      let mayWrite = state.withLock { state in
        guard state.writers == Self.writers else {
          state.writers += 1
          return true
        }
        state.waiting.append(Waiting(act: act, turn: turn))
        return false
      }
      if mayWrite { turn.resume(returning: .write) }
    }
    switch turn {
    case .done(let result): try result.get()
    case .write: try await write(act)
    }
  }

  /// Writes an act together with those that wait, and lets one of those who came meanwhile write on.
  private func write(_ act: MailEngagement) async throws {
    var group = state.withLock { state in
      let group = Array(state.waiting.prefix(Self.size - 1))
      state.waiting.removeFirst(group.count)
      return group
    }
    let result: Result<Void, any Error>
    do {
      try await keep([act] + group.map(\.act))
      result = .success(())
    } catch {
      result = .failure(error)
      // That this one's request has ended is no reason to fail for the others.
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

  private func keep(_ acts: [MailEngagement]) async throws {
    do {
      try await insert(acts)
    } catch {
      logger.warning(
        "Acts go to Redis, since the database did not take them", metadata: ["error": "\(error)"])
      let entries = acts.map { [RedisArgument("XADD"), keys.engagements, "*"] + $0.fields }
      for reply in try await jobs.redis.pipeline(entries, timeout: Self.patience) {
        _ = try reply.get()
      }
    }
    appended.signal()
  }

  private func insert(_ acts: [MailEngagement]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.insistently(acts) }
      group.addTask {
        try await Task.sleep(for: Self.patience)
        throw Slow()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Appends acts, again and again until it is done. They may have been appended where nobody answered; their
  /// numbers make that harmless.
  private func insistently(_ acts: [MailEngagement]) async throws {
    while true {
      do {
        return try await EngagementStore.append(acts, to: jobs.postgres)
      } catch {
        logger.debug("acts were not taken", metadata: ["error": "\(error)"])
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

/// Asks for a worker when acts were appended in this process. What it misses (a process that dies between the two)
/// the periodic look finds.
package struct EngagementWaker: Service, CustomStringConvertible {
  /// Time between two jobs that one process asks for.
  static let pause = Duration.milliseconds(40)

  let jobs: JobClient
  let appended: WakeSignals
  let logger: Logger

  /// The name in logs.
  package var description: String { "act waker" }

  /// Works until graceful shutdown or cancellation.
  package func run() async {
    await appended.each(atMostEvery: Self.pause) {
      do {
        try await jobs.enqueue(RecordEngagements())
      } catch {
        logger.debug("the periodic look finds the acts", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Writes down what is in the buffer.
struct RecordEngagements: TransientJob {
  static let name = "mail.acts"
  static let queue = MailQueues.first
}

/// The same, by the scheduler: finds what nobody was asked for, what a dead worker had taken, and what was set
/// aside and is to be tried again.
struct ReconcileEngagements: DurableJob {
  static let name = "mail.acts.look"
  static let queue = MailQueues.first
  static let options = JobOptions(maxAttempts: 2)
}
