package import Foundation
package import Postgres
package import Users

/// Owners of sets of contacts.
package enum ContactOwners {
  /// Whether a user exists; the user is not deleted before the transaction ends. To be asked once the contacts are
  /// locked.
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
  ///   - owner: A user that exists; nil for nobody.
  ///   - contacts: Ids of contacts whose rows the caller holds locked.
  ///   - author: The author of the change.
  ///   - now: The instant of the change.
  ///   - connection: The transaction.
  /// - Returns: The contacts that had another owner, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func set(
    _ owner: Int64?, of contacts: [Int64], author: Author, now: Date,
    on connection: PostgresConnection
  ) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    let changed = try await ContactOwnerStore.write(
      owner, of: contacts, author: author, now: now, on: connection)
    try await ContactChanges.mark(
      changed, [.column("owner_id"), .column("date_modified")], now: now, on: connection)
    return changed
  }
}
