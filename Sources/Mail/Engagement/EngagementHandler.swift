import Foundation
import JobQueue
import Logging
import Postgres
import Redis

/// Writes down what was taken in: rows of the table, each batch with the end of its rows in one transaction, and
/// entries of the stream that stood in for it. A worker that dies leaves what it had read of the stream
/// pending, and another takes it over; what is written a second time is known by its number.
struct EngagementHandler: Sendable {
  let jobs: JobClient
  let keys: RedisKeys
  let recorder: EngagementRecorder
  let metrics: MailMetrics
  let logger: Logger
  static let size = 500

  /// Reads and writes until nothing is left.
  ///
  /// - Parameter rest: After so long an entry that was read counts as a dead worker's.
  func drain(rest: Duration = .seconds(3), _ check: () throws -> Void) async throws {
    try await drainRows(check)
    try await drainStream(rest, check)
  }

  /// Puts back what was set aside and is to be tried again.
  func putBack() async throws {
    try await EngagementStore.putBack(Self.size, now: jobs.clock.now, in: jobs.postgres)
  }

  private func drainRows(_ check: () throws -> Void) async throws {
    repeat { try check() } while try await writeRows(check)
  }

  /// - Returns: Whether there may be more.
  private func writeRows(_ check: () throws -> Void) async throws -> Bool {
    let recorder = recorder
    do {
      return try await jobs.transaction { transaction in
        let acts = try await EngagementStore.take(Self.size, on: transaction.connection)
        try await recorder.record(acts, in: transaction)
        return acts.count == Self.size
      }
    } catch {
      guard Self.mayBeAnActs(error) else { throw error }
      logger.warning("acts are written down one by one", metadata: ["error": "\(error)"])
      for row in try await EngagementStore.rows(Self.size, in: jobs.postgres) {
        try check()
        try await write(row)
      }
      return true
    }
  }

  /// Writes down one act, or sets it aside, so that it stands in nobody's way (EML-346).
  private func write(_ row: Int64) async throws {
    let recorder = recorder
    do {
      try await jobs.transaction { transaction in
        guard let act = try await EngagementStore.take(row: row, on: transaction.connection) else {
          return
        }
        try await recorder.record([act], in: transaction)
      }
    } catch {
      guard Self.mayBeAnActs(error) else { throw error }
      let aside = try await jobs.transaction { transaction in
        try await EngagementStore.setAside(row: row, error, in: transaction)
      }
      guard let aside else { return }
      metrics.countAside()
      logger.error(
        "an act could not be written down and is set aside",
        metadata: [
          "act": "\(aside.act)", "attempts": "\(aside.attempts) of \(EngagementStore.attempts)",
          "error": "\(error)",
        ])
    }
  }

  /// Whether an error may be the fault of an act: none of a server that is away, short of something or about to
  /// stop, for which all is left as it is.
  private static func mayBeAnActs(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError, is QueueFull, is RedisError: return false
    case let error as PostgresError:
      switch error.code {
      case .connection, .timeout, .poolTimeout, .closed, .cancelled: return false
      case .server:
        let servers: Set<Substring> = ["08", "25", "53", "55", "57", "58"]
        return !error.isRetryable && !servers.contains(error.sqlState?.errorClass ?? "")
      default: return true
      }
    default: return true
    }
  }

  private func drainStream(_ rest: Duration, _ check: () throws -> Void) async throws {
    guard try await jobs.redis.send("EXISTS", keys.engagements).int == 1 else {
      return
    }
    try await makeGroup()
    while true {
      try check()
      var entries = try await read()
      if entries.isEmpty { entries = try await takeOver(rest) }
      guard !entries.isEmpty else { return }
      let acts = entries.compactMap { entry -> MailEngagement? in
        guard let fields = entry.fields, let act = MailEngagement(fields: fields) else {
          logger.warning("an act that cannot be read is dropped")
          return nil
        }
        return act
      }
      do {
        try await recorder.record(acts, now: jobs.clock.now)
      } catch {
        guard Self.mayBeAnActs(error) else { throw error }
        // The table's way of telling which of them it is serves these too.
        try await EngagementStore.append(acts, to: jobs.postgres)
        try await drainRows(check)
      }
      let ids = entries.map { RedisArgument(bytes: $0.id) }
      let key = keys.engagements
      _ = try await jobs.redis.pipeline([
        [RedisArgument("XACK"), key, EngagementBuffer.group] + ids,
        [RedisArgument("XDEL"), key] + ids,
      ])
    }
  }

  private struct Entry {
    var id: [UInt8]
    var fields: [RedisValue]?
  }

  private func makeGroup() async throws {
    do {
      _ = try await jobs.redis.send(
        "XGROUP", "CREATE", keys.engagements, EngagementBuffer.group, "0", "MKSTREAM")
    } catch let error where error.serverPrefix == "BUSYGROUP" {
      // It is there.
    }
  }

  private func read() async throws -> [Entry] {
    let reply = try await jobs.redis.send(
      "XREADGROUP", "GROUP", EngagementBuffer.group, EngagementBuffer.consumer, "COUNT",
      RedisArgument(Self.size), "STREAMS", keys.engagements, ">")
    guard let stream = reply.array?.first?.array, stream.count == 2 else { return [] }
    return entries(stream[1])
  }

  private func takeOver(_ rest: Duration) async throws -> [Entry] {
    let milliseconds = Int(rest.components.seconds) * 1000
    let reply = try await jobs.redis.send(
      "XAUTOCLAIM", keys.engagements, EngagementBuffer.group, EngagementBuffer.consumer,
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
