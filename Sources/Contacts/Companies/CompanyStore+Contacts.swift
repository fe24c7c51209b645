package import Foundation
import Postgres
package import Users

extension CompanyStore {
  /// Adds a contact to a company (CON-31, CON-35).
  ///
  /// - Throws: ``CompanyError/unknown(_:)``, ``CompanyError/unknownContacts(_:)``; `PostgresError`.
  package func add(
    _ contact: Int64, to company: Int64, by author: Author, now: Date
  ) async throws {
    try await change(contact, now) { links in
      try await links.record(try await links.assign([contact], to: [company]), by: author)
    }
  }

  /// Removes a contact from a company (CON-33); does nothing if it is not in it.
  ///
  /// - Throws: ``CompanyError/unknown(_:)``, ``CompanyError/unknownContacts(_:)``; `PostgresError`.
  package func remove(
    _ contact: Int64, from company: Int64, by author: Author, now: Date
  ) async throws {
    try await change(contact, now) { links in
      let known = try await links.connection.query("SELECT FROM companies WHERE id = \(company)")
      if known.isEmpty { throw CompanyError.unknown([company]) }
      try await links.record(try await links.remove([contact], from: [company]), by: author)
    }
  }

  private func change(
    _ contact: Int64, _ now: Date,
    _ body: @escaping @Sendable (CompanyLinks) async throws -> Void
  ) async throws {
    let rules = try await rules()
    try await transactions.transaction(at: now) { transaction in
      let links = CompanyLinks(rules: rules, in: transaction)
      try await links.requireContacts([contact])
      try await body(links)
    }
  }
}
