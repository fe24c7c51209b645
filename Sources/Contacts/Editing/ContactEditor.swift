package import Fields
package import Foundation
package import JobQueue
import Postgres
package import Users

/// The operator's settings for writing contacts.
package struct ContactSettings: Sendable {
  /// Whether one equal unique identifier is enough for two contacts to be the same (OR); otherwise all
  /// that are given must be equal (AND, CON-60).
  package var matchesAnyIdentifier = false
  /// The rules of companies.
  package var companies = CompanyRules()
  /// The countries, time zones and locales.
  package var lists = ValueLists()

  /// The settings of a new system.
  package init() {}
}

/// The author, the source and the instant of a change of contacts.
package struct ContactOrigin: Sendable {
  /// The author.
  package var author: Author
  /// The source of the change: `api`, `form` … It names the source of a creation in the
  /// history (CON-100) and the type of a points log's line (PTS-01).
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
/// Every call is one transaction with all that belongs to the change: logs, audit entries, and marks
/// for segments. A call that changes nothing writes nothing.
package struct ContactEditor: Sendable {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }
  let fields: FieldStore
  private let merger: ContactMerger
  private let settings: @Sendable () async throws -> ContactSettings

  /// An editor.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - fields: The definitions.
  ///   - tables: The tables that a merge moves; ``MergeTable/contacts`` and those of other modules.
  ///   - settings: Gives the settings in force.
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

  /// Creates a contact, or changes the one that has the unique identifiers given (rule 1). However many
  /// ask for the same at once, one contact comes of it.
  ///
  /// - Returns: The contact as it is now, and whether it was created.
  /// - Throws: ``InvalidInput`` naming every value that is refused; nothing was changed then.
  ///   `PostgresError`.
  package func upsert(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isNew: Bool) {
    try await inTransaction(input, .upsert, origin) { work in
      let (id, isNew) = try await work.upsert()
      return (try await read(id, work), isNew)
    }
  }

  /// Creates a contact without looking for one that has the same identifiers (rule 4).
  ///
  /// - Throws: ``InvalidInput``, `PostgresError`.
  package func create(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> Contact {
    try await inTransaction(input, .replace, origin) { work in
      try await read(try await work.insertBesideOthers(), work)
    }
  }

  /// Changes a contact: the members given, or all of them (rule 2). A contact that has a unique
  /// identifier given is merged into it (rule 4).
  ///
  /// - Parameter mode: ``ContactEditMode/patch`` or ``ContactEditMode/replace``.
  /// - Returns: The contact as it is now, and whether anything changed; `nil` if there is no contact with
  ///   this number.
  /// - Throws: ``InvalidInput``, `PostgresError`.
  package func edit(
    _ id: Int64, _ input: ContactInput, mode: ContactEditMode, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isChanged: Bool)? {
    try await inTransaction(input, mode, origin) { work in
      guard let isChanged = try await work.edit(id) else { return nil }
      return (try await read(id, work), isChanged)
    }
  }

  /// Deletes a contact with everything that hangs on it; the audit log keeps its name (CON-10).
  ///
  /// - Returns: The contact as it was; `nil` if there was none.
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

  private func read(_ id: Int64, _ work: ContactWork) async throws -> Contact {
    try await read(id, work.fields, on: work.connection)
  }

  /// A contact that the transaction holds.
  func read(
    _ id: Int64, _ fields: FieldSet, on connection: PostgresConnection
  ) async throws -> Contact {
    guard let contact = try await find(id, fields, on: connection) else {
      throw ContactWork.Moved()
    }
    return contact
  }

  /// A contact as the transaction sees it, in one round trip.
  private func find(
    _ id: Int64, _ fields: FieldSet, on connection: PostgresConnection
  ) async throws -> Contact? {
    let reader = ContactReader(fields: fields.contact)
    let select = reader.select("SELECT \(id)::bigint AS id, 1 AS place")
    let results = try await connection.pipeline([select] + RelatedRecords.statements([id]))
    guard var contact = try reader.contacts(results[0]).first else { return nil }
    var related = try RelatedRecords(Array(results.dropFirst()))
    related.attach(to: &contact)
    return contact
  }

  /// Runs a change; again, where somebody came in between.
  private func inTransaction<R: Sendable>(
    _ input: ContactInput, _ mode: ContactEditMode, _ origin: ContactOrigin,
    _ body: (ContactWork) async throws -> R
  ) async throws -> R {
    let settings = try await settings()
    var attempt = 1
    while true {
      do {
        return try await transactions.transaction(at: origin.now) { transaction in
          let definitions = try await fields.current(on: transaction.connection)
          let draft = try ContactDraft(
            input, mode: mode, fields: definitions, lists: settings.lists)
          return try await body(
            ContactWork(
              draft: draft, settings: settings, origin: origin, fields: definitions,
              merger: merger, transaction: transaction))
        }
      } catch {
        guard attempt < 10, error is ContactWork.Moved || ContactIdentity.isRace(error) else {
          throw error
        }
        attempt += 1
      }
    }
  }
}
