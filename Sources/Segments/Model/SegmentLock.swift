import Postgres

/// The lock of transactions that change several segments and cannot know the order of their rows beforehand.
///
/// The locking order is: the job; then, as ``AdvisoryLock`` lists them, the lock of editors, the buckets of
/// contacts and this one; rows of segments; rebuilds and runs; the version of all, raised by the commit.
enum SegmentLock {
  /// Waits for the lock and holds it until the transaction ends.
  static func take(on connection: PostgresConnection) async throws {
    try await connection.lock(.segments)
  }
}
