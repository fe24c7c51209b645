import Logging
import Redis

/// Fetches jobs while there are slots for them.
///
/// Short jobs are fetched ahead: as many as the slots took in the last moments, so that a round trip brings many. Long
/// jobs are not: any worker with a free slot should get them.
struct Fetcher: Sendable {
  /// The longest wait of a blocking read. It bounds the delay after which an idle worker notices a resumed queue or
  /// a drain; waking once a second costs nothing that can be measured.
  static let block = Duration.seconds(1)

  let queues: [WorkerQueue]
  let registry: JobRegistry
  let reader: QueueReader
  let buffer: PrefetchBuffer
  let inFlight: InFlightJobs
  let unknownJobs: UnknownJobs
  let acknowledger: Acknowledger
  let paused: PausedQueues
  let health: BackendHealth
  let shutdown: Shutdown
  let presence: QueuePresence
  let recoveryInterval: Duration

  private var client: JobClient { reader.client }

  /// Runs until the drain. `blocking` is a connection of its own for reads that wait.
  func run(on blocking: RedisConnection) async {
    await presence.join()
    var picker = QueuePicker(queues)
    var pace = FetchPace()
    var failures = 0
    var nextRecovery = ContinuousClock.now + recoveryInterval
    while !shutdown.isDraining, let room = await buffer.room(lowWater: pace.ahead / 2) {
      await waitForPostgres()
      if shutdown.isDraining { return }
      let ahead = max(0, pace.ahead(room.taken) - room.queued)
      do {
        let now = ContinuousClock.now
        if failures > 0 || now >= nextRecovery {
          try await recoverLost()
          nextRecovery = now + recoveryInterval
        }
        if try await !fetch(room, ahead: ahead, &picker, now: now) {
          try await waitForJobs(room, blocking, &picker)
        }
        failures = 0
        health.back(.redis)
      } catch let error as RedisError {
        failures += 1
        await recover(error, failures: failures)
      } catch {
        return
      }
    }
  }

  /// Reads the first queue that has jobs. Returns false when none has.
  private func fetch(
    _ room: PrefetchBuffer.Room, ahead: Int, _ picker: inout QueuePicker,
    now: ContinuousClock.Instant
  ) async throws -> Bool {
    for index in picker.order(now: now, excluding: paused.names) {
      let queue = queues[index].name
      let count = room.free * registry.batchSize(of: queue) + ahead
      guard count > 0 else { break }
      let fetched = try await reader.read([queue], count: count, on: client.redis)
      await accept(fetched)
      picker.gave(index, fetched.count, now: now)
      if fetched.count > 0 { return true }
    }
    return false
  }

  private func waitForJobs(
    _ room: PrefetchBuffer.Room, _ blocking: RedisConnection, _ picker: inout QueuePicker
  ) async throws {
    let paused = paused.names
    let names = queues.map(\.name).filter { !paused.contains($0) }
    guard !names.isEmpty else {
      await shutdown.wait(atMost: .milliseconds(500))
      return
    }
    // Every stream may give `COUNT`. Jobs beyond the free slots go back at once.
    let most = room.free * (names.map { registry.batchSize(of: $0) }.max() ?? 1)
    let count = max(1, most / names.count)
    let fetched = try await reader.read(names, count: count, block: Self.block, on: blocking)
    // The reply names the queues that had jobs: only they are read next.
    let now = ContinuousClock.now
    for (index, queue) in queues.enumerated() {
      if fetched.queues.contains(queue.name) {
        picker.woke(index, now: now)
      } else {
        picker.gave(index, 0, now: now)
      }
    }
    await accept(fetched, room: max(most, count))
  }

  /// Takes fetched jobs into the buffer, at most `room` of them.
  private func accept(_ fetched: FetchedEntries, room: Int = .max) async {
    var deliveries = inFlight.add(fetched.deliveries)
    if deliveries.count > room {
      acknowledger.requeue(Array(deliveries[room...]))
      deliveries.removeLast(deliveries.count - room)
    }
    buffer.append(deliveries)
    if !fetched.unreadable.isEmpty { await unknownJobs.deadLetter(fetched.unreadable) }
    if !fetched.unknown.isEmpty { await unknownJobs.deferUnknown(fetched.unknown) }
  }

  /// Finds entries that Redis gave to this worker in a reply that never arrived.
  ///
  /// Only the fetcher reads, so no reply can be on its way meanwhile. Jobs end meanwhile, though.
  private func recoverLost() async throws {
    inFlight.beginRecovery()
    defer { inFlight.endRecovery() }
    for queue in queues.map(\.name) {
      var last = "0"
      while true {
        let page = try await reader.held(in: queue, after: last, count: 1000)
        await accept(page)
        guard page.count == 1000, let next = page.lastID else { break }
        last = next
      }
    }
  }

  /// Makes the consumer groups again after FLUSHALL, else waits for Redis.
  private func recover(_ error: RedisError, failures: Int) async {
    if error.serverPrefix == "NOGROUP" {
      await presence.renew()
    } else {
      health.away(.redis, error)
      await shutdown.wait(atMost: BackendHealth.pause(afterFailures: failures))
    }
  }

  /// Waits while PostgreSQL is out of reach: fetching would only pass jobs back and forth.
  private func waitForPostgres() async {
    while health.isAway(.postgres), !shutdown.isDraining {
      do {
        try await DurableStore.ping(client.postgres)
        health.back(.postgres)
      } catch {
        health.away(.postgres, error)
        await shutdown.wait(atMost: .milliseconds(500))
      }
    }
  }
}
