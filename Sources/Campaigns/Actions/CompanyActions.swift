import Contacts
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
    do {
      try await CompanyLinks(rules: CompanyRules(), now: pass.now, on: pass.connection)
        .setPrimary(contacts, to: company)
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
    let rows = try await pass.connection.query(
      """
      WITH links AS (
        SELECT contact_id, company_id FROM contact_companies WHERE contact_id = ANY (\(contacts))
      ), scored AS (
        -- A company gets the score once for each of the contacts.
        SELECT company_id, count(*) AS times FROM links GROUP BY company_id
      ), held AS MATERIALIZED (
        SELECT id FROM companies WHERE id IN (SELECT company_id FROM scored)
        ORDER BY id FOR NO KEY UPDATE
      ), written AS (
        UPDATE companies c SET score = greatest(-2000000000, least(2000000000,
          c.score::bigint + scored.times * \(score)))::integer, date_modified = \(pass.now)
        FROM scored JOIN held ON held.id = scored.company_id WHERE c.id = scored.company_id
      )
      SELECT DISTINCT contact_id FROM links
      """)
    let scored = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
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
/// company of that name.
struct UpdateCompany: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let definitions = try await pass.engine.fields.current(on: pass.connection)
    let members = UpdateContact.members(event)
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
    let name = members["companyname"].flatMap { $0.isEmpty ? nil : $0 }
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
      let links = CompanyLinks(rules: CompanyRules(), now: pass.now, on: pass.connection)
      let company = try await links.resolve(
        CompanyName(name), by: .system, fields: definitions)
      try await links.setPrimary(moving, to: company.id)
      companies[company.id, default: []] += moving
    }
    try await write(members, companies, definitions, pass)
    return outcome
  }

  private func write(
    _ members: [String: String], _ companies: [Int64: [Int64]], _ definitions: FieldSet,
    _ pass: CampaignTransaction
  ) async throws {
    var assignments: [SQL] = []
    for field in definitions.published(.company) where field.alias != "companyname" {
      guard let text = members[field.alias] else { continue }
      let value: String?
      do throws(FieldProblem) {
        value = try field.canonical(text, policy: .strict)
      } catch {
        throw ActionFailure(
          "\(field.alias): \(InvalidInput.shown(text)) \(error)", isFinal: true)
      }
      assignments.append(
        """
        \(identifier: field.column) = \(value)::text::\(sql: SQL(unsafeText: field.columnType))
        """)
    }
    guard !assignments.isEmpty, !companies.isEmpty else { return }
    try await pass.connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT id FROM companies WHERE id = ANY (\(companies.keys.sorted()))
        ORDER BY id FOR NO KEY UPDATE
      )
      UPDATE companies c SET \(sql: assignments.joined(separator: ", ")), date_modified = \(pass.now)
      FROM held WHERE c.id = held.id
      """)
    let rows = try await pass.connection.query(
      """
      SELECT contact_id FROM contact_companies
      WHERE company_id = ANY (\(companies.keys.sorted())) AND is_primary ORDER BY contact_id
      """)
    try await ContactChanges.mark(
      try rows.map { try $0.decode(at: 0) }, [.company], now: pass.now, on: pass.connection)
  }

  static let check: PropertyCheck = { event, check in
    let members = UpdateContact.members(event)
    let known = check.fields.published(.company).filter { members[$0.alias] != nil }
    if known.isEmpty { check.refuse("fields", "no field of companies is given") }
    for field in known where field.alias != "companyname" {
      check.value(members[field.alias] ?? "", of: field)
    }
  }
}
