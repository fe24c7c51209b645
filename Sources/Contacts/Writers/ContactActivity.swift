package import Foundation
package import Postgres

/// What contacts did, as far as their records tell of it.
package enum ContactActivity {
  /// Records that contacts were active, which moves their last activity forward only, and marks them for segments.
  /// The audit log tells nothing of it (CON-12). The caller holds the contacts' rows locked.
  ///
  /// - Parameters:
  ///   - times: The activity by contact.
  ///   - topics: What else segments can read of the activity.
  ///   - now: When it is recorded.
  ///   - connection: The transaction.
  /// - Throws: `PostgresError`.
  package static func touch(
    _ times: [Int64: Date], telling topics: Set<ChangeTopic> = [], now: Date,
    on connection: PostgresConnection
  ) async throws {
    guard !times.isEmpty else { return }
    try await ContactActivityStore.write(times, on: connection)
    try await ContactChanges.mark(
      times.keys.sorted(), topics.union([.column("last_active")]), now: now, on: connection)
  }
}
