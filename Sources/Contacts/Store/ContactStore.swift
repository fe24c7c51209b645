package import Fields
import Foundation
package import Postgres
package import Query

/// A page of contacts.
package struct ContactPage: Sendable {
  /// The contacts in the requested order.
  package var contacts: [Contact]
  /// The total number.
  package var total: Int
  /// Whether the total is an estimate, which is greater than the number of rows up to the page's end (CON-118).
  package var isEstimated = false
}

/// Reads contacts from the database. A contact is one statement, a page of the whole list too, and those who read at the
/// same time share them; other pages take the same small number of statements whatever their size, and all of them see
/// one state.
package struct ContactStore: Sendable {
  package let pool: PostgresPool
  private let fields: FieldStore
  private let shared: SharedReads

  package init(pool: PostgresPool, fields: FieldStore) {
    self.pool = pool
    self.fields = fields
    shared = SharedReads(ContactStatements(pool: pool, fields: fields))
  }

  /// Returns a page of contacts.
  ///
  /// - Parameters:
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  ///   - order: The order; ties are broken by id. By default by last activity, newest first, then
  ///     by id, newest first (CON-115).
  ///   - condition: An SQL condition on the table `contacts` by that name; nil for all contacts.
  /// - Returns: The contacts and the total number.
  /// - Throws: `PostgresError`.
  package func page(
    start: Int = 0, limit: Int, order: [QueryOrder] = [], where condition: SQL? = nil
  ) async throws -> ContactPage {
    let (start, limit) = (max(0, start), max(0, limit))
    if condition == nil, order.isEmpty { return try await shared.newest(start, limit) }
    let paging = ContactPaging(start: start, limit: limit, order: order, condition: condition)
    return try await pool.transaction(isolation: .repeatableRead) { connection in
      let found = try await paging.find(on: connection)
      let contacts = try await contacts(found.ids, on: connection)
      return ContactPage(contacts: contacts, total: found.total, isEstimated: found.isEstimated)
    }
  }

  /// Returns the contact with an id; `nil` if it does not exist.
  package func contact(_ id: Int64) async throws -> Contact? { try await shared.contact(id) }

  /// Returns whether there is a contact with an id.
  package func exists(_ id: Int64) async throws -> Bool {
    try await !pool.query("SELECT FROM contacts WHERE id = \(id)").isEmpty
  }

  /// Returns the contacts with these ids, in this order; unknown ids are left out.
  package func contacts(_ ids: [Int64]) async throws -> [Contact] {
    try await shared.statements.contacts(ids)
  }

  /// Returns the contacts within a transaction.
  package func contacts(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Contact] {
    guard !ids.isEmpty else { return [] }
    let reader = ContactReader(try await fields.current(on: connection))
    return try reader.wholeContacts(
      await connection.query(reader.select(ContactStatements.wanted(ids))))
  }

  /// Deletes contacts with all their related records (CON-10).
  ///
  /// - Returns: The number of contacts deleted.
  @discardableResult
  package func delete(_ ids: [Int64]) async throws -> Int {
    guard !ids.isEmpty else { return 0 }
    return try await pool.transaction { connection in
      try await connection.query("SELECT delete_contacts(\(ids))").first?.decode(at: 0) ?? 0
    }
  }
}
