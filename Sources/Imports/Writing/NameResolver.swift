import Contacts
import Foundation
import Postgres

/// Finds the companies, stages, tags and addresses that rows mention, and makes those that do not
/// exist.
///
/// This happens before the rows are applied and outside of their transaction, in short statements
/// that may be repeated: so no part of an import waits for another that mentions the same name.
/// The plan of an import has done it for the whole file in the order of its rows already; what is
/// made here is what somebody deleted meanwhile.
struct NameResolver: Sendable {
  let pool: PostgresPool
  let actor: ImportActor
  let started: Date

  func resolve(_ names: RowNames, defaultTags: [String]) async throws -> ResolvedNames {
    var resolved = ResolvedNames()
    resolved.companies = try await companies(names.companies)
    resolved.stages = try await stages(names.stages)
    let cells = names.tags.texts.map(TagChange.parse(cell:))
    let defaults = defaultTags.compactMap(TagChange.init(text:))
    let ids = try await tags(cells.flatMap { $0 } + defaults)
    func known(_ changes: [TagChange]) -> [(tag: Int64, adds: Bool)] {
      changes.compactMap { change in ids[IdentityKey.of(change.name)].map { ($0, change.adds) } }
    }
    resolved.tags = cells.map(known)
    resolved.defaultTags = known(defaults)
    resolved.addresses = try await addresses(names.addresses.texts)
    return resolved
  }

  /// The company of each name: the one added last where several have it (CON-36, 63).
  private func companies(_ names: NameTable) async throws -> [(id: Int64, name: String)] {
    let keys = names.keyTexts
    guard !keys.isEmpty else { return [] }
    var found = try await findCompanies(keys)
    let missing = keys.indices.filter { found[keys[$0]] == nil }
    if !missing.isEmpty {
      // In the order of the file, so that ids and spelling do not depend on chance; a company
      // that another import makes at the same moment is found below.
      try await pool.query(
        """
        INSERT INTO companies (companyname, date_added, created_by, created_by_user)
        SELECT name, \(started), \(actor.id), \(actor.name)
        FROM unnest(\(missing.map { names.names[$0] })) WITH ORDINALITY AS n(name, place)
        ORDER BY place ON CONFLICT DO NOTHING
        """)
      found = try await findCompanies(keys)
    }
    return try keys.map { key in
      guard let company = found[key] else {
        throw NameVanished()
      }
      return company
    }
  }

  private func findCompanies(_ keys: [String]) async throws -> [String: (id: Int64, name: String)] {
    let rows = try await pool.query(
      """
      SELECT k.v, c.id, c.companyname FROM unnest(\(keys)) AS k(v) CROSS JOIN LATERAL (
        SELECT m.id, m.companyname FROM (
          SELECT id, companyname, date_added FROM companies
          WHERE NOT identity_shared AND companyname IS NOT NULL
            AND lower(companyname COLLATE "C") = k.v
          UNION ALL
          SELECT id, companyname, date_added FROM companies
          WHERE identity_shared AND lower(companyname COLLATE "C") = k.v
        ) m ORDER BY m.date_added DESC, m.id DESC LIMIT 1) c
      """)
    var found: [String: (id: Int64, name: String)] = [:]
    for row in rows {
      found[try row.decode(at: 0)] = (try row.decode(at: 1), try row.decode(at: 2))
    }
    return found
  }

  private func stages(_ names: NameTable) async throws -> [Int64] {
    let keys = names.keyTexts
    guard !keys.isEmpty else { return [] }
    let ids = try await findOrMake(keys, names: names.names) { connection, missing in
      try await connection.query(
        """
        INSERT INTO stages (name, weight, date_added, created_by, created_by_user)
        SELECT name, COALESCE((SELECT max(weight) FROM stages), 0) + place, \(started),
          \(actor.id), \(actor.name)
        FROM unnest(\(missing)) WITH ORDINALITY AS n(name, place) ORDER BY place
        """)
    } find: { connection, keys in
      try await connection.query(
        """
        SELECT lower(name COLLATE "C"), min(id) FROM stages
        WHERE lower(name COLLATE "C") = ANY(\(keys)) GROUP BY 1
        """)
    }
    return keys.compactMap { ids[$0] }
  }

