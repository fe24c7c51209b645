package import Foundation
package import JobQueue
import Postgres

/// The activity of contacts, as their records show it.
package enum ContactActivity {
  /// Records that contacts were active, which moves their last activity forward only, and marks them for segments.
  /// The audit log tells nothing of it (CON-12). The caller holds the contacts' rows locked.
  ///
  /// - Parameters:
  ///   - times: The activity by contact.
  ///   - topics: Everything else that segments can read of the activity.
  ///   - transaction: The transaction.
  /// - Throws: `PostgresError`.
  package static func touch(
    _ times: [Int64: Date], telling topics: Set<ChangeTopic> = [], in transaction: Transaction
  ) async throws {
    guard !times.isEmpty else { return }
    try await ContactActivityStore.write(times, on: transaction.connection)
    try await ContactChanges.mark(
      times.keys.sorted(), topics.union([.column("last_active")]), in: transaction)
  }
}
