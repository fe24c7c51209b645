import Foundation
import Logging
import Redis

/// A job that this worker does not know.
struct UnknownJob: Sendable {
  var entry: QueueEntry
  var queue: String
  var streamID: String
  var lane: String?
}

extension Worker {
  /// Sets jobs of unknown kinds aside, for a newer worker. They come back after a pause that grows
  /// with their age, and at once when a worker starts.
  func park(_ strangers: [UnknownJob]) async {
    for stranger in strangers {
      let age = Date().timeIntervalSince(stranger.entry.id.madeAt)
      let pause = min(60, max(2, age / 2))
      logger.notice(
        "A job of a kind or version this worker does not know stays queued",
        metadata: [
          "job": "\(stranger.entry.id)", "name": "\(stranger.entry.name)",
          "version": "\(stranger.entry.version)", "queue": "\(stranger.queue)",
        ])
      do {
        _ = try await client.redis.run(
          Scripts.giveBack, keys: [RedisArgument(client.keys.base(stranger.queue))],
          arguments: [
            RedisArgument(stranger.streamID), RedisArgument(stranger.lane ?? ""),
            RedisArgument(bytes: stranger.entry.encoded()), "unknown",
            RedisArgument(Int(pause * 1000)), RedisArgument(client.clock.offset.milliseconds), "",
          ])
      } catch {
        // It stays in this worker's hands until its lease ends, and comes to others then.
        logger.warning("An unknown job could not be set aside", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Puts an entry that cannot be read among the dead, where an operator finds it.
  func discard(
    unreadable bytes: [UInt8]?, queue: String, streamID: String, lane: String?, _ error: any Error
  ) async {
    logger.error(
      "A queue entry cannot be read", metadata: ["queue": "\(queue)", "error": "\(error)"])
    do {
      _ = try await client.redis.run(
        Scripts.bury, keys: [RedisArgument(client.keys.base(queue))],
        arguments: [
          RedisArgument(streamID), RedisArgument(lane ?? ""), RedisArgument(bytes: bytes ?? []), "",
          "",
        ])
    } catch {
      logger.warning(
        "An unreadable entry could not be set aside", metadata: ["error": "\(error)"])
    }
  }
}
