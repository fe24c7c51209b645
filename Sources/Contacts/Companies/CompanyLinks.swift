package import Foundation
package import Postgres

/// Which contacts belong to which companies: the one door by which that changes outside of imports
/// (contacts.md 4).
///
/// Whoever calls holds the contacts' rows locked, in the order of their ids, or has just made them, in a
/// transaction that is read committed. The door keeps that a contact with companies has exactly one
/// primary one (CON-31), mirrors the primary company's name in the contact's field `company` (CON-32),
/// identifies anonymous contacts by it (CON-02), and marks what changed for segments. The caller sets
/// `date_modified` and writes the audit entries, for which it gets the ``Change``s.
///
/// Contacts are locked before companies everywhere, so that nobody waits in a circle.
package struct CompanyLinks: Sendable {
  /// What happened to one contact.
  package struct Change: Sendable, Equatable {
    package var contact: Int64
    /// The field `company` before.
    package var before: String?
    /// The field `company` now; often the same.
    package var after: String?
    /// Whether this made an anonymous contact known (CON-02, CON-03).
    package var identified: Bool
  }

  let rules: CompanyRules
  let now: Date
  let connection: PostgresConnection

  /// A door into a transaction.
  package init(rules: CompanyRules, now: Date, on connection: PostgresConnection) {
    self.rules = rules
    self.now = now
    self.connection = connection
  }

  /// Associates contacts with companies. What a contact has already stays as it is (CON-35); the first
  /// of those that are new to it becomes its primary company (CON-31).
  ///
  /// - Returns: The contacts to which something happened.
  /// - Throws: ``CompanyError/unknown(_:)`` before anything is written; `PostgresError`.
  @discardableResult
  package func assign(_ contacts: [Int64], to companies: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty, !companies.isEmpty else { return [] }
    try await lock(companies)
    let several = rules.allowsSeveral
    let rows = try await connection.query(
      """
      WITH new AS MATERIALIZED (
        SELECT contact, company, min(place) AS place
        FROM unnest(\(contacts)::bigint[]) AS contact
        CROSS JOIN unnest(\(companies)::bigint[]) WITH ORDINALITY AS wanted (company, place)
        WHERE NOT EXISTS (SELECT FROM contact_companies l
          WHERE l.contact_id = contact AND l.company_id = company)
        GROUP BY contact, company
      ), heads AS MATERIALIZED (
        SELECT DISTINCT ON (contact) contact, company FROM new ORDER BY contact, place
      ), replaced AS (
        DELETE FROM contact_companies l USING heads h
        WHERE NOT \(several)::boolean AND l.contact_id = h.contact
      ), demoted AS (
        UPDATE contact_companies l SET is_primary = false FROM heads h
        WHERE \(several)::boolean AND l.contact_id = h.contact AND l.is_primary
      ), inserted AS (
        INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
        SELECT n.contact, n.company, n.company = h.company, \(now)::timestamptz
        FROM new n JOIN heads h USING (contact)
        WHERE \(several)::boolean OR n.company = h.company
      )
      SELECT contact FROM heads ORDER BY contact
      """)
    return try await settle(try rows.map { try $0.decode(at: 0) })
  }

  /// Takes contacts out of companies. Where the primary one goes, the remaining one that was added
  /// last takes its place; if none remains, the field `company` is cleared (CON-33).
  ///
  /// - Returns: The contacts to which something happened.
  /// - Throws: `PostgresError`.
  @discardableResult
  package func remove(_ contacts: [Int64], from companies: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty, !companies.isEmpty else { return [] }
    let rows = try await connection.query(
      """
      WITH gone AS (
        DELETE FROM contact_companies
        WHERE contact_id = ANY (\(contacts)) AND company_id = ANY (\(companies))
        RETURNING contact_id, is_primary
      )
      SELECT contact_id, bool_or(is_primary) FROM gone GROUP BY 1 ORDER BY 1
      """)
    return try await promote(rows)
  }

  /// Makes these the companies of a contact, and no others.
  ///
  /// - Returns: Whether something happened to the contact: one change or none.
  /// - Throws: ``CompanyError/unknown(_:)`` before anything is written; `PostgresError`.
  @discardableResult
  package func replace(_ contact: Int64, by companies: [Int64]) async throws -> [Change] {
    let assigned = try await assign([contact], to: companies)
    let rows = try await connection.query(
      """
      WITH gone AS (
        DELETE FROM contact_companies
        WHERE contact_id = \(contact) AND NOT company_id = ANY (\(companies)::bigint[])
        RETURNING contact_id, is_primary
      )
      SELECT contact_id, bool_or(is_primary) FROM gone GROUP BY 1
      """)
    let removed = try await promote(rows)
    guard var change = removed.first else { return assigned }
    if let first = assigned.first {
      change.before = first.before
      change.identified = first.identified || change.identified
    }
    return [change]
  }

  /// Makes a company the primary one of contacts, associating them with it where they are not.
  ///
  /// - Returns: The contacts to which something happened.
  /// - Throws: ``CompanyError/unknown(_:)`` before anything is written; `PostgresError`.
  @discardableResult
  package func setPrimary(_ contacts: [Int64], to company: Int64) async throws -> [Change] {
    guard !contacts.isEmpty else { return [] }
    try await lock([company])
    let several = rules.allowsSeveral
    let rows = try await connection.query(
      """
      WITH meant AS MATERIALIZED (
        SELECT DISTINCT contact FROM unnest(\(contacts)::bigint[]) AS contact
        WHERE NOT EXISTS (SELECT FROM contact_companies l
          WHERE l.contact_id = contact AND l.company_id = \(company)::bigint AND l.is_primary)
      ), replaced AS (
        DELETE FROM contact_companies l USING meant m
        WHERE NOT \(several)::boolean AND l.contact_id = m.contact
          AND l.company_id <> \(company)::bigint
      ), demoted AS (
        UPDATE contact_companies l SET is_primary = false FROM meant m
        WHERE \(several)::boolean AND l.contact_id = m.contact AND l.is_primary
      ), written AS (
        INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
        SELECT contact, \(company)::bigint, true, \(now)::timestamptz FROM meant ORDER BY contact
        ON CONFLICT (contact_id, company_id) DO UPDATE SET is_primary = true
      )
      SELECT contact FROM meant ORDER BY contact
      """)
    return try await settle(try rows.map { try $0.decode(at: 0) })
  }

  /// Removes the primary association of contacts, as clearing the text `company` does (CON-34).
  ///
  /// - Returns: The contacts to which something happened.
  /// - Throws: `PostgresError`.
  @discardableResult
  package func removePrimary(_ contacts: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty else { return [] }
    let rows = try await connection.query(
      """
      DELETE FROM contact_companies WHERE contact_id = ANY (\(contacts)) AND is_primary
      RETURNING contact_id, true
      """)
    return try await promote(rows)
  }

  /// Shares the companies' rows until the transaction ends: they are neither deleted nor renamed.
  private func lock(_ companies: [Int64]) async throws {
    let rows = try await connection.query(
      "SELECT id FROM companies WHERE id = ANY (\(companies)) ORDER BY id FOR SHARE")
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    let unknown = Set(companies).subtracting(known)
    guard unknown.isEmpty else { throw CompanyError.unknown(unknown.sorted()) }
  }
}
