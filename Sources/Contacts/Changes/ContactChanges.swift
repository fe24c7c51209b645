package import Foundation
package import Postgres

/// Something of a contact that segment filters can read. Two topics are equal if their names are.
package struct ChangeTopic: Sendable, Hashable, RawRepresentable {
  /// The name, as the database keeps it.
  package let rawValue: String

  /// A topic by its name; modules above name their own, such as `campaign:7`.
  package init(rawValue: String) { self.rawValue = rawValue }

  /// A column of the contact's record: a field's alias, or an attribute such as `owner_id`.
  package static func column(_ name: String) -> ChangeTopic {
    ChangeTopic(rawValue: "field:\(name)")
  }
  package static func segment(_ id: Int64) -> ChangeTopic { ChangeTopic(rawValue: "segment:\(id)") }
  /// Membership of segments altogether, for filters that ask whether there is any.
  package static let anySegment = ChangeTopic(rawValue: "segment:any")
  /// The contact is new: whatever a filter reads, it has not looked at this contact yet.
  package static let created = ChangeTopic(rawValue: "created")
  /// The tags of the contact.
  package static let tags = ChangeTopic(rawValue: "tags")
  /// The contact's companies, which of them is primary, or a value of the primary one.
  package static let company = ChangeTopic(rawValue: "company")
  /// Entries of do not contact.
  package static let doNotContact = ChangeTopic(rawValue: "dnc")
  /// Campaign parameters.
  package static let utm = ChangeTopic(rawValue: "utm")
  package static let devices = ChangeTopic(rawValue: "devices")
  /// Subscribed categories.
  package static let categories = ChangeTopic(rawValue: "categories")
}

/// Marks of contacts that changed, written by whoever changes them in the same transaction and taken
/// away by the refresh of segments (segments.md SEG-77). One row marks many contacts.
package enum ContactChanges {
  /// The signal that the pool gives in this process when marks were committed.
  package static let signal = "contact_changes"

  /// A row holds at most so many contacts, so that a reader can take a bounded amount.
  package static let contactsPerRow = 5_000

  /// Marks contacts.
  ///
  /// - Parameters:
  ///   - contacts: Who changed; nothing happens without any.
  ///   - topics: What may have changed; too much is slower, too little is wrong.
  ///   - now: The instant of the change.
  ///   - connection: The transaction of the change.
  /// - Throws: `PostgresError`.
  package static func mark(
    _ contacts: [Int64], _ topics: Set<ChangeTopic>, now: Date, on connection: PostgresConnection
  ) async throws(PostgresError) {
    guard !contacts.isEmpty, !topics.isEmpty else { return }
    var rest = contacts[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(contactsPerRow))
      rest = rest.dropFirst(part.count)
      try await connection.query(statement(part, topics, now: now))
    }
    await connection.signal(signal)
  }

  /// Marks one contact by a statement that goes with the next one, or with COMMIT.
  static func markWithNext(
    _ contact: Int64, _ topics: Set<ChangeTopic>, now: Date, on connection: PostgresConnection
  ) async {
    await connection.sendWithNext(statement([contact], topics, now: now))
    await connection.signal(signal)
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
