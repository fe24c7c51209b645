import Postgres

/// The turn of those who lock several segments at a time, one after the other: they cannot know the order
/// beforehand, so they take turns.
///
/// Everybody locks in this order: the job; the turn of editors; buckets of contacts; this turn; rows of
/// segments; rebuilds and runs; the version of all, which the commit raises.
enum SegmentLock {
  /// Waits until nobody else has the turn, and keeps it until the transaction ends.
  static func take(on connection: PostgresConnection) async throws {
    try await connection.query(
      "SELECT pg_advisory_xact_lock(hashtextextended('martlet.segment-turn', 0))")
  }
}
