import Foundation
import JobQueue
import Postgres

/// Idempotency keys in the database, where all processes see them.
struct PostgresIdempotencyStore: Idempotency.Store {
  let pool: PostgresPool
  let clock: WallClock
  /// The time for which answers are kept.
  let retention: TimeInterval

  func claim(_ scope: Idempotency.Scope, lease: Duration) async throws -> Idempotency.Claim {
    let token = UUID()
    let now = clock.now
    // One statement decides: the row is new, or it may be taken over, or nothing is returned.
    let taken = try await pool.query(
      """
      INSERT INTO idempotency_keys AS held
        (user_id, method, path, key, token, date_added, leased_until)
      VALUES (\(scope.user), \(scope.method), \(scope.path), \(scope.key), \(token), \(now),
        \(until(lease)))
      ON CONFLICT (user_id, method, path, key) DO UPDATE SET
        token = excluded.token, date_added = excluded.date_added,
        leased_until = excluded.leased_until, status = NULL,
        location = CASE WHEN held.status IS NULL THEN held.location END,
        content_type = NULL, body = NULL, fingerprint = NULL
      WHERE held.date_added < \(now.addingTimeInterval(-retention))
        OR (held.status IS NULL AND held.leased_until < \(now))
      RETURNING location
      """)
    if let row = taken.first { return .execute(token: token, begun: try row.decode("location")) }
    let rows = try await pool.query(
      """
      SELECT status, location, content_type, body, fingerprint FROM idempotency_keys
      WHERE \(sql: condition(scope))
      """)
    // Released between the two statements: report it as in progress; the client asks again.
    guard let row = rows.first, let status: Int = try row.decode("status") else {
      return .inProgress
    }
    return .answered(
      Idempotency.KeptAnswer(
        status: status, location: try row.decode("location"),
        contentType: try row.decode("content_type"), body: try row.decode("body"),
        fingerprint: try row.decode("fingerprint")))
  }

  func note(_ location: String, _ scope: Idempotency.Scope, token: UUID) async throws {
    try await pool.query(
      """
      UPDATE idempotency_keys SET location = \(location)
      WHERE \(sql: condition(scope)) AND token = \(token)
      """)
  }

  func renew(_ scope: Idempotency.Scope, token: UUID, lease: Duration) async throws {
    try await pool.query(
      """
      UPDATE idempotency_keys SET leased_until = \(until(lease))
      WHERE \(sql: condition(scope)) AND token = \(token)
      """)
  }

  func keep(_ answer: Idempotency.KeptAnswer, _ scope: Idempotency.Scope, token: UUID) async throws
  {
    try await pool.query(
      """
      UPDATE idempotency_keys SET status = \(answer.status), location = \(answer.location),
        content_type = \(answer.contentType), body = \(answer.body),
        fingerprint = \(answer.fingerprint)
      WHERE \(sql: condition(scope)) AND token = \(token)
      """)
  }

  func release(_ scope: Idempotency.Scope, token: UUID) async throws {
    try await pool.query(
      "DELETE FROM idempotency_keys WHERE \(sql: condition(scope)) AND token = \(token)")
  }

  /// Drops answers that are out of date.
  ///
  /// - Returns: the number dropped.
  @discardableResult
  func prune() async throws -> Int {
    try await pool.query(
      """
      DELETE FROM idempotency_keys WHERE date_added < \(clock.now.addingTimeInterval(-retention))
        AND leased_until < \(clock.now)
      """
    ).affected
  }

  private func until(_ lease: Duration) -> Date {
    clock.now.addingTimeInterval(lease / .seconds(1))
  }

  private func condition(_ scope: Idempotency.Scope) -> SQL {
    """
    user_id = \(scope.user) AND method = \(scope.method) AND path = \(scope.path)
      AND key = \(scope.key)
    """
  }
}
