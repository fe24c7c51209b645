import Postgres

extension CompanyLinks {
  /// Gives contacts that lost their primary company another one (CON-33).
  ///
  /// - Parameter gone: The contacts, and whether each lost its primary company.
  func promote(_ gone: PostgresRows) async throws -> [Change] {
    var contacts: [Int64] = []
    var orphans: [Int64] = []
    for row in gone {
      contacts.append(try row.decode(at: 0))
      if try row.decode(at: 1) { orphans.append(try row.decode(at: 0)) }
    }
    if !orphans.isEmpty {
      try await connection.query(Statements.promoteLatest(of: orphans))
      // The promoted company may be about to be renamed.
      try await connection.query(Statements.sharePrimary(of: orphans))
    }
    return try await settle(contacts)
  }

  /// Updates the field `company` of contacts from their primary company (CON-32), and marks them.
  func settle(_ contacts: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty else { return [] }
    var topics: Set<ChangeTopic> = [.company]
    var changes: [Int64: Change] = [:]
    for row in try await mirror(contacts) {
      let change = Change(
        contact: try row.decode(at: 0), before: try row.decode(at: 1), after: try row.decode(at: 2),
        identified: try row.decode(at: 3))
      if change.before != change.after { topics.insert(.column("company")) }
      if change.identified { topics.insert(.column("date_identified")) }
      changes[change.contact] = change
    }
    try await ContactChanges.mark(contacts, topics, in: transaction)
    return contacts.compactMap { changes[$0] }
  }

  /// Updates the field `company` where it differs and returns it before and after, and whether the
  /// contact became known.
  private func mirror(_ contacts: [Int64]) async throws -> PostgresRows {
    try await connection.query(Statements.mirror(contacts, now: now))
  }
}
