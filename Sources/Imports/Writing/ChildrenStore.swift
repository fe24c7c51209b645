import Postgres

/// Reads the related records of the contacts that rows match, as far as the import may change them.
struct ChildrenStore {
  let run: ImportRun
  let layout: Layout

  func load(
    _ operations: Operations, on connection: PostgresConnection
  ) async throws -> Children {
    var children = Children()
    let ids = operations.touched(new: false).map { operations.targets[$0].id }
    guard !ids.isEmpty else { return children }
    if layout.companySlot != nil {
      let rows = try await connection.query(
        """
        SELECT l.contact_id, l.company_id, l.is_primary,
          (extract(epoch FROM l.date_added) * 1000000)::bigint, c.companyname
        FROM contact_companies l LEFT JOIN companies c ON c.id = l.company_id
        WHERE l.contact_id = ANY(\(ids)) ORDER BY l.contact_id, l.company_id
        """)
      for row in rows {
        children.links[try row.decode(at: 0), default: []].append(
          .init(
            company: try row.decode(at: 1), isPrimary: try row.decode(at: 2),
            dateAdded: try row.decode(at: 3), name: try row.decode(at: 4)))
      }
    }
    if layout.tagsSlot != nil || !run.defaults.tags.isEmpty {
      let rows = try await connection.query(
        "SELECT contact_id, tag_id FROM contact_tags WHERE contact_id = ANY(\(ids))")
      for row in rows {
        children.tags[try row.decode(at: 0), default: []].insert(try row.decode(at: 1))
      }
    }
    if layout.doNotEmailSlot != nil {
      let rows = try await connection.query(
        """
        SELECT contact_id, reason FROM do_not_contact
        WHERE contact_id = ANY(\(ids)) AND channel = 'email'
        """)
      for row in rows { children.doNotEmail[try row.decode(at: 0)] = try row.decode(at: 1) }
    }
    return children
  }
}
