import Foundation
import Logging
import Redis

/// Puts aside entries that this worker cannot run.
struct UnknownJobs: Sendable {
  let client: JobClient
  let logger: Logger

  /// Defers jobs of unknown kinds for a newer worker. They return after half their age, 2 to 60 s, and at once when
  /// a worker starts.
  func deferUnknown(_ jobs: [UnknownJob]) async {
    for job in jobs {
      let pause = Self.pause(age: Date().timeIntervalSince(job.entry.id.madeAt))
      logger.notice(
        "A job of a kind or version this worker does not know stays queued",
        metadata: [
          "job": "\(job.entry.id)", "name": "\(job.entry.name)",
          "version": "\(job.entry.version)", "queue": "\(job.queue)",
        ])
      do {
        _ = try await client.redis.run(
          Scripts.requeue, keys: [RedisArgument(client.keys.base(job.queue))],
          arguments: [
            RedisArgument(job.streamID), RedisArgument(job.group ?? ""),
            RedisArgument(bytes: job.entry.encoded()), "unknown",
            RedisArgument(Int(pause * 1000)), RedisArgument(client.clock.offset.milliseconds), "",
          ])
      } catch {
        // This worker holds it until its lease ends; then others get it.
        logger.warning("An unknown job could not be set aside", metadata: ["error": "\(error)"])
      }
    }
  }

  /// The pause in seconds before an unknown job of an age in seconds is offered again.
  static func pause(age: Double) -> Double { min(60, max(2, age / 2)) }

  /// Moves unreadable entries to the dead jobs, where an operator finds them.
  func deadLetter(_ entries: [UnreadableEntry]) async {
    for entry in entries {
      logger.error(
        "A queue entry cannot be read",
        metadata: ["queue": "\(entry.queue)", "error": "\(entry.error)"])
      do {
        _ = try await client.redis.run(
          Scripts.deadLetter, keys: [RedisArgument(client.keys.base(entry.queue))],
          arguments: [
            RedisArgument(entry.streamID), RedisArgument(entry.group ?? ""),
            RedisArgument(bytes: entry.bytes), "", "",
          ])
      } catch {
        logger.warning(
          "An unreadable entry could not be set aside", metadata: ["error": "\(error)"])
      }
    }
  }
}
