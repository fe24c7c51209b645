import Foundation
import JobQueue
import Logging
import Redis
public import ServiceLifecycle

/// Takes acts without letting whoever did them wait for the database: they are appended to a stream in
/// Redis, and written down in batches by workers.
///
/// A worker that dies leaves what it had read pending, and another takes it over; what is written a second
/// time is known by its number. Where Redis does not answer, an act is written at once.
public struct ActBuffer: Sendable {
  private let kit: MailKit
  static let group: RedisArgument = "workers"
  /// One name for all workers: what it means to be pending is said by the time an entry rests.
  static let consumer: RedisArgument = "mail"
  /// The buffer of an installation.
  public init(kit: MailKit) { self.kit = kit }

  static func key(_ kit: MailKit) -> RedisArgument { "\(kit.pacer.prefix):{mail}:acts" }

  /// Appends an act. It is not lost once this has returned.
  ///
  /// - Throws: where neither Redis nor the database takes it.
  public func append(_ act: MailAct) async throws {
    do {
      _ = try await kit.jobs.redis.send(
        [RedisArgument("XADD"), Self.key(kit), "*"] + act.fields, timeout: .seconds(1))
    } catch {
      // It may have been appended nevertheless; its number makes the second time harmless.
      kit.logger.warning(
        "An act is written at once, since Redis did not take it", metadata: ["error": "\(error)"])
      try await ActRecorder(kit: kit).record([act], now: kit.jobs.clock.now)
      return
    }
    kit.acts.signal()
  }
}

/// Asks for a worker when acts were appended in this process. What it misses (a process that dies between the two)
/// the periodic look finds.
public struct ActWaker: Service, CustomStringConvertible {
  /// Time between two jobs that one process asks for.
  static let pause = Duration.milliseconds(40)

  private let kit: MailKit

  /// A waker.
  public init(kit: MailKit) { self.kit = kit }

  /// The name in logs.
  public var description: String { "act waker" }

  /// Works until graceful shutdown or cancellation.
  public func run() async {
    await kit.acts.each(atMostEvery: Self.pause) {
      do {
        try await kit.jobs.enqueue(RecordActs())
      } catch {
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

struct ActHandler: Sendable {
  let kit: MailKit
  static let size = 500

  /// Reads and writes until nothing is left.
  ///
  /// - Parameter rest: After so long an entry that was read counts as a dead worker's.
  func drain(rest: Duration = .seconds(20), _ check: () throws -> Void) async throws {
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
