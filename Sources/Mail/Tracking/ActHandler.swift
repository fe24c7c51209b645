import Foundation
import JobQueue
import Logging
import Redis

/// Writes down what was taken in: rows of the table, each batch with the end of its rows in one transaction, and
/// entries of the stream that stood in for it. A worker that dies leaves what it had read of the stream
/// pending, and another takes it over; what is written a second time is known by its number.
struct ActHandler: Sendable {
  let kit: MailKit
  static let size = 500

  /// Reads and writes until nothing is left.
  ///
  /// - Parameter rest: After so long an entry that was read counts as a dead worker's.
  func drain(rest: Duration = .seconds(3), _ check: () throws -> Void) async throws {
    repeat { try check() } while try await writeRows() == Self.size
    try await drainStream(rest, check)
  }

  private func writeRows() async throws -> Int {
    let (recorder, now) = (ActRecorder(kit: kit), kit.jobs.clock.now)
    return try await kit.jobs.transaction { connection, outbox in
      let acts = try await ActStore.take(Self.size, on: connection)
      try await recorder.record(acts, now: now, on: connection, outbox)
      return acts.count
    }
  }

  private func drainStream(_ rest: Duration, _ check: () throws -> Void) async throws {
    guard try await kit.jobs.redis.send("EXISTS", ActBuffer.key(kit)).int == 1 else { return }
    try await makeGroup()
    while true {
      try check()
      var entries = try await read()
      if entries.isEmpty { entries = try await takeOver(rest) }
      guard !entries.isEmpty else { return }
      let acts = entries.compactMap { entry -> MailAct? in
        guard let fields = entry.fields, let act = MailAct(fields: fields) else {
          kit.logger.warning("an act that cannot be read is dropped")
          return nil
        }
        return act
      }
      try await ActRecorder(kit: kit).record(acts, now: kit.jobs.clock.now)
      let ids = entries.map { RedisArgument(bytes: $0.id) }
      let key = ActBuffer.key(kit)
      _ = try await kit.jobs.redis.pipeline([
        [RedisArgument("XACK"), key, ActBuffer.group] + ids, [RedisArgument("XDEL"), key] + ids,
      ])
    }
  }

  private struct Entry {
    var id: [UInt8]
    var fields: [RedisValue]?
  }

  private func makeGroup() async throws {
    do {
      _ = try await kit.jobs.redis.send(
        "XGROUP", "CREATE", ActBuffer.key(kit), ActBuffer.group, "0", "MKSTREAM")
    } catch let error where error.serverPrefix == "BUSYGROUP" {
      // It is there.
    }
  }

  private func read() async throws -> [Entry] {
    let reply = try await kit.jobs.redis.send(
      "XREADGROUP", "GROUP", ActBuffer.group, ActBuffer.consumer, "COUNT",
      RedisArgument(Self.size), "STREAMS", ActBuffer.key(kit), ">")
    guard let stream = reply.array?.first?.array, stream.count == 2 else { return [] }
    return entries(stream[1])
  }

  private func takeOver(_ rest: Duration) async throws -> [Entry] {
    let milliseconds = Int(rest.components.seconds) * 1000
    let reply = try await kit.jobs.redis.send(
      "XAUTOCLAIM", ActBuffer.key(kit), ActBuffer.group, ActBuffer.consumer,
      RedisArgument(milliseconds), "0-0", "COUNT", RedisArgument(Self.size))
    guard let parts = reply.array, parts.count >= 2 else { return [] }
    return entries(parts[1])
  }

  private func entries(_ value: RedisValue) -> [Entry] {
    (value.array ?? []).compactMap { entry in
      guard let parts = entry.array, let id = parts.first?.bytes else { return nil }
      return Entry(id: id, fields: parts.count > 1 ? parts[1].array : nil)
    }
  }
}
