import Postgres

/// The lock of those who change several segments at a time: they cannot know the order of their rows beforehand.
///
/// Everybody locks in this order: the job; then as ``AdvisoryLock`` lists them the lock of editors, the buckets of
/// contacts and this one; rows of segments; rebuilds and runs; the version of all, which the commit raises.
enum SegmentLock {
  /// Waits until nobody else has the turn, and keeps it until the transaction ends.
  static func take(on connection: PostgresConnection) async throws {
    try await connection.lock(.segments)
  }
}
