import Fields
package import Foundation
import Postgres
package import Users

extension CompanyStore {
  /// Creates a company, or updates the one with the same unique identifiers (CON-36, api.md 8.7).
  ///
  /// - Parameters:
  ///   - input: The values to write; a name is required.
  ///   - force: Whether to create one even if another has the same identifiers.
  ///   - author: The author of the change.
  ///   - now: The instant of the change.
  ///   - admit: Called before a company that is there is updated; what it throws refuses that.
  /// - Returns: The stored company, and whether it was created.
  /// - Throws: ``CompanyError/invalid(_:)``, without any change; `PostgresError`.
  package func create(
    _ input: CompanyInput, force: Bool = false, by author: Author, now: Date,
    admit: (_ company: Int64) async throws -> Void = { _ in }
  ) async throws -> (company: Company, isNew: Bool) {
    let rules = try await rules()
    // A transaction that loses a race finds the company with the same identifiers in the next
    // round.
    for _ in 0..<5 {
      let (id, known) = try await transactions.transaction(at: now) {
        transaction -> (Int64?, Int64?) in
        let fields = try await self.fields.current(on: transaction.connection)
        let form = try await self.form(input, fields, isNew: true, on: transaction.connection)
        if !force,
          let known = try await CompanyIdentity.find(
            form.values, rules: rules, on: transaction.connection)
        {
          return (nil, known)
        }
        let id = try await CompanyIdentity.insert(
          form.values, unlessFoundBy: force ? nil : rules, owner: input.owner ?? nil,
          score: input.score ?? 0,
          isPublished: input.isPublished ?? true, by: author, fields: fields, in: transaction)
        if let id {
          try await AuditLog.write(
            [.init("create", "company", id, bundle: "lead")], by: author, in: transaction)
        }
        return (id, nil)
      }
      if let known {
        try await admit(known)
        guard let company = try await update(known, input, by: author, now: now) else { continue }
        return (company, false)
      }
      if let id, let company = try await company(id) { return (company, true) }
    }
    throw CompanyError.busy
  }

  /// Checks an input and returns its form.
  func form(
    _ input: CompanyInput, _ fields: FieldSet, isNew: Bool, replacing: Bool = false,
    on connection: PostgresConnection
  ) async throws -> CompanyForm {
    var form = CompanyForm(
      input, fields, keepsBlanks: replacing || input.overwritesWithBlank)
    form.requireName(isNew || replacing)
    if case .some(.some(let owner)) = input.owner {
      let isKnown = try await connection.query(
        "SELECT FROM users WHERE id = \(owner) FOR KEY SHARE")
      if isKnown.isEmpty { form.refuseOwner() }
    }
    try form.check()
    return form
  }
}
