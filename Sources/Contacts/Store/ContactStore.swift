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
}

/// Reads contacts from the database. A page takes the same small number of statements whatever its
/// size, and all of them see one state.
package struct ContactStore: Sendable {
  package let pool: PostgresPool
  private let fields: FieldStore

  package init(pool: PostgresPool, fields: FieldStore) {
    self.pool = pool
    self.fields = fields
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
    let paging = ContactPaging(
      start: max(0, start), limit: max(0, limit), order: order, condition: condition)
    return try await pool.transaction(isolation: .repeatableRead) { connection in
      let found = try await paging.find(on: connection)
      guard !found.ids.isEmpty else { return ContactPage(contacts: [], total: found.total) }
      let contacts = try await contacts(found.ids, on: connection)
      return ContactPage(contacts: contacts, total: found.total)
    }
  }

  /// Returns the contact with an id; `nil` if it does not exist.
  package func contact(_ id: Int64) async throws -> Contact? {
    try await contacts([id]).first
  }

  /// Returns whether there is a contact with an id.
  package func exists(_ id: Int64) async throws -> Bool {
    try await !pool.query("SELECT FROM contacts WHERE id = \(id)").isEmpty
  }

  /// Returns the contacts with these ids, in this order; unknown ids are left out.
  package func contacts(_ ids: [Int64]) async throws -> [Contact] {
    guard !ids.isEmpty else { return [] }
    return try await pool.transaction(isolation: .repeatableRead) { connection in
      try await contacts(ids, on: connection)
    }
  }

  /// Returns the contacts within a transaction.
  package func contacts(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Contact] {
    let wanted: SQL = """
      SELECT id, min(place) AS place
      FROM unnest(\(ids)::bigint[]) WITH ORDINALITY AS wanted (id, place) GROUP BY id
      """
    return try await read(wanted, on: connection)
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

  /// Returns the contacts that a query returns as `id` and `place`.
  private func read(_ ids: SQL, on connection: PostgresConnection) async throws -> [Contact] {
    let published = try await fields.current(on: connection).contact
    let reader = ContactReader(fields: published)
    var contacts = try reader.contacts(await connection.query(reader.select(ids)))
    guard !contacts.isEmpty else { return [] }
    let related = try await connection.pipeline(RelatedRecords.statements(contacts.map(\.id)))
    var records = try RelatedRecords(related)
    for index in contacts.indices { records.attach(to: &contacts[index]) }
    return contacts
  }
}
