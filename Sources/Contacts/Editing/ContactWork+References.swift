import Fields
import Postgres
import Primitives

/// The records that an input refers to: owner, stage, address, company.
extension ContactWork {
  /// Looks up the referenced records; none of them is deleted before the transaction ends.
  ///
  /// - Throws: ``InvalidInput`` for missing records.
  func references(stored: Contact?) async throws -> References {
    var references = References()
    var problems: [InvalidInput.Problem] = []
    if case .given(let owner) = input.owner, owner != stored?.owner?.id {
      if try await !ContactOwners.holds(owner, on: connection) {
        problems.append(.init(member: "owner", message: "no user \(owner)"))
      }
    }
    if case .given(let reference) = input.stage {
      references.stage = try await ContactStages.find(reference, on: connection)
      if references.stage == nil {
        problems.append(.init(member: "stage", message: "no stage \(reference.text)"))
      }
    }
    if let address = input.ipAddress {
      if IPAddressText.isValid(address) {
        references.address = try await IPAddresses.find(address, on: connection)
      } else {
        problems.append(
          .init(
            member: "ipAddress", message: "\(InvalidInput.shown(address)): not an IP address"))
      }
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    // Existing values need no lookup.
    if case .given(let name) = draft.company, stored?.fields["company"]?.text != name {
      references.company = try await translatingCompanyErrors {
        try await companies.resolve(companyName(name), by: author, fields: fields)
      }
    }
    return references
  }

  /// The writer of the contact's companies.
  var companies: CompanyLinks {
    CompanyLinks(rules: settings.companies, in: transaction)
  }

  /// Returns the company of a contact; city, state and country of the same request are the
  /// company's (CON-34).
  private func companyName(_ name: String) -> CompanyName {
    func given(_ alias: String) -> String? {
      for (field, change) in draft.changes where field.alias == alias {
        if case .set(let value) = change { return value.value.text }
      }
      return nil
    }
    return CompanyName(
      name, city: given("city"), state: given("state"), country: given("country"))
  }

  func translatingCompanyErrors<R>(_ body: () async throws -> R) async throws -> R {
    do {
      return try await body()
    } catch {
      guard let error = error as? CompanyError else { throw error }
      switch error {
      case .unknown: throw InvalidInput("companies", "\(error)")
      case .invalid(let problems):
        let sorted = problems.sorted { $0.key < $1.key }
        throw InvalidInput(
          sorted.map { .init(member: $0.key, message: $0.value.joined(separator: " ")) })
      default: throw error
      }
    }
  }

  /// The owner of a new contact.
  var owner: Int64? {
    if case .given(let owner) = input.owner { owner } else { nil }
  }

  /// Returns the owner of a changed contact: a replacement without one clears it (api.md 7).
  func owner(of stored: Contact) -> Int64? {
    switch input.owner {
    case .given(let owner): owner
    case .cleared: nil
    case .absent: draft.mode == .replace ? nil : stored.owner?.id
    }
  }

  /// Returns the stage of a changed contact.
  func stage(of stored: Contact, _ references: References) -> Int64? {
    switch input.stage {
    case .given: references.stage?.id
    case .cleared: nil
    case .absent: draft.mode == .replace ? nil : stored.stage?.id
    }
  }
}

extension StageReference {
  var text: String {
    switch self {
    case .id(let id): String(id)
    case .name(let name): InvalidInput.shown(name)
    }
  }
}
