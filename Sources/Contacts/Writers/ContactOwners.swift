import Foundation
package import JobQueue
package import Postgres
package import Users

/// Owners of sets of contacts.
package enum ContactOwners {
  /// Returns whether a user exists, and prevents its deletion until the transaction ends. Must be
  /// called after the contacts are locked.
  ///
  /// - Throws: `PostgresError`.
  package static func holds(
    _ user: Int64, on connection: PostgresConnection
  ) async throws -> Bool {
    try await ContactOwnerStore.lockUser(user, on: connection)
  }

  /// Sets the owner, with audit entries (CON-12) and marks for segments.
  ///
  /// - Parameters:
  ///   - owner: An existing user; nil for none.
  ///   - contacts: Ids of contacts whose rows the caller has locked.
  ///   - author: The author of the change.
  ///   - transaction: The transaction.
  /// - Returns: The contacts whose owner changed, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func set(
    _ owner: Int64?, of contacts: [Int64], author: Author, in transaction: Transaction
  ) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    let changed = try await ContactOwnerStore.write(
      owner, of: contacts, author: author, in: transaction)
    try await ContactChanges.mark(
      changed, [.column("owner_id"), .column("date_modified")], in: transaction)
    return changed
  }
}
