import Foundation
package import JobQueue
package import Postgres

/// The event that marks of changed contacts were committed.
package enum ContactsChanged: CommitEvent {}

/// Marks of changed contacts, written by the transaction of the change and removed by the refresh
/// of segments (segments.md SEG-77). One row marks many contacts.
package enum ContactChanges {
  /// The maximum number of contacts per row, so that a reader can take a bounded amount.
  package static let contactsPerRow = 5_000

  /// Marks contacts.
  ///
  /// - Parameters:
  ///   - contacts: The changed contacts; an empty array writes no mark.
  ///   - topics: Everything that may have changed; too many topics are slower, too few are wrong.
  ///   - transaction: The transaction of the change.
  /// - Throws: `PostgresError`.
  package static func mark(
    _ contacts: [Int64], _ topics: Set<ChangeTopic>, in transaction: Transaction
  ) async throws(PostgresError) {
    guard !contacts.isEmpty, !topics.isEmpty else { return }
    var rest = contacts[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(contactsPerRow))
      rest = rest.dropFirst(part.count)
      try await transaction.query(statement(part, topics, now: transaction.now))
    }
    transaction.announce(ContactsChanged.self)
  }

  /// Marks a few contacts with a statement sent along with the next one, or with COMMIT.
  static func markWithNext(
    _ contacts: [Int64], _ topics: Set<ChangeTopic>, in transaction: Transaction
  ) async {
    await transaction.sendWithNext(statement(contacts, topics, now: transaction.now))
    transaction.announce(ContactsChanged.self)
  }

  private static func statement(
    _ contacts: [Int64], _ topics: Set<ChangeTopic>, now: Date
  ) -> SQL {
    """
    INSERT INTO contact_changes (contact_ids, topics, at)
    VALUES (\(contacts), \(topics.map(\.rawValue).sorted()), \(now))
    """
  }
}
