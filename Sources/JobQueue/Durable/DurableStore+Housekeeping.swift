import Foundation
import Postgres

extension DurableStore {
  /// The result of claiming a slot.
  enum SlotClaim: Sendable, Equatable {
    /// It is this caller's: the job is to be enqueued, in the same transaction.
    case claimed
    /// As ``claimed``, instead of a slot in the future, which a wrong clock had noted.
    case takenBack(from: Date)
    /// It was claimed before, or it is the first slot ever seen, which is noted and not claimed.
    case known
  }

  /// The time by which a noted slot may be ahead of the database's clock.
  static let slotTolerance: TimeInterval = 60

  /// Claims a slot of a periodic job.
  ///
  /// - Parameter offset: The offset of the caller's clock, in seconds; not 0 only in tests.
  static func claim(
    slot: Date, of periodic: String, offset: Double, on connection: PostgresConnection
  ) async throws -> SlotClaim {
    let claimed = try await connection.query(
      """
      WITH noted AS MATERIALIZED (
        SELECT name, last_slot, last_slot > clock_timestamp()
          + make_interval(secs => \(offset + slotTolerance)) AS is_ahead
        FROM periodic_jobs WHERE name = \(periodic)
          AND (last_slot < \(slot) OR last_slot > \(slot)::timestamptz + interval '1 minute')
        FOR UPDATE
      )
      UPDATE periodic_jobs p SET last_slot = \(slot) FROM noted
      WHERE p.name = noted.name AND (noted.last_slot < \(slot) OR noted.is_ahead)
      RETURNING noted.last_slot, noted.is_ahead
      """)
    if let row = claimed.first {
      let (noted, isAhead) = try row.decode(Date.self, Bool.self)
      return isAhead ? .takenBack(from: noted) : .claimed
    }
    try await connection.query(
      """
      INSERT INTO periodic_jobs (name, last_slot) VALUES (\(periodic), \(slot))
      ON CONFLICT (name) DO NOTHING
      """)
    return .known
  }

  /// Writes a row, for a transaction that is rolled back.
  static func write(on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      INSERT INTO periodic_jobs (name, last_slot) VALUES ('', clock_timestamp())
      ON CONFLICT DO NOTHING
      """)
  }

  /// Returns the database's time.
  static func time(on pool: PostgresPool) async throws -> Date {
    try await pool.query("SELECT clock_timestamp()")[0].decode(at: 0)
  }

  /// Returns the noted slots of periodic jobs by name.
  static func slots(on pool: PostgresPool) async throws -> [String: Date] {
    var slots: [String: Date] = [:]
    for row in try await pool.query("SELECT name, last_slot FROM periodic_jobs") {
      slots[try row.decode("name")] = try row.decode("last_slot", as: Date.self)
    }
    return slots
  }

  /// Deletes expired history, a few thousand rows at a time, so that no statement holds locks for long.
  static func deleteExpiredHistory(now: Date, on pool: PostgresPool) async throws {
    while true {
      let expired = try await pool.query(
        """
        DELETE FROM job_history WHERE id IN (
          SELECT id FROM job_history WHERE expires_at < \(now) LIMIT 5000)
        """)
      if expired.affected < 5000 { return }
    }
  }

  /// Deletes batches that ended before an instant.
  static func deleteBatches(endedBefore instant: Date, on pool: PostgresPool) async throws {
    try await pool.query("DELETE FROM job_batches WHERE ended_at < \(instant)")
  }

  /// Ends the database sessions whose locks another session waits for.
  ///
  /// - Returns: the process ids of the ended sessions.
  static func endBlockers(of session: Int32, on pool: PostgresPool) async throws -> [Int] {
    let rows = try await pool.query(
      """
      SELECT pid, pg_terminate_backend(pid) AS ended
      FROM unnest(pg_blocking_pids(\(Int(session))::integer)) AS pid
      """)
    return try rows.map { try $0.decode("pid", as: Int.self) }
  }

  /// Takes a lock on the poison of a queue for the transaction and limits waits for rows to 5 s.
  ///
  /// - Parameter key: the prefix of the queue's keys.
  /// - Returns: false when another process has the lock. Two at once would wait for each other, and mistake each other
  ///   for a hung worker.
  static func lockPoison(of key: String, on connection: PostgresConnection) async throws -> Bool {
    guard try await connection.tryLock(.jobDeaths(queue: key)) else { return false }
    try await connection.query("SET LOCAL lock_timeout = '5s'")
    return true
  }
}
