package import Fields
package import Postgres

/// Finds duplicate contacts in the database (CON-80): identified contacts whose unique identifiers
/// are equal.
package struct DuplicateFinder: Sendable {
  private let identifiers: [Field]
  private let rule: DuplicateRule

  /// Creates a finder.
  ///
  /// - Parameters:
  ///   - fields: The field definitions; the published unique identifiers of contacts count
  ///     (CON-61).
  ///   - rule: How the identifiers are combined.
  package init(fields: FieldSet, rule: DuplicateRule) {
    identifiers = fields.uniqueIdentifiers(.contact)
    self.rule = rule
  }

  /// Returns the ids of duplicates in groups, with one statement over all contacts.
  ///
  /// - Throws: `PostgresError`.
  package func groups(on connection: PostgresConnection) async throws -> [[Int64]] {
    guard !identifiers.isEmpty else { return [] }
    let statement: SQL =
      switch rule {
      case .and: grouped(identifiers)
      case .or: identifiers.map { grouped([$0]) }.joined(separator: " UNION ALL ")
      }
    var found: [[Int64]] = []
    try await connection.batches(of: statement) { rows in
      found += try rows.map { try $0.decode(at: 0, as: [Int64].self) }
    }
    guard rule == .or, identifiers.count > 1 else { return found }
    return Self.joined(found)
  }

  /// Locks contacts in the order of their ids and reads what identifies them.
  ///
  /// - Returns: The contacts that exist and are identified.
  /// - Throws: `PostgresError`.
  package func candidates(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [DuplicateCandidate] {
    let keys = identifiers.map { ", \(sql: key(of: $0)) AS \(identifier: $0.column)" as SQL }
    let rows = try await connection.query(
      """
      SELECT id, date_added\(sql: keys.joined(separator: "")) FROM contacts
      WHERE id = ANY (\(ids)) AND date_identified IS NOT NULL ORDER BY id FOR UPDATE
      """)
    return try rows.map { row in
      DuplicateCandidate(
        id: try row.decode(at: 0), dateAdded: try row.decode(at: 1),
        keys: try identifiers.indices.map { try row.decode(at: 2 + $0, as: String?.self) })
    }
  }

  /// Returns a value as it is compared; nil for empty values.
  private func key(of field: Field) -> SQL {
    "nullif(lower(\(identifier: field.column) COLLATE \"C\"), '')"
  }

  private func grouped(_ fields: [Field]) -> SQL {
    let keys = fields.map(key)
    let given = keys.map { "\(sql: $0) IS NOT NULL" as SQL }.joined(separator: " AND ")
    return """
      SELECT array_agg(id ORDER BY id) FROM contacts
      WHERE date_identified IS NOT NULL AND \(sql: given)
      GROUP BY \(sql: keys.joined(separator: ", ")) HAVING count(*) > 1
      """
  }

  /// Joins groups that share a contact.
  private static func joined(_ groups: [[Int64]]) -> [[Int64]] {
    var places: [Int64: Int] = [:]
    var ids: [Int64] = []
    for id in groups.joined() where places[id] == nil {
      places[id] = ids.count
      ids.append(id)
    }
    var sets = DisjointSets(ids.count)
    for group in groups {
      let members = group.compactMap { places[$0] }
      for (member, next) in zip(members, members.dropFirst()) { sets.join(member, next) }
    }
    return sets.groups.map { $0.map { ids[$0] }.sorted() }.sorted { $0[0] < $1[0] }
  }
}
