package import Foundation
import JobQueue
import Postgres
package import Users

extension CompanyStore {
  /// Changes a company. A new name is mirrored in contacts of which it is the primary company
  /// (CON-32).
  ///
  /// - Parameters:
  ///   - id: The company.
  ///   - input: The values to write.
  ///   - replacing: Whether members not given are reset to their defaults (`PUT`).
  ///   - author: The author of the change.
  ///   - now: The instant of the change.
  /// - Returns: The updated company; `nil` if it does not exist.
  /// - Throws: ``CompanyError/invalid(_:)`` or ``CompanyError/busy``, without any change;
  ///   `PostgresError`.
  package func update(
    _ id: Int64, _ input: CompanyInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Company? {
    for attempt in 1... {
      do {
        return try await transactions.transaction(at: now) { transaction in
          try await self.update(id, input, replacing: replacing, by: author, in: transaction)
        }
      } catch let error as PostgresError {
        // Another transaction took an identifier between the lookup and the write; the next attempt
        // sees it.
        guard error.sqlState == .uniqueViolation, attempt < 5 else { throw error }
      } catch is Overtaken {
        guard attempt < 10 else { throw CompanyError.busy }
      }
    }
    return nil
  }

  /// The error for a company that another transaction changed before it could be locked, so that
  /// its contacts, or the names used by imports, must be locked before it too.
  private struct Overtaken: Error {}

  private func update(
    _ id: Int64, _ input: CompanyInput, replacing: Bool, by author: Author,
    in transaction: Transaction
  ) async throws -> Company? {
    let fields = try await self.fields.current(on: transaction.connection)
    guard let seen = try await company(id, on: transaction.connection) else { return nil }
    var given = try await form(
      input, fields, isNew: false, replacing: replacing, on: transaction.connection)
    if replacing { given.fillIn(fields) }
    let form = given
    // An import that adds contacts to the company either ends first, so that they are seen and
    // marked below, or begins later and sees the new values.
    func changes(of company: Company) -> CompanyChanges {
      var form = form
      form.dropStaleChoices(of: company)
      return CompanyChanges(company, form, input, replacing: replacing)
    }
    let holdsNames = !changes(of: seen).values.isEmpty
    if holdsNames { try await NamesInUse.change(on: transaction.connection) }
    // Contacts are locked before companies, here as everywhere.
    let holdsContacts = form.renames(seen)
    if holdsContacts { try await lockPrimaryContacts(of: id, on: transaction.connection) }
    guard
      let before = try await company(id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
    else {
      return nil
    }
    let isRenamed = form.renames(before)
    let changes = changes(of: before)
    guard holdsContacts || !isRenamed, holdsNames || changes.values.isEmpty else {
      throw Overtaken()
    }
    guard !changes.isEmpty else { return before }
    try await transaction.query(
      """
      UPDATE companies SET \(sql: changes.assignments), date_modified = \(transaction.now)::timestamptz,
        modified_by = \(author.id)::bigint, modified_by_user = \(author.name)::text,
        identity_shared = identity_shared
          OR \(sql: CompanyIdentity.isShared(changes.values, except: id))
      WHERE id = \(id)
      """)
    if !changes.values.isEmpty {
      try await updateContacts(of: id, isRenamed: isRenamed, in: transaction)
    }
    try await AuditLog.write(
      [.init("update", "company", id, bundle: "lead", details: .object(changes.details))],
      by: author, in: transaction)
    return try await company(id, on: transaction.connection)
  }

  /// Locks and returns the contacts of which it is the primary company, in the order of their ids.
  private func lockPrimaryContacts(of id: Int64, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      SELECT FROM contacts WHERE id IN (
        SELECT contact_id FROM contact_companies WHERE company_id = \(id) AND is_primary)
      ORDER BY id FOR NO KEY UPDATE
      """)
  }

  /// Mirrors the name and marks the contacts for segments, whose company filters read the primary
  /// company.
  private func updateContacts(
    of id: Int64, isRenamed: Bool, in transaction: Transaction
  ) async throws {
    var topics: Set<ChangeTopic> = [.company]
    if isRenamed {
      topics.insert(.column("company"))
      try await transaction.query(
        """
        UPDATE contacts c SET company = p.companyname
        FROM contact_companies l JOIN companies p ON p.id = l.company_id
        WHERE l.company_id = \(id) AND l.is_primary AND c.id = l.contact_id
          AND c.company IS DISTINCT FROM p.companyname
        """)
    }
    let rows = try await transaction.query(
      """
      SELECT contact_id FROM contact_companies WHERE company_id = \(id) AND is_primary
      ORDER BY contact_id
      """)
    try await ContactChanges.mark(try rows.map { try $0.decode(at: 0) }, topics, in: transaction)
  }
}

extension CompanyForm {
  /// Returns whether the name to be written differs from that of a company.
  fileprivate func renames(_ company: Company) -> Bool {
    values.contains { field, canonical in
      field.alias == "companyname" && canonical != company.fields["companyname"]?.text
    }
  }
}
