import Contacts
import Fields
import Foundation
import Postgres
import Users

/// Sets fields of contacts (`lead.updatelead`): values without tokens are checked once and written for
/// all, the others for each contact.
struct UpdateContact: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let definitions = try await pass.engine.fields.current(on: pass.connection)
    let members = Self.members(event)
    let fields = definitions.published(.contact).filter { members[$0.alias] != nil }
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    var outcome = ActionOutcome()
    var present = contacts
    let texts = members.mapValues { TokenText($0) }
    let names = texts.values.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    let tokens = try await TokenStore.read(
      contacts, names: names, fields: pass.engine.fields, on: pass.connection)
    var changes: [ContactFields.Change] = []
    for field in fields where field.alias != "company" {
      guard let text = texts[field.alias] else { continue }
      var values: [Int64: String?] = [:]
      var known: [String: Result<String?, FieldProblem>] = [:]
      for contact in contacts {
        let filled = text.filled(tokens[contact] ?? [:])
        let result =
          known[filled]
          ?? Result { () throws(FieldProblem) in
            try field.canonical(filled, policy: .strict)
          }
        known[filled] = result
        switch result {
        case .success(let value): values[contact] = .some(value)
        case .failure(let problem):
          // Retrying cannot make a wrong value valid (CAM-507).
          outcome.failures[contact] = ActionFailure(
            "\(field.alias): \(InvalidInput.shown(filled)) \(problem)", isFinal: true)
        }
      }
      changes.append(ContactFields.Change(field, values))
    }
    present.removeAll { outcome.failures[$0] != nil }
    try await ContactFields.write(
      changes, to: present, fields: definitions, reason: PointsReason(event, in: pass.campaign),
      author: .system, in: pass.database)
    if let company = texts["company"] {
      try await setCompany(company, tokens, present, pass, definitions)
    }
    return outcome
  }

  private func setCompany(
    _ text: TokenText, _ tokens: [Int64: [String: String]], _ contacts: [Int64],
    _ pass: CampaignTransaction, _ fields: FieldSet
  ) async throws {
    let groups = Dictionary(grouping: contacts) { text.filled(tokens[$0] ?? [:]) }
    for (name, contacts) in groups.sorted(by: { $0.key < $1.key }) {
      try await pass.setCompany(named: name, of: contacts, fields: fields)
    }
  }

  /// Returns the fields and their texts.
  static func members(_ event: CampaignEvent) -> [String: String] {
    guard case .object(let members) = event.properties else { return [:] }
    return members.compactMapValues { value in
      if case .array(let items) = value { return items.compactMap(\.text).joined(separator: "|") }
      return value == .null ? "" : value.text
    }
  }

  static let check: PropertyCheck = { event, check in
    let members = members(event)
    let fields = check.fields.published(.contact)
    let known = fields.filter { members[$0.alias] != nil }
    if known.isEmpty { check.refuse("fields", "no field of contacts is given") }
    for field in known {
      let text = TokenText(members[field.alias] ?? "")
      guard text.isConstant else { continue }
      check.value(members[field.alias] ?? "", of: field)
    }
  }
}
