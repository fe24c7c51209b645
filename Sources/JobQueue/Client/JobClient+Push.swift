import Foundation
import Logging
import Primitives
public import Redis

extension JobClient {
  /// The number of jobs that one script call moves: enough to make the round trip cheap, few enough that the server
  /// answers others within a few milliseconds.
  static let chunk = 1000

  /// Pushes entries to a queue. Returns the ids of those that Redis did not know already.
  @discardableResult
  func push(
    _ entries: [QueueEntry], to queue: String, runAt: [Date]? = nil, respectingBound: Bool
  ) async throws -> [JobID] {
    guard !entries.isEmpty else { return [] }
    try await announce(queue)
    var pushed: [JobID] = []
    pushed.reserveCapacity(entries.count)
    let isPlain =
      runAt == nil
      && entries.allSatisfy { !$0.isDurable && $0.group == nil && $0.uniqueKey == nil }
    var start = 0
    while start < entries.count {
      let slice = entries[start..<min(start + Self.chunk, entries.count)]
      let reply: RedisValue
      do {
        if isPlain {
          var arguments: [RedisArgument] = [respectingBound ? 1 : 0]
          arguments.reserveCapacity(slice.count + 1)
          for entry in slice { arguments.append(RedisArgument(bytes: entry.encoded())) }
          reply = try await redis.run(
            Scripts.pushPlain, keys: [RedisArgument(keys.base(queue))], arguments: arguments)
        } else {
          reply = try await redis.run(
            Scripts.push, keys: [RedisArgument(keys.base(queue))],
            arguments: arguments(slice, runAt: runAt, respectingBound: respectingBound))
        }
      } catch {
        throw QueueFull(error, queue: queue) ?? error
      }
      let known = Set((reply.array ?? []).compactMap { $0.int.map(Int.init) })
      for (index, entry) in slice.enumerated() where known.isEmpty || !known.contains(index) {
        pushed.append(entry.id)
      }
      start += Self.chunk
    }
    return pushed
  }

  /// `runAt` holds one instant for all, or one for each entry with `distantPast` for at once.
  private func arguments(
    _ entries: ArraySlice<QueueEntry>, runAt: [Date]?, respectingBound: Bool
  ) -> [RedisArgument] {
    let now = clock.now
    var arguments: [RedisArgument] = [
      respectingBound ? 1 : 0, RedisArgument(clock.offset.milliseconds),
    ]
    arguments.reserveCapacity(2 + entries.count * 5)
    for index in entries.indices {
      let entry = entries[index]
      let due = runAt.map { $0.count == 1 ? $0[0] : $0[index] }.flatMap { $0 > now ? $0 : nil }
      // A unique key must outlive the job's waiting; a day more covers its run and retries, and the expiry keeps a lost
      // job from blocking its successors forever.
      let life = 86_400_000 + (due.map { Int(saturating: $0.timeIntervalSince(now) * 1000) } ?? 0)
      arguments.append(RedisArgument(bytes: entry.encoded()))
      arguments.append(entry.isDurable ? RedisArgument(entry.id.description) : "")
      arguments.append(entry.uniqueKey == nil ? 0 : RedisArgument(life))
      arguments.append(due.map { RedisArgument($0.milliseconds) } ?? "")
      arguments.append(entry.attempt > 0 ? 1 : 0)
    }
    return arguments
  }

  /// Pushes rows whose transaction has committed. A failure is logged, and tried again soon: the jobs are safe in
  /// PostgreSQL, where repair finds them if this process ends.
  func pushCommitted(_ rows: [JobRow]) async {
    guard !rows.isEmpty else { return }
    do {
      try await push(rows: rows, repaired: false)
      troubles.works("push") { logger.notice("Redis takes committed jobs again", metadata: $0) }
    } catch {
      troubles.failed("push") { metadata in
        logger.warning(
          "Jobs are committed but Redis does not take them; they are tried again",
          metadata: metadata.merging(["jobs": "\(rows.count)", "error": "\(error)"]) { $1 })
      }
      refused.add(rows) { [weak self] rows in try await self?.push(rows: rows, repaired: true) }
    }
  }

  /// The committed jobs that Redis has refused and that wait in this process to be tried again, with the time since
  /// the first refusal; nil when there are none.
  public var refusedPushes: (count: Int, since: Duration)? { refused.waiting }

  /// Checks that Redis takes writes: one that answers may still be full, read-only or without its disk.
  ///
  /// - Throws: the error of Redis.
  public func probeWrites() async throws(RedisError) {
    _ = try await redis.send(
      ["SET", RedisArgument(keys.probe), 1, "EX", 60], timeout: .milliseconds(1500))
  }

  /// Pushes rows to their queues. Returns the number that Redis did not know already.
  @discardableResult
  func push(rows: [JobRow], repaired: Bool) async throws -> Int {
    var queues: [String: [JobRow]] = [:]
    for row in rows { queues[row.queue, default: []].append(row) }
    var pushed = 0
    for (queue, rows) in queues {
      pushed += try await push(
        rows.map { $0.entry(repaired: repaired) }, to: queue,
        runAt: rows.contains { $0.runAt != nil } ? rows.map { $0.runAt ?? .distantPast } : nil,
        respectingBound: false
      ).count
    }
    return pushed
  }

  /// Adds the queue's name to the set of all queues, once per process.
  func announce(_ queue: String) async throws {
    guard !announced.withLock({ $0.contains(queue) }) else { return }
    _ = try await redis.send(
      "SADD", RedisArgument(keys.queues), RedisArgument(queue))
    announced.withLock { _ = $0.insert(queue) }
  }
}

extension QueueFull {
  /// Reads the scripts' error `FULL depth bound`; nil for any other.
  init?(_ error: RedisError, queue: String) {
    guard error.serverPrefix == "FULL" || error.message.hasPrefix("FULL ") else { return nil }
    let numbers = error.message.split(separator: " ").compactMap { Int($0) }
    guard numbers.count >= 2 else { return nil }
    self.init(queue: queue, depth: numbers[0], bound: numbers[1])
  }
}
