import Foundation
import Postgres

extension DurableStore {
  /// Opens a batch of `total` jobs.
  static func openBatch(
    _ id: BatchID, total: Int, followUp: JobRow?, now: Date, on connection: PostgresConnection
  ) async throws {
    let text = try followUp.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try await connection.query(
      """
      INSERT INTO job_batches (id, total, remaining, follow_up, created_at)
      VALUES (\(id), \(total), \(total), \(text), \(now))
      """)
  }

  /// Adds `count` jobs to a batch that has not ended.
  ///
  /// - Throws: ``JobError/batchClosed(_:)``, or the database's error.
  static func joinBatch(
    _ id: BatchID, count: Int, on connection: PostgresConnection
  ) async throws {
    let rows = try await connection.query(
      """
      UPDATE job_batches SET total = total + \(count), remaining = remaining + \(count)
      WHERE id = \(id) AND ended_at IS NULL
      """)
    guard rows.affected == 1 else { throw JobError.batchClosed(id.description) }
  }

  /// Counts ended jobs down from their batches. Called last in the transaction, because parallel jobs contend for the
  /// batch's row.
  ///
  /// - Parameters:
  ///   - ended: the batch of each ended job.
  ///   - failed: whether the jobs died or were cancelled.
  /// - Returns: the jobs that follow the batches ended by this, already inserted.
  static func countDown(
    _ ended: [BatchID], failed: Bool, now: Date, on connection: PostgresConnection
  ) async throws -> [JobRow] {
    guard !ended.isEmpty else { return [] }
    var counts: [BatchID: Int] = [:]
    for id in ended { counts[id, default: 0] += 1 }
    var followUps: [JobRow] = []
    for (id, count) in counts.sorted(by: { $0.key.id < $1.key.id }) {
      let rows = try await connection.query(
        """
        UPDATE job_batches SET remaining = remaining - \(count),
          failed = failed + \(failed ? count : 0),
          ended_at = CASE WHEN remaining <= \(count) THEN \(now) END
        WHERE id = \(id) AND ended_at IS NULL
        RETURNING remaining, follow_up
        """)
      guard let row = rows.first, try row.decode("remaining", as: Int.self) <= 0 else { continue }
      guard let text = try row.decode("follow_up", as: String?.self) else { continue }
      var followUp = try JSONDecoder().decode(JobRow.self, from: Data(text.utf8))
      followUp.createdAt = now
      followUps.append(followUp)
    }
    let known = try await insert(followUps, on: connection)
    return followUps.filter { !known.contains($0.id) }
  }
}
