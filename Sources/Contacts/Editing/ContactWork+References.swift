import Fields
import Postgres
import Primitives

/// The records that an input names beside the record: owner, stage, address, company.
extension ContactWork {
  /// Looks up what the input names; none of it is deleted before the transaction ends.
  ///
  /// - Throws: ``InvalidInput`` for what there is not.
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
    // What the contact has already need not be looked for.
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

  /// City, state and country of the same request are those of the company (CON-34).
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

  /// The owner that a contact gets: a replacement without one clears it (api.md 7).
  func owner(of stored: Contact) -> Int64? {
    switch input.owner {
    case .given(let owner): owner
    case .cleared: nil
    case .absent: draft.mode == .replace ? nil : stored.owner?.id
    }
  }

  /// The stage that a contact gets.
  func stage(of stored: Contact, _ references: References) -> Int64? {
    switch input.stage {
    case .given: references.stage?.id
    case .cleared: nil
    case .absent: draft.mode == .replace ? nil : stored.stage?.id
    }
  }

  /// A contact without any location gets the one of its address (api.md 8.1, rule 7).
  func fillPlace(_ delta: inout ContactDelta, _ address: IPAddress?) {
    let places = [
      ("city", "city"), ("state", "region"), ("country", "country"), ("zipcode", "zipcode"),
    ]
    guard let address, !places.contains(where: { delta.values[$0.0] != nil }) else { return }
    for (alias, name) in places {
      guard let text = address.details[name], let field = fields[alias], field.isPublished,
        // What the field does not take is left out: nobody wrote it.
        case .success(let canonical?) = Result(catching: { () throws(FieldProblem) in
          try field.canonical(text, policy: .cleaning, lists: settings.lists)
        }),
        let value = FieldValue(canonical: canonical, type: field.type)
      else { continue }
      delta.set(field, .init(value: value, canonical: canonical))
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
