import Fields
import Foundation
import JobQueue
import Postgres
import Users

/// Reads and writes columns of companies, in sets.
enum CompanyFieldStore {
  /// Locks companies in the order of their ids and reads them.
  ///
  /// Uses two statements: a statement that waits for a lock sees the new row of the company, but
  /// joins it to rows from before the wait.
  static func lock(
    _ companies: [Int64], fields: [Field], on connection: PostgresConnection
  ) async throws -> [Company] {
    let reader = CompanyReader(fields: fields)
    let results = try await connection.pipeline([
      "SELECT FROM companies WHERE id = ANY (\(companies)) ORDER BY id FOR NO KEY UPDATE",
      reader.select(
        "SELECT DISTINCT id, id AS place FROM unnest(\(companies)::bigint[]) AS wanted (id)"),
    ])
    return try reader.companies(results[1])
  }

  /// Writes values of companies whose rows are locked.
  ///
  /// - Parameter isShared: Whether another company has one of the unique identifiers, as SQL on the
  ///   row `c`.
  static func write(
    _ update: ColumnUpdate, isShared: SQL, author: Author, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE companies c SET \(sql: update.assignments(to: "c"))
        date_modified = \(transaction.now)::timestamptz, modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text,
        identity_shared = c.identity_shared OR \(sql: isShared)
      FROM \(sql: update.rows()) WHERE c.id = new.id
      """)
  }

  /// Marks the contacts whose primary company is one of these, since their filters read its values.
  static func markContacts(of companies: [Int64], in transaction: Transaction) async throws {
    let rows = try await transaction.query(
      """
      SELECT contact_id FROM contact_companies
      WHERE company_id = ANY (\(companies)) AND is_primary ORDER BY contact_id
      """)
    try await ContactChanges.mark(
      try rows.map { try $0.decode(at: 0) }, [.company], in: transaction)
  }

  /// Adds to the scores of all companies of contacts, within the limit of points.
  ///
  /// - Returns: The contacts that have a company.
  static func addScore(
    _ points: Int, toCompaniesOf contacts: [Int64], author: Author, in transaction: Transaction
  ) async throws -> Set<Int64> {
    let limit = ContactPoints.limit
    let rows = try await transaction.query(
      """
      WITH links AS MATERIALIZED (
        SELECT contact_id, company_id FROM contact_companies WHERE contact_id = ANY (\(contacts))
      ), shares AS (
        SELECT company_id, count(*) AS contacts FROM links GROUP BY company_id
      ), locked AS MATERIALIZED (
        SELECT c.id, s.contacts FROM companies c JOIN shares s ON s.company_id = c.id
        ORDER BY c.id FOR NO KEY UPDATE OF c
      ), written AS (
        UPDATE companies c SET score = greatest(-\(limit)::bigint, least(\(limit)::bigint,
            c.score + \(points)::bigint::numeric * l.contacts))::integer,
          date_modified = \(transaction.now)::timestamptz, modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        FROM locked l WHERE c.id = l.id
      )
      SELECT DISTINCT contact_id FROM links
      """)
    return Set(try rows.map { try $0.decode(at: 0) })
  }
}
