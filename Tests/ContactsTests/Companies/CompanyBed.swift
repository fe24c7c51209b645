import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

/// A database with contacts 1 to 6 and the companies Acme (1), Globex (2) and Initech (3).
struct CompanyBed: Sendable {
  let pool: PostgresPool

  static func with(_ body: @escaping @Sendable (CompanyBed) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      try await database.pool.query(
        """
        INSERT INTO contacts (id, date_added)
        SELECT n, \(testNow) FROM generate_series(1, 6) AS n
        """)
      try await database.pool.query(
        """
        INSERT INTO companies (companyname, date_added)
        SELECT name, \(testNow)
        FROM unnest(ARRAY['Acme', 'Globex', 'Initech']) WITH ORDINALITY AS c (name, place)
        ORDER BY place
        """)
      try await body(CompanyBed(pool: database.pool))
    }
  }

  /// Calls the links as in production: in a transaction that has locked the contacts.
  @discardableResult
  func links<R: Sendable>(
    _ contacts: [Int64] = [1, 2, 3, 4, 5, 6], rules: CompanyRules = CompanyRules(),
    seconds: Double = 0, _ body: @escaping @Sendable (CompanyLinks) async throws -> R
  ) async throws -> R {
    try await TransactionRunner(pool).transaction(at: testNow.addingTimeInterval(seconds)) {
      transaction in
      try await transaction.query(
        "SELECT FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE")
      return try await body(CompanyLinks(rules: rules, in: transaction))
    }
  }

  /// Returns the companies of a contact in the order of their ids, with a star at the primary one,
  /// and the content of its field `company`: `1* 2 = Acme`.
  func state(_ contact: Int64) async throws -> String {
    try await states()[contact] ?? "gone"
  }

  /// Returns the states of all contacts, by id.
  func states() async throws -> [Int64: String] {
    let rows = try await pool.query(
      """
      SELECT c.id, coalesce(string_agg(l.company_id || CASE WHEN l.is_primary THEN '*' ELSE '' END,
          ' ' ORDER BY l.company_id), '-') || ' = ' || coalesce(c.company, '-')
      FROM contacts c LEFT JOIN contact_companies l ON l.contact_id = c.id GROUP BY c.id
      """)
    var states: [Int64: String] = [:]
    for row in rows { states[try row.decode(at: 0)] = try row.decode(at: 1) }
    return states
  }

  /// Returns the marks so far as `1,2 company field:company`, and deletes them.
  func marks() async throws -> [String] {
    try await pool.query(
      """
      WITH taken AS (DELETE FROM contact_changes RETURNING *)
      SELECT array_to_string(contact_ids, ',') || ' ' || array_to_string(topics, ' ')
      FROM taken ORDER BY id
      """
    ).map { try $0.decode(at: 0) }
  }
}
