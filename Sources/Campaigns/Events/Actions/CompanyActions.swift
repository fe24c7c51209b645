import Contacts
import Fields
import Foundation
import Postgres
import Users

/// Makes a company the primary one of contacts (`lead.addtocompany`).
struct AddToCompany: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    guard let company = event.properties.ids("company")?.first else {
      return .noted(runners, "no company is given")
    }
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    let links = pass.companyLinks
    do {
      let changes = try await links.setPrimary(contacts, to: company)
      try await links.record(changes, by: .system)
    } catch CompanyError.unknown {
      return .noted(runners, "the company \(company) does not exist")
    }
    return ActionOutcome()
  }

  static let check: PropertyCheck = { event, check in
    try await check.records("company", in: "companies", isRequired: true)
  }
}

/// Adds to the score of all companies of the contacts (`lead.scorecontactscompanies`).
struct ScoreCompanies: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let score = event.properties["score"]?.int ?? 0
    guard score != 0 else { return .noted(runners, "no score to add") }
    let contacts = runners.map(\.contact)
    let scored = try await CompanyScores.add(
      score, toCompaniesOf: contacts, author: .system, in: pass.database)
    var outcome = ActionOutcome()
    for contact in contacts where !scored.contains(contact) {
      outcome.notes[contact] = "the contact has no company"
    }
    return outcome
  }

  static let check: PropertyCheck = { event, check in
    if event.properties["score"]?.int.map({ $0 == 0 }) ?? true {
      check.refuse("score", "is no whole number other than 0")
    } else {
      check.number("score", -ContactPoints.limit...ContactPoints.limit)
    }
  }
}

/// Changes the primary company of contacts (`lead.updatecompany`); a different name moves the contact to the
/// company of that name. As for contacts, an empty member leaves a value as it is (CAM-360).
struct UpdateCompany: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let definitions = try await pass.engine.fields.current(on: pass.connection)
    let update = FieldUpdate(event)
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    let rows = try await pass.connection.query(
      """
      SELECT cc.contact_id, co.id, co.companyname FROM contact_companies cc
        JOIN companies co ON co.id = cc.company_id
      WHERE cc.contact_id = ANY (\(contacts)) AND cc.is_primary ORDER BY co.id
      """)
    var outcome = ActionOutcome()
    var companies: [Int64: [Int64]] = [:]
    var moving: [Int64] = []
    let name = update.values["companyname"]
    for row in rows {
      let (contact, company, present) = try row.decode(Int64.self, Int64.self, String?.self)
      if let name, name.lowercased() != present?.lowercased() {
        moving.append(contact)
      } else {
        companies[company, default: []].append(contact)
      }
    }
    let having = Set(companies.values.flatMap(\.self) + moving)
    for runner in runners where !having.contains(runner.contact) {
      outcome.notes[runner.contact] = "the contact has no company"
    }
    if let name, !moving.isEmpty {
      if let company = try await pass.setCompany(named: name, of: moving, fields: definitions) {
        companies[company, default: []] += moving
      }
    }
    try await CompanyFields.write(
      try values(update, definitions, pass.moment), to: companies.keys.sorted(),
      fields: definitions,
      author: .system, in: pass.database)
    return outcome
  }

  private func values(
    _ update: FieldUpdate, _ definitions: FieldSet, _ moment: Moment
  ) throws -> [CompanyValue] {
    var values: [CompanyValue] = []
    for field in definitions.published(.company) where field.alias != "companyname" {
      if update.cleared.contains(field.alias) {
        values.append((field, nil))
        continue
      }
      guard let text = update.values[field.alias] else { continue }
      do throws(FieldProblem) {
        let text = FieldUpdate.date(text, field, moment) ?? text
        values.append((field, try field.canonical(text, policy: .strict)))
      } catch {
        throw ActionFailure(
          "\(field.alias): \(InvalidInput.shown(text)) \(error)", isFinal: true)
      }
    }
    return values
  }

  static let check: PropertyCheck = { event, check in
    let update = FieldUpdate(event)
    if update.cleared.contains("companyname") {
      check.refuse(FieldUpdate.clearing, "companyname cannot be erased: a company has a name")
    }
    update.check(check.fields.published(.company), "companies", free: ["companyname"], &check)
  }
}

extension CampaignTransaction {
  /// The companies of contacts, by the operator's rules.
  var companyLinks: CompanyLinks {
    CompanyLinks(rules: settings.companies, in: database)
  }

  /// Makes the company with a name the primary one of contacts, or, without a name, removes the primary one
  /// (CON-34). The caller holds locks on the contacts' rows.
  ///
  /// - Returns: The company.
  /// - Throws: ``ActionFailure`` for an invalid name; `PostgresError`.
  @discardableResult
  func setCompany(
    named name: String, of contacts: [Int64], fields: FieldSet
  ) async throws -> Int64? {
    let links = companyLinks
    guard !name.isEmpty else {
      try await links.record(try await links.removePrimary(contacts), by: .system)
      return nil
    }
    do {
      let company = try await links.resolve(CompanyName(name), by: .system, fields: fields)
      try await links.record(
        try await links.setPrimary(contacts, to: company.id), by: .system)
      return company.id
    } catch CompanyError.invalid(let problems) {
      // Retrying cannot make a wrong name valid (CAM-507).
      throw ActionFailure(CompanyError.invalid(problems).description, isFinal: true)
    }
  }
}
