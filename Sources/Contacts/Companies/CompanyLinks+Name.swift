package import Fields
package import Users

/// A company as named by the values of a contact (CON-34).
package struct CompanyName: Sendable, Equatable {
  package var name: String
  /// The city from the same request, used as the company's.
  package var city: String?
  /// The state or region.
  package var state: String?
  package var country: String?

  /// Creates a name, optionally with a location.
  package init(
    _ name: String, city: String? = nil, state: String? = nil, country: String? = nil
  ) {
    self.name = name
    self.city = city
    self.state = state
    self.country = country
  }

  /// Returns the values of the company's fields. City, state and country are ignored if the fields
  /// do not accept them.
  ///
  /// - Throws: ``CompanyError/invalid(_:)`` under `company` for an invalid name.
  func values(_ fields: FieldSet) throws(CompanyError) -> [CompanyValue] {
    var values: [CompanyValue] = []
    if let field = fields["companyname"] {
      do {
        guard let canonical = try field.canonical(name, policy: .strict) else {
          throw FieldProblem.notText
        }
        values.append((field, canonical))
      } catch {
        throw .invalid(["company": ["\(error)"]])
      }
    }
    let places = [("companycity", city), ("companystate", state), ("companycountry", country)]
    for (alias, text) in places {
      guard let text, let field = fields[alias], field.isPublished else { continue }
      // A city that is too long for a company is no reason to refuse the contact.
      guard
        case .success(let canonical?) = Result(catching: { () throws(FieldProblem) in
          try field.canonical(text, policy: .cleaning)
        })
      else { continue }
      values.append((field, canonical))
    }
    return values
  }
}

extension CompanyLinks {
  /// Returns the company that a contact's field `company` names, creating it if necessary (CON-34).
  ///
  /// Callers that write the contact's record anyway resolve the name first and write the company's
  /// spelling; ``setPrimary(_:to:)`` then finds the mirror up to date.
  ///
  /// - Returns: The id and the stored spelling of the name.
  /// - Throws: ``CompanyError/invalid(_:)``; `PostgresError`.
  package func resolve(
    _ name: CompanyName, by author: Author, fields: FieldSet
  ) async throws -> (id: Int64, name: String) {
    let values = try name.values(fields)
    // A transaction that loses a race finds the winner's company in the next round.
    var found: Int64?
    for _ in 0..<5 where found == nil {
      found = try await CompanyIdentity.find(values, rules: rules, on: connection)
      if found == nil {
        found = try await CompanyIdentity.insert(
          values, unlessFoundBy: rules, by: author, fields: fields, in: transaction)
        if let found {
          try await AuditLog.write(
            [.init("create", "company", found, bundle: "lead")], by: author, in: transaction)
        }
      }
    }
    guard let id = found,
      let row = try await connection.query(
        "SELECT companyname FROM companies WHERE id = \(id) FOR SHARE"
      ).first
    else { throw CompanyError.unknown(found.map { [$0] } ?? []) }
    return (id, try row.decode(at: 0, as: String?.self) ?? name.name)
  }

  /// Sets the field `company` of a contact: makes the company it names the primary one, or, without
  /// a name, removes the primary association (CON-34).
  ///
  /// - Returns: One change if the contact changed, otherwise none.
  /// - Throws: ``CompanyError/invalid(_:)``; `PostgresError`.
  @discardableResult
  package func setPrimary(
    _ contact: Int64, named name: CompanyName?, by author: Author, fields: FieldSet
  ) async throws -> [Change] {
    guard let name else { return try await removePrimary([contact]) }
    let company = try await resolve(name, by: author, fields: fields)
    return try await setPrimary([contact], to: company.id)
  }
}
