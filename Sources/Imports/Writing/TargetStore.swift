import Postgres

/// The existing records that rows of a block may match.
struct LoadedTargets: Sendable {
  var targets: [TargetRecord] = []
  /// The key of each identifier for each record, as ``IdentityMatcher`` takes them.
  var keys: [Int32] = []
  /// Whether each record has a company.
  var hasCompany: [Bool] = []
  /// The stage of each record.
  var stages: [Int64?] = []
  /// The ids of records that the import may not change.
  var foreign: Set<Int64> = []
  /// The ids that redirect to another record (IMP-53).
  var merges: [(Int64, Int64)] = []
}

/// Finds and locks the records that have an identifier or an id of a row.
struct TargetStore {
  let layout: Layout
  let block: RowBlock
  /// The user whose records alone may be changed; nil for all.
  let owner: Int64?

  func load(_ rows: Range<Int>, on connection: PostgresConnection) async throws -> LoadedTargets {
    var loaded = LoadedTargets()
    let (lookup, ids) = self.lookup(rows)
    guard let lookup else { return loaded }
    if !ids.isEmpty, layout.object == .contact {
      let merges = try await connection.query(
        "SELECT old_id, contact_id FROM contact_merges WHERE old_id = ANY(\(ids))")
      for row in merges {
        loaded.merges.append((try row.decode("old_id"), try row.decode("contact_id")))
      }
    }
    let found = try await connection.query(lookup)
    let width = layout.identities.count
    loaded.targets.reserveCapacity(found.count)
    for row in found {
      loaded.targets.append(
        TargetRecord(
          id: try row.decode(at: 0), dateAdded: try row.decode(at: 1), isNew: false,
          isShared: try row.decode(at: 2)))
      if try row.decode("is_foreign") { loaded.foreign.insert(try row.decode(at: 0)) }
      loaded.hasCompany.append(try row.decode(at: 3))
      loaded.stages.append(try row.decode(at: 4))
      for field in 0..<width {
        guard var key = try row.decode(at: 5 + field, as: String?.self) else {
          loaded.keys.append(Identity.none)
          continue
        }
        loaded.keys.append(
          key.withUTF8 { block.keys[field].number(of: UnsafeRawBufferPointer($0)) }
            ?? Identity.other)
      }
    }
    return loaded
  }

  /// Returns the statement; nil if no row can match an existing record.
  private func lookup(_ rows: Range<Int>) -> (SQL?, [Int64]) {
    let table = SQL(unsafeText: layout.table)
    var sources: [SQL] = []
    for (index, identity) in layout.identities.enumerated() {
      let texts = keys(index, rows)
      guard !texts.isEmpty else { continue }
      let expression = SQL(unsafeText: identity.expression)
      // Two partial indexes hold the identifiers: the exclusive and the shared ones. There are
      // usually no shared ones, and the second index is then skipped.
      for (condition, guardian): (SQL, SQL) in [
        ("NOT identity_shared AND \(identifier: identity.column) IS NOT NULL", "true"),
        ("identity_shared", "EXISTS (SELECT FROM \(sql: table) WHERE identity_shared)"),
      ] {
        sources.append(
          """
          SELECT m.id FROM unnest(\(texts)) AS k(v) CROSS JOIN LATERAL (
            SELECT id FROM \(sql: table)
            WHERE \(sql: condition) AND \(sql: expression) = k.v OFFSET 0) m
          WHERE \(sql: guardian)
          """)
      }
    }
    let ids = layout.mapsID ? rows.map { block.wantedIDs[$0] }.filter { $0 != 0 } : []
    if !ids.isEmpty {
      sources.append("SELECT unnest(\(ids))")
      if layout.object == .contact {
        sources.append("SELECT contact_id FROM contact_merges WHERE old_id = ANY(\(ids))")
      }
    }
    guard !sources.isEmpty else { return (nil, ids) }
    let extra: SQL =
      layout.object == .contact
      ? "c.company IS NOT NULL, c.stage_id" : "false, NULL::bigint"
    let foreign: SQL = owner.map { "c.owner_id IS DISTINCT FROM \($0)" } ?? "false"
    let keys = layout.identities.map { ", " + SQL(unsafeText: $0.expression) }
    return (
      """
      SELECT c.id, (extract(epoch FROM c.date_added) * 1000000)::bigint, c.identity_shared,
        \(sql: extra)\(sql: keys.joined(separator: "")), \(sql: foreign) AS is_foreign
      FROM \(sql: table) c
      WHERE c.id = ANY(ARRAY(\(sql: sources.joined(separator: " UNION ALL "))))
      ORDER BY c.id FOR NO KEY UPDATE
      """, ids
    )
  }

  /// Returns the distinct keys of an identifier in a range of rows. The block has further keys, of
  /// deferred rows: locking their contacts here would make parts wait for each other.
  private func keys(_ index: Int, _ rows: Range<Int>) -> [String] {
    let interner = block.keys[index]
    let width = block.identityWidth
    var seen = [Bool](repeating: false, count: interner.count)
    var texts: [String] = []
    for row in rows {
      let key = Int(block.identities[row * width + index])
      guard key >= 0, !seen[key] else { continue }
      seen[key] = true
      texts.append(interner.text(of: Int32(truncatingIfNeeded: key)))
    }
    return texts
  }
}
