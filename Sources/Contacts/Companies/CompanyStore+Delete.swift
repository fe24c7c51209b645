package import Foundation
import JobQueue
import Postgres
import Primitives
package import Users

extension CompanyStore {
  /// Deletes a company with its associations. The contacts stay; those of which it was the primary
  /// company get another (CON-38, CON-33).
  ///
  /// - Returns: The deleted company; `nil` if it did not exist.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Company? {
    let rules = try await rules()
    return try await transactions.transaction(at: now) { transaction in
      try await NamesInUse.change(on: transaction.connection)
      let members = try await self.lockMembers(of: [id], on: transaction.connection)
      guard
        let company = try await self.company(id, locking: "FOR UPDATE", on: transaction.connection)
      else { return nil }
      // A contact may have been added between the two locks.
      let all = Set(members).union(try await self.lockMembers(of: [id], on: transaction.connection))
        .sorted()
      let links = CompanyLinks(rules: rules, in: transaction)
      let changes = try await links.remove(all, from: [id])
      try await links.record(changes, by: author)
      try await transaction.query("DELETE FROM companies WHERE id = \(id)")
      try await AuditLog.write(
        [
          .init(
            "delete", "company", id, bundle: "lead",
            details: .object(["name": .string(company.name)]))
        ], by: author, in: transaction)
      return company
    }
  }

  /// Merges a company into another (CON-37): the winner keeps its values, gets those it lacks, and
  /// replaces the loser as a company of its contacts, as the primary one where the loser was. A
  /// company is not merged with itself.
  ///
  /// - Returns: The updated winner; `nil` if one of the two does not exist.
  /// - Throws: `PostgresError`.
  package func merge(
    _ loser: Int64, into winner: Int64, by author: Author, now: Date
  ) async throws -> Company? {
    guard loser != winner else { return try await company(winner) }
    let rules = try await rules()
    return try await transactions.transaction(at: now) { transaction in
      try await NamesInUse.change(on: transaction.connection)
      let seen = try await self.lockMembers(of: [loser, winner], on: transaction.connection)
      let found = try await transaction.query(
        """
        SELECT companyname FROM companies WHERE id IN (\(loser), \(winner))
        ORDER BY id FOR UPDATE
        """)
      guard found.count == 2, let gone = try await self.company(loser, on: transaction.connection)
      else {
        return nil
      }
      let all = Set(seen)
        .union(try await self.lockMembers(of: [loser, winner], on: transaction.connection)).sorted()
      let moved = Set(try await self.lockMembers(of: [loser], on: transaction.connection))
      try await Self.moveContacts(of: loser, to: winner, on: transaction.connection)
      try await self.fill(winner, from: loser, author, in: transaction)
      let links = CompanyLinks(rules: rules, in: transaction)
      let changes = try await links.settle(all)
      try await links.record(changes.filter { moved.contains($0.contact) }, by: author)
      let details = JSONValue.object(["id": .integer(loser), "name": .string(gone.name)])
      try await AuditLog.write(
        [
          .init("merge", "company", winner, bundle: "lead", details: details),
          .init("delete", "company", loser, bundle: "lead", details: details),
        ], by: author, in: transaction)
      return try await self.company(winner, on: transaction.connection)
    }
  }

  /// Locks and returns the contacts of companies in the order of their ids.
  private func lockMembers(
    of companies: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT id FROM contacts WHERE id IN (
        SELECT contact_id FROM contact_companies WHERE company_id = ANY (\(companies)))
      ORDER BY id FOR NO KEY UPDATE
      """
    ).map { try $0.decode(at: 0) }
  }

  private static func moveContacts(
    of loser: Int64, to winner: Int64, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE contact_companies l SET company_id = \(winner)::bigint
      WHERE company_id = \(loser)::bigint AND NOT EXISTS (SELECT FROM contact_companies w
        WHERE w.contact_id = l.contact_id AND w.company_id = \(winner)::bigint)
      """)
    // The remaining contacts belonged to both.
    try await connection.query(
      """
      WITH gone AS (
        DELETE FROM contact_companies WHERE company_id = \(loser)::bigint
        RETURNING contact_id, is_primary
      )
      UPDATE contact_companies l SET is_primary = true FROM gone
      WHERE gone.is_primary AND l.contact_id = gone.contact_id AND l.company_id = \(winner)::bigint
      """)
  }

  private func fill(
    _ winner: Int64, from loser: Int64, _ author: Author, in transaction: Transaction
  ) async throws {
    let fields = try await fields.current(on: transaction.connection).all.filter {
      $0.object == .company
    }
    let columns = fields.map { field -> SQL in
      "\(identifier: field.column) = coalesce(w.\(identifier: field.column), l.\(identifier: field.column)), "
    }
    try await transaction.query(
      """
      WITH l AS (DELETE FROM companies WHERE id = \(loser) RETURNING *)
      UPDATE companies w SET \(sql: columns.joined(separator: ""))
        owner_id = coalesce(w.owner_id, l.owner_id),
        identity_shared = w.identity_shared OR l.identity_shared,
        date_modified = \(transaction.now)::timestamptz, modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      FROM l WHERE w.id = \(winner)
      """)
  }
}
