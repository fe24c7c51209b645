import Foundation
import JobQueue
import Logging
import Postgres
import Primitives
import Redis
import ServiceLifecycle
import Synchronization

/// Keeps hits from their requests until they are recorded: in the database, those of many requests by one statement, or
/// in Redis while the database is away (tracking.md 18). A hit that may have gone both ways carries its own id, and is
/// recorded once.
final class HitBuffer: Sendable {
  private let writes: Coalescer<Bool, IncomingHit, [VisitorContent]>
  private let writer: HitWriter

  init(_ writer: HitWriter) {
    self.writer = writer
    writes = Coalescer(concurrency: 2, size: 500) { _, hits in
      let taken = try await writer.keep(hits)
      return hits.map { $0.use == .takes ? taken[$0.hit.id] ?? [] : [] }
    }
  }

  /// Keeps a hit. It is not lost once this has returned.
  ///
  /// - Returns: What waited for its contact, if it takes that.
  /// - Throws: An error if neither the database nor Redis takes it.
  @discardableResult
  func append(_ hit: Hit, _ use: ContentsUse = .none) async throws -> [VisitorContent] {
    try await writes.answer(IncomingHit(hit: hit, use: use), in: true)
  }

  /// Keeps the hits of one request, in their order.
  ///
  /// - Throws: An error if neither the database nor Redis takes them.
  func append(_ hits: [Hit]) async throws {
    guard !hits.isEmpty else { return }
    if hits.count == 1 {
      try await append(hits[0])
      return
    }
    _ = try await writer.keep(hits.map { IncomingHit(hit: $0) })
  }
}

/// Writes hits to the database, or to Redis while that does not take them.
final class HitWriter: Sendable {
  private let pool: PostgresPool
  private let stream: HitStream
  private let postgres: Breaker
  private let redis: Breaker
  private let arrived: HitArrivals
  private let logger: Logger
  /// The instant at which a full stream is looked at again.
  private let fullUntil = Mutex<ContinuousClock.Instant?>(nil)

  init(
    pool: PostgresPool, stream: HitStream, postgres: Breaker, redis: Breaker,
    arrived: HitArrivals, logger: Logger
  ) {
    self.pool = pool
    self.stream = stream
    self.postgres = postgres
    self.redis = redis
    self.arrived = arrived
    self.logger = logger
  }

  /// Keeps hits, and returns what they take, by their ids; nothing while the database is away.
  func keep(_ hits: [IncomingHit]) async throws -> [UUID: [VisitorContent]] {
    var taken: [UUID: [VisitorContent]] = [:]
    do {
      let pool = pool
      taken = try await postgres.run { try await HitIntakeStore.append(hits, to: pool) }
    } catch {
      if !(error is Breaker.Open) {
        logger.warning(
          "Hits go to Redis, since the database did not take them", metadata: ["error": "\(error)"])
      }
      try await send(hits.map(\.hit))
    }
    arrived.note(Set(hits.map(\.hit.part)))
    return taken
  }

  private func send(_ hits: [Hit]) async throws {
    let now = ContinuousClock.now
    guard fullUntil.withLock({ $0.map { $0 <= now } ?? true }) else { throw StreamFull() }
    let (stream, patience) = (stream, redis.patience)
    let isFull = try await redis.run { try await stream.append(hits, timeout: patience) }
    fullUntil.withLock { $0 = isFull ? now + .seconds(1) : nil }
  }

  private struct StreamFull: Error, CustomStringConvertible {
    let description = "more than \(HitStream.limit) hits wait in a part"
  }
}

/// The parts in which this process has put hits since their jobs were enqueued.
final class HitArrivals: Sendable {
  private let parts = Mutex<Set<Int>>([])
  let signals = WakeSignals()

  func note(_ parts: Set<Int>) {
    self.parts.withLock { $0.formUnion(parts) }
    signals.signal()
  }

  func take() -> Set<Int> {
    parts.withLock { parts in
      defer { parts = [] }
      return parts
    }
  }
}

/// Enqueues jobs for the parts in which hits have arrived in this process. What it misses, such as when a process dies in
/// between, the periodic job finds.
package struct HitWaker: Service, CustomStringConvertible {
  /// The time between two jobs for a part that one process enqueues: under load the hits of this time are one batch, while
  /// a hit after a rest waits for none.
  static let pause = Duration.milliseconds(100)

  let jobs: JobClient
  let arrived: HitArrivals
  let logger: Logger

  /// The name in logs.
  package var description: String { "hit waker" }

  /// Works until graceful shutdown or cancellation.
  package func run() async {
    await arrived.signals.each(atMostEvery: Self.pause) {
      do {
        for part in arrived.take().sorted() {
          // A job that runs may have looked before these hits came: they get the next one.
          if try await jobs.enqueue(RecordHits(part: part), RecordHits.options(part)) == nil {
            arrived.note([part])
          }
        }
      } catch {
        logger.debug("the periodic job finds the hits", metadata: ["error": "\(error)"])
      }
    }
  }
}
