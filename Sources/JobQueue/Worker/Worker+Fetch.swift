import Foundation
import Logging
import Redis

extension Worker {
  /// How long a blocking read waits. It bounds how late an idle worker notices that a queue was
  /// resumed or that it shall drain; waking once a second costs nothing that can be measured.
  static let block = Duration.seconds(1)
  /// The most jobs fetched ahead of what the slots can begin at once.
  static let mostAhead = 2048

  /// Fetches jobs while there are slots for them.
  ///
  /// Short jobs are fetched ahead: as many as the slots went through in the last moments, so that
  /// a round trip brings many. Long jobs are not: whoever has a free slot shall have them.
  func fetchLoop(_ blocking: RedisConnection) async {
    var picker = QueuePicker(configuration.queues)
    var pace = Pace()
    var failures = 0
    var nextLook = ContinuousClock.now + configuration.lookInterval
    while !isDraining, let room = await backlog.room(lowWater: pace.ahead / 2) {
      await outages.waitForPostgres(self)
      if isDraining { return }
      let ahead = max(0, pace.ahead(room.taken) - room.queued)
      do {
        let now = ContinuousClock.now
        if failures > 0 || now >= nextLook {
          try await recoverLost()
          nextLook = now + configuration.lookInterval
        }
        var found = false
        for index in picker.order(now: now, excluding: life.withLock { $0.paused }) {
          let queue = configuration.queues[index].name
          let count = room.free * registry.batchSize(of: queue) + ahead
          guard count > 0 else { break }
          let reply = try await read(
            [queue], count: count, block: nil, on: client.redis)
          let taken = await accept(reply, room: nil)
          picker.gave(index, taken, now: now)
          if taken > 0 {
            found = true
            break
          }
        }
        if !found { try await waitForJobs(room, blocking, &picker) }
        failures = 0
        outages.back(.redis)
      } catch let error as RedisError {
        failures += 1
        await recover(error, failures: failures)
      } catch {
        return
      }
    }
  }

  private func waitForJobs(
    _ room: PrefetchBuffer.Room, _ blocking: RedisConnection, _ picker: inout QueuePicker
  ) async throws {
    let paused = life.withLock { $0.paused }
    let queues = configuration.queues.map(\.name).filter { !paused.contains($0) }
    guard !queues.isEmpty else {
      await drain.wait(atMost: .milliseconds(500))
      return
    }
    // Every stream may give `COUNT`. What comes beyond the free slots goes back at once.
    let most = room.free * (queues.map { registry.batchSize(of: $0) }.max() ?? 1)
    let count = max(1, most / queues.count)
    let reply = try await read(queues, count: count, block: Self.block, on: blocking)
    // It has told of all queues which are empty: only the others are read next.
    let woken = Set((reply.array ?? []).compactMap { $0.array?.first?.text })
    let now = ContinuousClock.now
    for (index, queue) in configuration.queues.enumerated() {
      if woken.contains(client.keys.ready(queue.name)) {
        picker.woke(index, now: now)
      } else {
        picker.gave(index, 0, now: now)
      }
    }
    _ = await accept(reply, room: max(most, count))
  }

  private func read(
    _ queues: [String], count: Int, block: Duration?, on connection: RedisConnection
  ) async throws -> RedisValue {
    var command: [RedisArgument] = [
      "XREADGROUP", "GROUP", RedisArgument(Keys.group), RedisArgument(consumer), "COUNT",
      RedisArgument(count),
    ]
    if let block { command += ["BLOCK", RedisArgument(block.milliseconds)] }
    command.append("STREAMS")
    command += queues.map { RedisArgument(client.keys.ready($0)) }
    command += queues.map { _ in ">" }
    return try await connection.send(command, timeout: block.map { $0 + .seconds(5) })
  }