  /// Ids of the tags by key; a tag that is only removed is not made (CON-42).
  private func tags(_ changes: [TagChange]) async throws -> [String: Int64] {
    var names: [String] = []
    var seen: Set<String> = []
    var wanted: Set<String> = []
    for change in changes {
      let key = IdentityKey.of(change.name)
      wanted.insert(key)
      if change.adds, seen.insert(key).inserted { names.append(change.name) }
    }
    guard !wanted.isEmpty else { return [:] }
    let keys = names.map(IdentityKey.of)
    let find: @Sendable (PostgresConnection, [String]) async throws -> PostgresRows = {
      connection, keys in
      try await connection.query(
        """
        SELECT lower(tag COLLATE "C"), min(id) FROM tags
        WHERE lower(tag COLLATE "C") = ANY(\(keys)) GROUP BY 1
        """)
    }
    var ids = try await findOrMake(keys, names: names) { connection, missing in
      try await connection.query(
        """
        INSERT INTO tags (tag, date_added)
        SELECT name, \(started) FROM unnest(\(missing)) WITH ORDINALITY AS n(name, place)
        ORDER BY place ON CONFLICT DO NOTHING
        """)
    } find: {
      try await find($0, $1)
    }
    let removedOnly = wanted.subtracting(keys).sorted()
    if !removedOnly.isEmpty {
      for row in try await pool.withConnection({ try await find($0, removedOnly) }) {
        ids[try row.decode(at: 0)] = try row.decode(at: 1, as: Int64.self)
      }
    }
    return ids
  }

  /// Names without a unique index that ignores case: a lock keeps two imports from making the same
  /// name twice. It is taken only when something is missing.
  private func findOrMake(
    _ keys: [String], names: [String],
    make: @Sendable (PostgresConnection, [String]) async throws -> Void,
    find: @Sendable (PostgresConnection, [String]) async throws -> PostgresRows
  ) async throws -> [String: Int64] {
    guard !keys.isEmpty else { return [:] }
    func table(_ rows: PostgresRows) throws -> [String: Int64] {
      var ids: [String: Int64] = [:]
      for row in rows { ids[try row.decode(at: 0)] = try row.decode(at: 1, as: Int64.self) }
      return ids
    }
    let found = try table(try await pool.withConnection { try await find($0, keys) })
    guard found.count < keys.count else { return found }
    let rows = try await pool.transaction { connection in
      try await connection.query("SELECT pg_advisory_xact_lock(hashtext('martlet.names'))")
      let present = try table(try await find(connection, keys))
      let missing = zip(keys, names).filter { present[$0.0] == nil }.map { $0.1 }
      if !missing.isEmpty { try await make(connection, missing) }
      return try await find(connection, keys)
    }
    return try table(rows)
  }

  private func addresses(_ cells: [String]) async throws -> [[Int64]] {
    let lists = cells.map { AddressList.parse($0).compactMap { $0 } }
    let all = Set(lists.flatMap { $0 }).sorted()
    guard !all.isEmpty else { return lists.map { _ in [] } }
    try await pool.query(
      """
      INSERT INTO ip_addresses (address, date_added)
      SELECT DISTINCT a::inet, \(started) FROM unnest(\(all)) AS n(a) ORDER BY 1
      ON CONFLICT DO NOTHING
      """)
    let rows = try await pool.query(
      "SELECT a, i.id FROM unnest(\(all)) AS n(a) JOIN ip_addresses i ON i.address = a::inet")
    var ids: [String: Int64] = [:]
    for row in rows { ids[try row.decode(at: 0)] = try row.decode(at: 1, as: Int64.self) }
    return lists.map { list in list.compactMap { ids[$0] } }
  }
}

/// A name was deleted between being made and being looked up; trying again makes it anew.
struct NameVanished: Error {}
