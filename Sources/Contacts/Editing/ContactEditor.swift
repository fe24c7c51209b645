package import Fields
package import Foundation
package import JobQueue
import Postgres
package import Users

/// The operator's settings for writing contacts.
package struct ContactSettings: Sendable {
  /// Whether one matching unique identifier is enough for two contacts to be the same (OR);
  /// otherwise all given ones must match (AND, CON-60).
  package var matchesAnyIdentifier = false
  /// The rules of companies.
  package var companies = CompanyRules()
  /// The lists of countries, time zones and locales.
  package var lists = ValueLists()

  /// Creates the default settings.
  package init() {}
}

/// The author, the source and the instant of a change of contacts.
package struct ContactOrigin: Sendable {
  /// The author.
  package var author: Author
  /// The source of the change, such as `api` or `form`. It is the source of a creation in the
  /// history (CON-100) and the type of an entry in the points log (PTS-01).
  package var source: String
  /// What of the source caused it, such as the address of a page; the audit log then names both.
  package var sourceName: String?
  /// The instant of the change.
  package var now: Date
  /// The contacts that the author may change, whether they are named by id or found by an identifier; others are refused
  /// with ``ForbiddenContact``.
  package var changeable = Access.all

  package init(_ author: Author, source: String, sourceName: String? = nil, now: Date) {
    self.author = author
    self.source = source
    self.sourceName = sourceName
    self.now = now
  }

  /// The reason in the points log where the field was edited (PTS-01).
  var editedPoints: PointsReason {
    PointsReason(type: source, eventName: "Points edited", actionName: source)
  }
}

/// The error of a change of a contact that the author may not change. Nothing was changed.
package struct ForbiddenContact: Error, Sendable {}

extension ContactOrigin {
  /// Refuses to change a contact that is not the author's where he may change no others.
  func requireChangeable(_ contact: Contact) throws(ForbiddenContact) {
    switch changeable {
    case .all: return
    case .own where author.id != nil && contact.owner?.id == author.id: return
    default: throw ForbiddenContact()
    }
  }
}

/// Creates, changes and deletes contacts (api.md 8.1).
///
/// Every call is one transaction with everything that belongs to the change: logs, audit entries,
/// and marks for segments. A call that changes nothing writes nothing. Contacts that are created at the same time
/// share a transaction where each is new and refers to nothing else.
package struct ContactEditor: Sendable {
  let changes: ContactChangeRunner
  private let creations: SharedCreations
  let agents: AgentReader
  var transactions: TransactionRunner { changes.transactions }
  var pool: PostgresPool { transactions.postgres }
  var fields: FieldStore { changes.fields }

  /// Creates an editor.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - fields: The field definitions.
  ///   - tables: The tables whose rows a merge moves: ``MergeTable/contacts`` and those of other
  ///     modules.
  ///   - agents: Reads user agents.
  ///   - settings: Returns the current settings.
  package init(
    transactions: TransactionRunner, fields: FieldStore, tables: [MergeTable],
    agents: AgentReader = AgentReader(),
    settings: @escaping @Sendable () async throws -> ContactSettings = { ContactSettings() }
  ) {
    self.agents = agents
    changes = ContactChangeRunner(
      transactions: transactions, fields: fields, settings: settings,
      merger: ContactMerger(
        fields: fields, tables: tables, companies: { try await settings().companies }))
    creations = SharedCreations(changes)
  }

  /// Creates a contact, or changes the one with the given unique identifiers (rule 1). Concurrent
  /// requests with the same identifiers result in one contact.
  ///
  /// - Returns: The stored contact, and whether it was created.
  /// - Throws: ``InvalidInput`` that lists every invalid value, ``ForbiddenContact``, without any change;
  ///   `PostgresError`.
  package func upsert(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isNew: Bool) {
    try await creations.upsert(input, from: origin)
  }

  /// Creates a contact without looking for one with the same identifiers (rule 4).
  ///
  /// - Throws: ``InvalidInput``, `PostgresError`.
  package func create(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> Contact {
    try await changes.run(input, .replace, origin) { work in
      try await work.contact(try await work.insertBesideOthers())
    }
  }

  /// Changes a contact: the given members, or all of them (rule 2). A contact with a given unique
  /// identifier is merged into it (rule 4).
  ///
  /// - Parameter mode: ``ContactEditMode/patch`` or ``ContactEditMode/replace``.
  /// - Returns: The updated contact, and whether anything changed; `nil` if there is no contact
  ///   with this id, and none was merged from it into another.
  /// - Throws: ``InvalidInput``, ``ForbiddenContact``, `PostgresError`.
  package func edit(
    _ id: Int64, _ input: ContactInput, mode: ContactEditMode, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isChanged: Bool)? {
    try await changes.run(input, mode, origin) { work in
      if let isChanged = try await work.edit(id) {
        return (try await work.contact(id), isChanged)
      }
      // Whoever still knows the contact by an id from before a merge means the winner (CON-11).
      guard let winner = try await ContactMerger.current(of: id, on: work.connection),
        winner != id, let isChanged = try await work.edit(winner)
      else { return nil }
      return (try await work.contact(winner), isChanged)
    }
  }

  /// Deletes a contact with all its related records; the audit log keeps its name (CON-10).
  ///
  /// - Returns: The deleted contact; `nil` if it did not exist.
  /// - Throws: ``ForbiddenContact``, `PostgresError`.
  package func delete(_ id: Int64, from origin: ContactOrigin) async throws -> Contact? {
    try await transactions.transaction(at: origin.now) { transaction -> Contact? in
      let definitions = try await fields.current(on: transaction.connection)
      guard
        let contact = try await ContactReader(definitions).contact(id, on: transaction.connection)
      else {
        return nil
      }
      try origin.requireChangeable(contact)
      let deleted = try await ContactDeletion.delete(
        [id], fields: definitions, by: origin.author, in: transaction)
      return deleted.isEmpty ? nil : contact
    }
  }
}
