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

/// Reads contacts from the database. A contact is one statement, a page of the whole list too; other pages take the same
/// small number of statements whatever their size, and all of them see one state.
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
    let (start, limit) = (max(0, start), max(0, limit))
    if condition == nil, order.isEmpty { return try await newest(start, limit) }
    let paging = ContactPaging(start: start, limit: limit, order: order, condition: condition)
    return try await pool.transaction(isolation: .repeatableRead) { connection in
      let found = try await paging.find(on: connection)
      let contacts = try await contacts(found.ids, on: connection)
      return ContactPage(contacts: contacts, total: found.total, isEstimated: found.isEstimated)
    }
  }

  /// Returns a page of all contacts in the default order.
  private func newest(_ start: Int, _ limit: Int) async throws -> ContactPage {
    if limit > 0 {
      let page = try await read(
        ContactPaging.newest(start: start, limit: limit), extra: RecordCount.sql(of: "contacts"))
      if let total = page.extra { return ContactPage(contacts: page.contacts, total: total) }
    }
    let total = try await pool.withConnection {
      try await RecordCount.read(of: "contacts", on: $0)
    }
    return ContactPage(contacts: [], total: total)
  }

  /// Returns the contact with an id; `nil` if it does not exist.
  package func contact(_ id: Int64) async throws -> Contact? {
    try await read("SELECT \(id)::bigint AS id, 1 AS place").contacts.first
  }

  /// Returns whether there is a contact with an id.
  package func exists(_ id: Int64) async throws -> Bool {
    try await !pool.query("SELECT FROM contacts WHERE id = \(id)").isEmpty
  }

  /// Returns the contacts with these ids, in this order; unknown ids are left out.
  package func contacts(_ ids: [Int64]) async throws -> [Contact] {
    guard !ids.isEmpty else { return [] }
    return try await read(Self.wanted(ids)).contacts
  }

  /// Returns the contacts within a transaction.
  package func contacts(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Contact] {
    guard !ids.isEmpty else { return [] }
    let reader = ContactReader(fields: try await fields.current(on: connection).contact)
    return try reader.wholeContacts(await connection.query(reader.select(Self.wanted(ids))))
  }

  /// The contacts of a list of ids that exist, in its order.
  static func wanted(_ ids: [Int64]) -> SQL {
    """
    SELECT id, row_number() OVER (ORDER BY min(place)) AS place
    FROM unnest(\(ids)::bigint[]) WITH ORDINALITY AS wanted (id, place)
    JOIN contacts USING (id) GROUP BY id
    """
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

  /// Returns the contacts that a query returns as `id` and `place`, and a number that is read with the first of them.
  private func read(
    _ ids: SQL, extra: SQL? = nil
  ) async throws -> (contacts: [Contact], extra: Int?) {
    try await fields.read { definitions in
      let reader = ContactReader(fields: definitions.contact)
      let rows = try await pool.query(
        reader.select(
          ids, extra: extra.map { FieldStore.version + ", " + $0 } ?? FieldStore.version))
      guard let first = rows.first else { return (([], nil), nil) }
      let version: Int64 = try first.decode(at: reader.extraColumn)
      guard version == definitions.version else { return (([], nil), version) }
      let number: Int? = extra == nil ? nil : try first.decode(at: reader.extraColumn + 1)
      return ((try reader.wholeContacts(rows), number), version)
    }
  }
}
