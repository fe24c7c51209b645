package import Postgres
package import Query

extension ListQuery {
  /// The condition of rows that belong to contacts of the user (contacts.md 2.2, "Permissions").
  ///
  /// - Parameter contact: The column with the id of the row's contact.
  package static func ofOwnContacts(_ contact: SQL) -> @Sendable (SearchContext) -> SQL {
    { "\(sql: contact) IN (\(sql: contacts(of: $0.user)))" }
  }

  /// Returns a query for the ids of the contacts that a user owns.
  package static func contacts(of owner: Int64) -> SQL {
    "SELECT id FROM contacts WHERE owner_id = \(owner)"
  }
}
