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
  /// The instant of the change.
  package var now: Date

  package init(_ author: Author, source: String, now: Date) {
    self.author = author
    self.source = source
    self.now = now
  }
}

/// Creates, changes and deletes contacts one at a time (api.md 8.1).
///
/// Every call is one transaction with everything that belongs to the change: logs, audit entries,
/// and marks for segments. A call that changes nothing writes nothing.
package struct ContactEditor: Sendable {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }
  let fields: FieldStore
  private let merger: ContactMerger
  private let settings: @Sendable () async throws -> ContactSettings

  /// Creates an editor.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - fields: The field definitions.
  ///   - tables: The tables whose rows a merge moves: ``MergeTable/contacts`` and those of other
  ///     modules.
  ///   - settings: Returns the current settings.
  package init(
    transactions: TransactionRunner, fields: FieldStore, tables: [MergeTable],
    settings: @escaping @Sendable () async throws -> ContactSettings = { ContactSettings() }
  ) {
    self.transactions = transactions
    self.fields = fields
    self.settings = settings
    merger = ContactMerger(
      fields: fields, tables: tables, companies: { try await settings().companies })
  }

  /// Creates a contact, or changes the one with the given unique identifiers (rule 1). Concurrent
  /// requests with the same identifiers result in one contact.
  ///
  /// - Returns: The stored contact, and whether it was created.
  /// - Throws: ``InvalidInput`` that lists every invalid value, without any change;
  ///   `PostgresError`.
  package func upsert(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isNew: Bool) {
    try await inTransaction(input, .upsert, origin) { work in
      let outcome = try await work.upsert()
      return (try await read(outcome, work), outcome.isNew)
    }
  }

  /// Creates a contact without looking for one with the same identifiers (rule 4).
  ///
  /// - Throws: ``InvalidInput``, `PostgresError`.
  package func create(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> Contact {
    try await inTransaction(input, .replace, origin) { work in
      try await read(try await work.insertBesideOthers(), work)
    }
  }

  /// Changes a contact: the given members, or all of them (rule 2). A contact with a given unique
  /// identifier is merged into it (rule 4).
  ///
  /// - Parameter mode: ``ContactEditMode/patch`` or ``ContactEditMode/replace``.
  /// - Returns: The updated contact, and whether anything changed; `nil` if there is no contact
  ///   with this id, and none was merged from it into another.
  /// - Throws: ``InvalidInput``, `PostgresError`.
  package func edit(
    _ id: Int64, _ input: ContactInput, mode: ContactEditMode, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isChanged: Bool)? {
    try await inTransaction(input, mode, origin) { work in
      if let isChanged = try await work.edit(id) {
        return (try await read(id, work), isChanged)
      }
      // Whoever still knows the contact by an id from before a merge means the winner (CON-11).
      guard let winner = try await ContactMerger.current(of: id, on: work.connection),
        winner != id, let isChanged = try await work.edit(winner)
      else { return nil }
      return (try await read(winner, work), isChanged)
    }
  }

  /// Deletes a contact with all its related records; the audit log keeps its name (CON-10).
  ///
  /// - Returns: The deleted contact; `nil` if it did not exist.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, from origin: ContactOrigin) async throws -> Contact? {
    try await transactions.transaction(at: origin.now) { transaction -> Contact? in
      let definitions = try await fields.current(on: transaction.connection)
      guard let contact = try await find(id, definitions, on: transaction.connection) else {
        return nil
      }
      let deleted = try await ContactDeletion.delete(
        [id], fields: definitions, by: origin.author, in: transaction)
      return deleted.isEmpty ? nil : contact
    }
  }

  private func read(_ outcome: ContactWork.Outcome, _ work: ContactWork) async throws -> Contact {
    if let contact = outcome.contact { return contact }
    return try await read(outcome.id, work)
  }

  private func read(_ id: Int64, _ work: ContactWork) async throws -> Contact {
    try await read(id, work.fields, on: work.connection)
  }

  /// Returns a contact that the transaction has locked.
  func read(
    _ id: Int64, _ fields: FieldSet, on connection: PostgresConnection
  ) async throws -> Contact {
    guard let contact = try await find(id, fields, on: connection) else {
      throw ContactWork.Moved()
    }
    return contact
  }

  /// Returns a contact within the transaction.
  private func find(
    _ id: Int64, _ fields: FieldSet, on connection: PostgresConnection
  ) async throws -> Contact? {
    let reader = ContactReader(fields: fields.contact)
    return try reader.wholeContacts(await connection.query(reader.select(id))).first
  }

  /// Runs a change, and repeats it if another transaction interfered.
  private func inTransaction<R: Sendable>(
    _ input: ContactInput, _ mode: ContactEditMode, _ origin: ContactOrigin,
    _ body: (ContactWork) async throws -> R
  ) async throws -> R {
    let settings = try await settings()
    var attempt = 1
    while true {
      do {
        // The definitions that this process knows are proved current by the first statement.
        let result = try await fields.read { definitions -> (result: R?, version: Int64?) in
          do {
            let result = try await transactions.transaction(at: origin.now) { transaction in
              let draft = try ContactDraft(
                input, mode: mode, fields: definitions, lists: settings.lists)
              return try await body(
                ContactWork(
                  draft: draft, settings: settings, origin: origin, fields: definitions,
                  merger: merger, transaction: transaction))
            }
            return (result, nil)
          } catch let error as ContactWork.OutOfDate {
            return (nil, error.version)
          } catch let error as InvalidInput {
            // Perhaps only by definitions that have changed since.
            let version = try await fields.current().version
            guard version != definitions.version else { throw error }
            return (nil, version)
          }
        }
        if let result { return result }
        throw ContactWork.Moved()
      } catch {
        guard attempt < 10, error is ContactWork.Moved || ContactIdentity.isRace(error) else {
          throw error
        }
        attempt += 1
      }
    }
  }
}
