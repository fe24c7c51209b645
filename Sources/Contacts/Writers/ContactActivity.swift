package import Foundation
package import Postgres

/// The activity of contacts, as their records show it.
package enum ContactActivity {
  /// Records that contacts were active, which moves their last activity forward only, and marks them for segments.
  /// The audit log tells nothing of it (CON-12). The caller holds the contacts' rows locked.
  ///
  /// - Parameters:
  ///   - times: The activity by contact.
  ///   - topics: Everything else that segments can read of the activity.
  ///   - now: The instant of the recording.
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
