import Foundation
import Logging
import Postgres
import Redis

extension JobClient {
  /// Stops workers from beginning jobs of a queue. What is under way goes on; enqueuing goes on.
  /// Survives the loss of Redis.
  public func pause(queue: String) async throws {
    try await postgres.query(
      """
      INSERT INTO job_queues (name, paused) VALUES (\(queue), true)
      ON CONFLICT (name) DO UPDATE SET paused = true
      """)
    try await layConfiguration(of: queue)
    try await tellWorkers("pause", queue)
  }

  /// Lets workers begin jobs of a paused queue again.
  public func resume(queue: String) async throws {
    try await postgres.query("UPDATE job_queues SET paused = false WHERE name = \(queue)")
    try await layConfiguration(of: queue)
    try await tellWorkers("resume", queue)
  }

  /// Sets a queue's limits, in place of those it had.
  public func configure(queue: String, _ limits: QueueLimits) async throws {
    let text = String(decoding: try JSONEncoder().encode(limits), as: UTF8.self)
    try await postgres.query(
      """
      INSERT INTO job_queues (name, limits) VALUES (\(queue), \(text))
      ON CONFLICT (name) DO UPDATE SET limits = EXCLUDED.limits
      """)
    try await layConfiguration(of: queue)
    bounds.set(queue, limits.bound)
  }

  /// The limits of the queues that have any, and which are paused.
  func queueSettings() async throws -> [String: (isPaused: Bool, limits: QueueLimits)] {
    var settings: [String: (isPaused: Bool, limits: QueueLimits)] = [:]
    for row in try await postgres.query("SELECT name, paused, limits FROM job_queues") {
      let text: String = try row.decode("limits")
      settings[try row.decode("name")] = (
        try row.decode("paused"), try JSONDecoder().decode(QueueLimits.self, from: Data(text.utf8))
      )
    }
    return settings
  }

  private func layConfiguration(of queue: String) async throws {
    let settings = try await queueSettings()[queue]
    try await layConfiguration(
      of: queue, isPaused: settings?.isPaused ?? false, settings?.limits ?? QueueLimits())
  }

  /// Writes a queue's settings to Redis, where the scripts read them.
  func layConfiguration(of queue: String, isPaused: Bool, _ limits: QueueLimits) async throws {
    try await announce(queue)
    var arguments: [RedisArgument] = [isPaused ? 1 : 0]
    for (name, value) in limits.fields {
      arguments += [RedisArgument(name), RedisArgument(value)]
    }
    _ = try await redis.run(
      Scripts.configure, keys: [RedisArgument(keys.base(queue))], arguments: arguments)
  }

  func tellWorkers(_ what: String, _ subject: String) async throws {
    _ = try await redis.send(
      "XADD", RedisArgument(keys.control), "MAXLEN", "~", 10_000, "*", RedisArgument(what),
      RedisArgument(subject))
  }

  /// The names of all queues, in alphabetical order.
  public func queueNames() async throws -> [String] {
    let reply = try await redis.send("SMEMBERS", RedisArgument(keys.queues))
    return (reply.array ?? []).compactMap(\.text).sorted()
  }
}
