import Foundation
import JobQueue
import Logging
import Postgres
import Redis

/// Records accepted engagements: rows of the table, which are deleted in the transaction that records them, and
/// entries of the Redis stream. Entries that a dead worker had read stay pending until another takes them over; a
/// repeated engagement is recognized by its id.
struct EngagementHandler: Sendable {
  let jobs: JobClient
  let keys: RedisKeys
  let recorder: EngagementRecorder
  let settings: MailSettingsSource
  let metrics: MailMetrics
  let logger: Logger
  static let size = 500

  /// Reads and records until nothing is left.
  ///
  /// - Parameter rest: The idle time after which an entry is taken over from its reader.
  func drain(rest: Duration = .seconds(3), _ check: () throws -> Void) async throws {
    // Clicks that are ripe only since then may have been left, too.
    let begin = try await ripe()
    try await drainRows(check)
    try await drainStream(rest, check)
    try await comeBack(begin)
  }

  /// The instant up to which clicks are recorded (EML-363).
  private func ripe() async throws -> Date {
    jobs.clock.now.addingTimeInterval(-Double(try await settings.current().machines.windowSeconds))
  }

  /// Enqueues a job for the moment at which the next click that waits may be recorded.
  ///
  /// - Parameter ripe: The instant up to which all clicks were taken.
  private func comeBack(_ ripe: Date) async throws {
    let seconds = Double(try await settings.current().machines.windowSeconds)
    guard let first = try await EngagementStore.firstUnripe(ripe, in: jobs.postgres) else {
      return
    }
    // Half seconds, so that a stream of clicks needs two jobs a second. The next one at the earliest, since this job may
    // have the key of this one.
    let due = ((first.timeIntervalSinceReferenceDate + seconds) * 2).rounded(.up)
    let half = max(due, (jobs.clock.now.timeIntervalSinceReferenceDate * 2).rounded(.down) + 2)
    try await jobs.enqueue(
      RecordEngagements(),
      EnqueueOptions(
        runAt: Date(timeIntervalSinceReferenceDate: half / 2), uniqueKey: "clicks-\(Int(half))"))
  }

  /// Puts back the engagements that were set aside and are due again.
  func putBack() async throws {
    try await EngagementStore.putBack(Self.size, now: jobs.clock.now, in: jobs.postgres)
  }

  private func drainRows(_ check: () throws -> Void) async throws {
    repeat { try check() } while try await writeRows(check)
  }

  /// Records one batch of rows.
  ///
  /// - Returns: Whether there may be more.
  private func writeRows(_ check: () throws -> Void) async throws -> Bool {
    let recorder = recorder
    let ripe = try await ripe()
    do {
      return try await jobs.transaction { transaction in
        let engagements = try await EngagementStore.take(
          Self.size, ripe: ripe, on: transaction.connection)
        try await recorder.record(engagements, in: transaction)
        return engagements.count == Self.size
      }
    } catch {
      if ErrorCause.isElsewhere(error) { throw error }
      logger.warning("engagements are recorded one by one", metadata: ["error": "\(error)"])
      for row in try await EngagementStore.rows(Self.size, ripe: ripe, in: jobs.postgres) {
        try check()
        try await write(row)
      }
      return true
    }
  }

  /// Records one engagement, or sets it aside so that it does not block the others (EML-346).
  private func write(_ row: Int64) async throws {
    let recorder = recorder
    do {
      try await jobs.transaction { transaction in
        guard let engagement = try await EngagementStore.take(row: row, on: transaction.connection)
        else {
          return
        }
        try await recorder.record([engagement], in: transaction)
      }
    } catch {
      if ErrorCause.isElsewhere(error) { throw error }
      let aside = try await jobs.transaction { transaction in
        try await EngagementStore.setAside(row: row, error, in: transaction)
      }
      guard let aside else { return }
      metrics.countAside()
      logger.error(
        "an engagement could not be recorded and is set aside",
        metadata: [
          "act": "\(aside.engagement)",
          "attempts": "\(aside.attempts) of \(EngagementStore.attempts)",
          "error": "\(error)",
        ])
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
      let ripe = try await ripe()
      var engagements = entries.compactMap { entry -> MailEngagement? in
        guard let fields = entry.fields, let engagement = MailEngagement(fields: fields) else {
          logger.warning("an unreadable engagement is dropped")
          return nil
        }
        return engagement
      }
      // Clicks wait in the table for those that follow them.
      let waiting = engagements.filter { $0.isClick && $0.at > ripe }
      if !waiting.isEmpty {
        try await EngagementStore.append(waiting, to: jobs.postgres)
        engagements.removeAll { $0.isClick && $0.at > ripe }
      }
      do {
        try await recorder.record(engagements, now: jobs.clock.now)
      } catch {
        if ErrorCause.isElsewhere(error) { throw error }
        // The table's way of finding the failing engagement serves these too.
        try await EngagementStore.append(engagements, to: jobs.postgres)
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
      // The group exists.
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
