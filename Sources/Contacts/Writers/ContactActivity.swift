package import Foundation
package import JobQueue
import Postgres

/// Records the activity of contacts.
package enum ContactActivity {
  /// Records that a contact was active, as ``touch(_:telling:in:)`` does, by statements sent along with the next one.
  static func touchWithNext(
    _ contact: Int64, at time: Date, in transaction: Transaction
  ) async {
    await transaction.sendWithNext(ContactActivityStore.statement([contact: time]))
    await ContactChanges.markWithNext([contact], [.column("last_active")], in: transaction)
  }

  /// Records that contacts were active, which only moves their last activity forward, and marks
  /// them for segments. It is not audited (CON-12). The caller has locked the contacts' rows.
  ///
  /// - Parameters:
  ///   - times: The time of the activity by contact.
  ///   - topics: Further topics that segments can read of the activity.
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
