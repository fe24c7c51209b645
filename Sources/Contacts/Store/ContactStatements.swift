import Fields
import Postgres

/// Reads whole contacts by one statement each time, on any connection.
struct ContactStatements: Sendable {
  let pool: PostgresPool
  let fields: FieldStore

  /// Returns the contacts with these ids, in this order; unknown ids are left out.
  func contacts(_ ids: [Int64]) async throws -> [Contact] {
    guard !ids.isEmpty else { return [] }
    return try await read(Self.wanted(ids)).contacts
  }

  /// Returns a page of all contacts in the default order (CON-115).
  func newest(_ start: Int, _ limit: Int) async throws -> ContactPage {
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

  /// Returns a query for those of a list of ids that exist, in its order.
  static func wanted(_ ids: [Int64]) -> SQL {
    guard ids.count > 1 else { return "SELECT \(ids.first)::bigint AS id, 1 AS place" }
    return """
      SELECT id, row_number() OVER (ORDER BY min(place)) AS place
      FROM unnest(\(ids)::bigint[]) WITH ORDINALITY AS wanted (id, place)
      JOIN contacts USING (id) GROUP BY id
      """
  }

  /// Returns the contacts that a query returns as `id` and `place`, and a number that is read with the first of them.
  private func read(
    _ ids: SQL, extra: SQL? = nil
  ) async throws -> (contacts: [Contact], extra: Int?) {
    try await fields.read { definitions in
      let reader = ContactReader(definitions)
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
