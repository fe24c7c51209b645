import Postgres

extension CompanyLinks {
  /// After associations went away: gives those whose primary one went another (CON-33).
  ///
  /// - Parameter gone: Contacts, and whether the primary association is among what each lost.
  func promote(_ gone: PostgresRows) async throws -> [Change] {
    var contacts: [Int64] = []
    var orphans: [Int64] = []
    for row in gone {
      contacts.append(try row.decode(at: 0))
      if try row.decode(at: 1) { orphans.append(try row.decode(at: 0)) }
    }
    if !orphans.isEmpty {
      try await connection.query(
        """
        UPDATE contact_companies l SET is_primary = true
        FROM (
          SELECT DISTINCT ON (contact_id) contact_id, company_id FROM contact_companies
          WHERE contact_id = ANY (\(orphans))
          ORDER BY contact_id, date_added DESC, company_id DESC
        ) AS latest
        WHERE l.contact_id = latest.contact_id AND l.company_id = latest.company_id
        """)
      // Who moves up may be about to be renamed.
      try await connection.query(
        """
        SELECT FROM companies WHERE id IN (
          SELECT company_id FROM contact_companies WHERE contact_id = ANY (\(orphans)) AND is_primary)
        ORDER BY id FOR SHARE
        """)
    }
    return try await settle(contacts)
  }

  /// Brings the field `company` of contacts in line with their primary company (CON-32), and marks them.
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
    try await ContactChanges.mark(contacts, topics, now: now, on: connection)
    return contacts.compactMap { changes[$0] }
  }

  /// Contacts with the field `company` before and after, and whether they became known by it. Only what
  /// differs is written.
  private func mirror(_ contacts: [Int64]) async throws -> PostgresRows {
    try await connection.query(
      """
      WITH meant AS MATERIALIZED (
        SELECT c.id, c.company AS before, p.companyname AS after,
          c.date_identified IS NULL AND p.companyname IS NOT NULL AS identified
        FROM contacts c
        LEFT JOIN contact_companies l ON l.contact_id = c.id AND l.is_primary
        LEFT JOIN companies p ON p.id = l.company_id
        WHERE c.id = ANY (\(contacts))
      ), written AS (
        UPDATE contacts c SET company = m.after,
          date_identified = CASE WHEN m.identified THEN \(now)::timestamptz ELSE c.date_identified END
        FROM meant m
        WHERE c.id = m.id AND (m.before IS DISTINCT FROM m.after OR m.identified)
      )
      SELECT id, before, after, identified FROM meant
      """)
  }
}
