import Foundation
import JobQueue
import Logging
import Redis
import Synchronization

/// Takes acts in without letting whoever did them wait for what follows from them: they are appended to a
/// table, those of many at once by one statement, and written down in batches by workers.
///
/// Where the database does not answer, an act goes to a stream in Redis, and from there into the database
/// when it is back; what comes both ways is known by its number.
public final class ActBuffer: Sendable {
  private struct Waiting {
    var act: MailAct
    var answer: CheckedContinuation<Void, any Error>
  }
  private struct State {
    var waiting: [Waiting] = []
    var writers = 0
  }

  private let kit: MailKit
  private let state = Mutex(State())
  private let isWaking = Atomic<Bool>(false)
  /// So many statements are under way at once; who comes meanwhile shares the next one.
  private static let writers = 2
  private static let size = 500
  /// The database answers within this, or Redis is asked.
  static let patience = Duration.seconds(1)
  static let group: RedisArgument = "workers"
  /// One name for all workers: what it means to be pending is said by the time an entry rests.
  static let consumer: RedisArgument = "mail"
  /// Time between two jobs that one process asks for.
  static let pause = Duration.milliseconds(40)

  /// The buffer of an installation.
  public init(kit: MailKit) { self.kit = kit }

  static func key(_ kit: MailKit) -> RedisArgument { "\(kit.pacer.prefix):{mail}:acts" }

  /// Appends an act. It is not lost once this has returned.
  ///
  /// - Throws: where neither the database nor Redis takes it.
  public func append(_ act: MailAct) async throws {
    try await withCheckedThrowingContinuation { answer in
      let isMore = state.withLock { state in
        state.waiting.append(Waiting(act: act, answer: answer))
        guard state.writers < Self.writers else { return false }
        state.writers += 1
        return true
      }
      if isMore { Task { await self.write() } }
    }
  }

  /// Writes what waits until nothing does.
  private func write() async {
    while true {
      let group = state.withLock { state in
        let group = Array(state.waiting.prefix(Self.size))
        state.waiting.removeFirst(group.count)
        if group.isEmpty { state.writers -= 1 }
        return group
      }
      guard !group.isEmpty else { return }
      do {
        try await keep(group.map(\.act))
        for waiting in group { waiting.answer.resume() }
      } catch {
        for waiting in group { waiting.answer.resume(throwing: error) }
      }
    }
  }

  private func keep(_ acts: [MailAct]) async throws {
    do {
      try await insert(acts)
    } catch {
      kit.logger.warning(
        "Acts go to Redis, since the database did not take them", metadata: ["error": "\(error)"])
      let entries = acts.map { [RedisArgument("XADD"), Self.key(kit), "*"] + $0.fields }
      for reply in try await kit.jobs.redis.pipeline(entries, timeout: Self.patience) {
        _ = try reply.get()
      }
    }
    wake()
  }

  private func insert(_ acts: [MailAct]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ActStore.append(acts, to: self.kit.jobs.postgres) }
      group.addTask {
        try await Task.sleep(for: Self.patience)
        throw Slow()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private struct Slow: Error, CustomStringConvertible {
    var description: String { "the database has not answered within a second" }
  }

  /// Asks for a worker, at most so often; the last act of a burst is seen too.
  private func wake() {
    guard !isWaking.exchange(true, ordering: .relaxed) else { return }
    Task {
      do {
        try await Task.sleep(for: Self.pause)
        self.isWaking.store(false, ordering: .relaxed)
        try await kit.jobs.enqueue(RecordActs())
      } catch {
        self.isWaking.store(false, ordering: .relaxed)
        kit.logger.debug("the periodic look finds the acts", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Writes down what is in the buffer.
struct RecordActs: TransientJob {
  static let name = "mail.acts"
  static let queue = MailJobs.firstQueue
}

/// The same, by the scheduler: finds what nobody was asked for, and what a dead worker had taken.
struct LookForActs: DurableJob {
  static let name = "mail.acts.look"
  static let queue = MailJobs.firstQueue
  static let options = JobOptions(maxAttempts: 2)
}
