import Foundation
package import JobQueue
import Postgres

/// Writes the companies of contacts; only imports write them elsewhere (contacts.md 4).
///
/// The caller has locked the contacts' rows in the order of their ids, or has just inserted them,
/// in a read committed transaction. A contact with companies has exactly one primary one (CON-31),
/// whose name is mirrored in its field `company` (CON-32); anonymous contacts become known by it
/// (CON-02), and changes are marked for segments. The caller sets `date_modified` and writes the
/// audit entries from the returned ``Change``s, or calls ``record(_:by:)``.
///
/// Contacts are locked before companies everywhere, to avoid deadlocks.
package struct CompanyLinks: Sendable {
  /// The change of one contact.
  package struct Change: Sendable, Equatable {
    package var contact: Int64
    /// The field `company` before.
    package var before: String?
    /// The field `company` after; often the same.
    package var after: String?
    /// Whether this made an anonymous contact known (CON-02, CON-03).
    package var identified: Bool
  }

  let rules: CompanyRules
  let transaction: Transaction
  var now: Date { transaction.now }
  var connection: PostgresConnection { transaction.connection }

  /// Creates a writer in a transaction.
  package init(rules: CompanyRules, in transaction: Transaction) {
    self.rules = rules
    self.transaction = transaction
  }

  /// Adds contacts to companies. Existing associations stay as they are (CON-35); the first of the
  /// companies that are new to a contact becomes its primary company (CON-31).
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: ``CompanyError/unknown(_:)`` before anything is written; `PostgresError`.
  @discardableResult
  package func assign(_ contacts: [Int64], to companies: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty, !companies.isEmpty else { return [] }
    try await lock(companies)
    let rows = try await connection.query(
      Statements.assign(contacts, to: companies, several: rules.allowsSeveral, now: now))
    return try await settle(try rows.map { try $0.decode(at: 0) })
  }

  /// Removes contacts from companies. If the primary one is removed, the remaining one that was
  /// added last replaces it; if none remains, the field `company` is cleared (CON-33).
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: `PostgresError`.
  @discardableResult
  package func remove(_ contacts: [Int64], from companies: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty, !companies.isEmpty else { return [] }
    let rows = try await connection.query(Statements.remove(contacts, from: companies))
    return try await promote(rows)
  }

  /// Replaces the companies of a contact.
  ///
  /// - Returns: One change if the contact changed, otherwise none.
  /// - Throws: ``CompanyError/unknown(_:)`` before anything is written; `PostgresError`.
  @discardableResult
  package func replace(_ contact: Int64, by companies: [Int64]) async throws -> [Change] {
    let assigned = try await assign([contact], to: companies)
    let rows = try await connection.query(Statements.removeOthers(contact, than: companies))
    let removed = try await promote(rows)
    guard var change = removed.first else { return assigned }
    if let first = assigned.first {
      change.before = first.before
      change.identified = first.identified || change.identified
    }
    return [change]
  }

  /// Makes a company the primary one of contacts, adding them to it if necessary.
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: ``CompanyError/unknown(_:)`` before anything is written; `PostgresError`.
  @discardableResult
  package func setPrimary(_ contacts: [Int64], to company: Int64) async throws -> [Change] {
    guard !contacts.isEmpty else { return [] }
    try await lock([company])
    let rows = try await connection.query(
      Statements.setPrimary(contacts, to: company, several: rules.allowsSeveral, now: now))
    return try await settle(try rows.map { try $0.decode(at: 0) })
  }

  /// Removes the primary association of contacts, like clearing the field `company` (CON-34).
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: `PostgresError`.
  @discardableResult
  package func removePrimary(_ contacts: [Int64]) async throws -> [Change] {
    guard !contacts.isEmpty else { return [] }
    let rows = try await connection.query(Statements.removePrimary(contacts))
    return try await promote(rows)
  }

  /// Locks the companies' rows in share mode until the transaction ends, against deletion and
  /// renaming.
  private func lock(_ companies: [Int64]) async throws {
    let rows = try await connection.query(Statements.share(companies))
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    let unknown = Set(companies).subtracting(known)
    guard unknown.isEmpty else { throw CompanyError.unknown(unknown.sorted()) }
  }
}
