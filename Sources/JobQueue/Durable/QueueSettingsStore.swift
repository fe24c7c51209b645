import Foundation
import Postgres

/// A queue's pause and limits as PostgreSQL keeps them.
struct QueueSettings: Sendable {
  var isPaused = false
  var limits = QueueLimits()
}

/// The SQL of queue settings.
enum QueueSettingsStore {
  static func setPaused(
    _ isPaused: Bool, queue: String, on pool: PostgresPool
  ) async throws {
    guard isPaused else {
      try await pool.query("UPDATE job_queues SET paused = false WHERE name = \(queue)")
      return
    }
    try await pool.query(
      """
      INSERT INTO job_queues (name, paused) VALUES (\(queue), true)
      ON CONFLICT (name) DO UPDATE SET paused = true
      """)
  }

  static func setLimits(
    _ limits: QueueLimits, queue: String, on pool: PostgresPool
  ) async throws {
    let text = String(decoding: try JSONEncoder().encode(limits), as: UTF8.self)
    try await pool.query(
      """
      INSERT INTO job_queues (name, limits) VALUES (\(queue), \(text))
      ON CONFLICT (name) DO UPDATE SET limits = EXCLUDED.limits
      """)
  }

  /// The settings of the queues that have any, by name.
  static func all(on pool: PostgresPool) async throws -> [String: QueueSettings] {
    var settings: [String: QueueSettings] = [:]
    for row in try await pool.query("SELECT name, paused, limits FROM job_queues") {
      let text: String = try row.decode("limits")
      settings[try row.decode("name")] = QueueSettings(
        isPaused: try row.decode("paused"),
        limits: try JSONDecoder().decode(QueueLimits.self, from: Data(text.utf8)))
    }
    return settings
  }
}
