import Foundation
import Logging
import Synchronization

/// A job as it was delivered to this worker.
final class Delivery: Sendable {
  struct State {
    /// Whether the effect is applied and the row removed, so that only the entry is left.
    var isCompleted = false
    var cancellation: JobCancellation?
    /// The failure of this job alone in a handler of several.
    var failure: (any Error)?
    var progress: JobProgress?
    var result: String?
    var startedAt: Date?
  }

  let entry: QueueEntry
  let queue: String
  let kind: JobKind
  /// The entry's id in the stream of ready jobs.
  let streamID: String
  /// The group that the entry was dispatched from.
  let group: String?
  /// The stream id as a number: later deliveries have greater tokens.
  let token: Int64
  let receivedAt: ContinuousClock.Instant
  let state = Mutex(State())

  init(
    entry: QueueEntry, queue: String, kind: JobKind, streamID: String, group: String?,
    receivedAt: ContinuousClock.Instant
  ) {
    self.entry = entry
    self.queue = queue
    self.kind = kind
    self.streamID = streamID
    self.group = group
    self.receivedAt = receivedAt
    token = Self.token(streamID)
  }

  /// Milliseconds and sequence of a stream id in one number. The sequence gets 20 bits; a
  /// millisecond with a million entries would only make two tokens equal, and equal tokens pass
  /// the fence as the same delivery does.
  static func token(_ streamID: String) -> Int64 {
    let parts = streamID.utf8.split(separator: UInt8(ascii: "-"))
    func number(_ index: Int) -> Int64 {
      guard index < parts.count else { return 0 }
      return parts[index].reduce(0) { $0 &* 10 &+ Int64($1) &- 48 }
    }
    return number(0) << 20 | min(number(1), 0xFFFFF)
  }

  /// Whether the job may have been done already, so that its row must be checked first.
  var mayBeRepetition: Bool {
    entry.isDurable && (entry.isRepaired || entry.crashes > 0)
  }

  /// Notes the failure of this job alone.
  func fail(_ error: any Error) {
    state.withLock { $0.failure = error }
  }

  func markCompleted() {
    state.withLock { $0.isCompleted = true }
  }

  var isCompleted: Bool { state.withLock { $0.isCompleted } }
  var cancellation: JobCancellation? { state.withLock { $0.cancellation } }

  /// The values that end the job in PostgreSQL.
  func ending(now: Date) -> DurableStore.Ending {
    state.withLock {
      DurableStore.Ending(
        id: entry.id, token: token, keeps: kind.options.keep != nil,
        startedAt: $0.startedAt ?? now, result: $0.result, progress: $0.progress)
    }
  }
}

/// The services that handlers use.
struct JobServices: Sendable {
  let client: JobClient
  let logger: Logger
  var evictionGrace = EvictionGrace()
  let completions: GroupCommitter
  var clock: WallClock { client.clock }

  init(client: JobClient, logger: Logger, evictionGrace: EvictionGrace = EvictionGrace()) {
    self.client = client
    self.logger = logger
    self.evictionGrace = evictionGrace
    let postgres = client.postgres
    completions = GroupCommitter { try await DurableStore.removeUnbatched($0, on: postgres) }
  }
}