  /// Finds entries that Redis handed to this worker in a reply that never arrived.
  ///
  /// Nothing but the fetching loop reads, so no reply can be on its way meanwhile. Jobs end
  /// meanwhile, though.
  private func recoverLost() async throws {
    holdings.beginLook()
    defer { holdings.endLook() }
    for queue in configuration.queues.map(\.name) {
      var last = "0"
      while true {
        let reply = try await client.redis.send(
          "XREADGROUP", "GROUP", RedisArgument(Keys.group), RedisArgument(consumer), "COUNT", 1000,
          "STREAMS", RedisArgument(client.keys.ready(queue)), RedisArgument(last))
        let entries = reply.array?.first?.array?.last?.array ?? []
        _ = await accept(reply, room: nil)
        guard entries.count == 1000, let next = entries.last?.array?.first?.text else { break }
        last = next
      }
    }
  }

  /// Takes the entries of a reply into the backlog. Returns how many there were.
  private func accept(_ reply: RedisValue, room: Int?) async -> Int {
    var deliveries: [Delivery] = []
    var odd: [Settlement] = []
    var strangers: [UnknownJob] = []
    var count = 0
    let now = ContinuousClock.now
    for stream in reply.array ?? [] {
      guard let parts = stream.array, parts.count == 2, let name = parts[0].text,
        let queue = configuration.queues.first(where: { client.keys.ready($0.name) == name })?.name,
        let entries = parts[1].array
      else { continue }
      deliveries.reserveCapacity(deliveries.count + entries.count)
      for entry in entries {
        count += 1
        guard let pair = entry.array, pair.count == 2, let id = pair[0].text, !pair[1].isNull
        else { continue }
        let fields = pair[1].array ?? []
        var bytes: [UInt8]?
        var lane: String?
        var at = 0
        while at + 1 < fields.count {
          if fields[at].bytes == [UInt8(ascii: "j")] {
            bytes = fields[at + 1].bytes
          } else if fields[at].bytes == [UInt8(ascii: "l")] {
            lane = fields[at + 1].text
          }
          at += 2
        }
        do {
          let job = try QueueEntry(parsing: bytes ?? [])
          guard let kind = registry.kinds[job.name], kind.version >= job.version else {
            strangers.append(
              UnknownJob(entry: job, queue: queue, streamID: id, lane: lane))
            continue
          }
          deliveries.append(
            Delivery(
              entry: job, queue: queue, kind: kind, streamID: id, lane: lane, receivedAt: now))
        } catch {
          await discard(unreadable: bytes, queue: queue, streamID: id, lane: lane, error)
        }
      }
    }
    deliveries = holdings.add(deliveries)
    if let room, deliveries.count > room {
      odd = deliveries[room...].map { Settlement($0, .back(after: .zero)) }
      deliveries.removeLast(deliveries.count - room)
    }
    unacknowledged.put(odd)
    backlog.append(deliveries)
    if !strangers.isEmpty { await park(strangers) }
    return count
  }

  /// After FLUSHALL the groups are gone: make them again. When Redis is away: wait.
  private func recover(_ error: RedisError, failures: Int) async {
    if error.serverPrefix == "NOGROUP" {
      await beat()
    } else {
      outages.away(.redis, error)
      await drain.wait(atMost: .milliseconds(min(2000, 50 << min(failures, 6))))
    }
  }
}

/// How fast the slots go through jobs, and how many may be fetched ahead of them therefore.
struct Pace: Sendable {
  private(set) var ahead = 0
  private var taken = 0
  private var at = ContinuousClock.now

  /// Jobs taken in all, now. Answers how many may wait.
  mutating func ahead(_ taken: Int) -> Int {
    let now = ContinuousClock.now
    let elapsed = (now - at).seconds
    guard elapsed > 0.0005 else { return ahead }
    let rate = Double(taken - self.taken) / elapsed
    self.taken = taken
    at = now
    // What 20 ms consume; fewer than a handful is no flood of short jobs but single ones.
    let wanted = rate * 0.02
    ahead = wanted < 4 ? 0 : min(Worker.mostAhead, Int(wanted))
    return ahead
  }
}
