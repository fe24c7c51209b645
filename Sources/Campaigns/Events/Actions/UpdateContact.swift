import Contacts
import Fields
import Foundation
import Postgres
import Segments
import Users

/// Sets fields of contacts (`lead.updatelead`): values without tokens are checked once and written for
/// all, the others for each contact. An empty member leaves a value as it is; the member `_clear` names those to
/// be erased (CAM-360).
struct UpdateContact: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let definitions = try await pass.engine.fields.current(on: pass.connection)
    let update = FieldUpdate(event)
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    var outcome = ActionOutcome()
    let texts = update.values.mapValues { TokenText($0) }
    let names = texts.values.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    let tokens = try await pass.tokens(names, of: contacts)
    var changes: [ContactFields.Change] = []
    for field in definitions.published(.contact) where field.alias != "company" {
      if update.cleared.contains(field.alias) {
        let values = contacts.map { ($0, String?.none) }
        changes.append(
          ContactFields.Change(
            field, Dictionary(values, uniquingKeysWith: { first, _ in first })))
      } else if let text = texts[field.alias] {
        let values = Self.values(field, text, contacts, tokens, pass.moment, &outcome)
        if !values.isEmpty { changes.append(ContactFields.Change(field, values)) }
      }
    }
    let present = contacts.filter { outcome.failures[$0] == nil }
    try await ContactFields.write(
      changes, to: present, fields: definitions, reason: PointsReason(event, in: pass.campaign),
      author: .system, in: pass.database)
    if update.cleared.contains("company") {
      try await pass.setCompany(named: "", of: present, fields: definitions)
    } else if let company = texts["company"] {
      try await setCompany(company, tokens, present, pass, definitions)
    }
    return outcome
  }

  /// Returns the values of a field by contact; those that are empty for a contact are left out.
  private static func values(
    _ field: Field, _ text: TokenText, _ contacts: [Int64], _ tokens: [Int64: [String: String]],
    _ moment: Moment, _ outcome: inout ActionOutcome
  ) -> [Int64: String?] {
    var values: [Int64: String?] = [:]
    var known: [String: Result<String?, FieldProblem>] = [:]
    for contact in contacts {
      let filled = text.filled(tokens[contact] ?? [:])
      if FieldUpdate.isBlank(filled) { continue }
      let result =
        known[filled]
        ?? Result { () throws(FieldProblem) in
          try field.canonical(
            FieldUpdate.date(filled, field, moment) ?? filled, policy: .strict)
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
    return values
  }

  /// Sets the company by its name.
  private func setCompany(
    _ text: TokenText, _ tokens: [Int64: [String: String]], _ contacts: [Int64],
    _ pass: CampaignTransaction, _ fields: FieldSet
  ) async throws {
    let groups = Dictionary(grouping: contacts) { text.filled(tokens[$0] ?? [:]) }
    for (name, contacts) in groups.sorted(by: { $0.key < $1.key }) where !FieldUpdate.isBlank(name)
    {
      try await pass.setCompany(named: name, of: contacts, fields: fields)
    }
  }

  static let check: PropertyCheck = { event, check in
    FieldUpdate(event).check(check.fields.published(.contact), "contacts", &check)
  }
}

/// The values that an event writes into fields.
struct FieldUpdate {
  /// The texts by alias, without empty ones: a form sends those that were not filled in as well.
  var values: [String: String] = [:]
  /// The aliases of values to be erased.
  var cleared: Set<String> = []
  /// The names of all members, empty ones too.
  private var names: Set<String> = []

  /// The member that lists the aliases of values to be erased.
  static let clearing = "_clear"

  init(_ event: CampaignEvent) {
    guard case .object(let members) = event.properties else { return }
    cleared = Set(event.properties.texts(Self.clearing))
    for (name, value) in members where name != Self.clearing {
      names.insert(name)
      let text: String? =
        if case .array(let items) = value {
          items.compactMap(\.text).joined(separator: "|")
        } else {
          value.text
        }
      if let text, !Self.isBlank(text), !cleared.contains(name) { values[name] = text }
    }
  }

  /// Whether a text leaves a value as it is.
  static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  /// Returns the value of a date field for a text in the words of filters (CAM-455); nil for any other.
  static func date(_ text: String, _ field: Field, _ moment: Moment) -> String? {
    RelativeDate.value(text, for: field.type, zone: moment.zone, now: moment.now)
  }

  /// Refuses values that the fields cannot have, and names in ``clearing`` that are no fields.
  ///
  /// - Parameters:
  ///   - fields: The fields that can be written.
  ///   - owners: The owners of the fields, for messages.
  ///   - free: The aliases whose values are not checked.
  func check(
    _ fields: [Field], _ owners: String, free: Set<String> = [], _ check: inout EventCheck
  ) {
    check.texts(Self.clearing)
    let known = fields.filter { names.contains($0.alias) || cleared.contains($0.alias) }
    if known.isEmpty { check.refuseReference("fields", "no field of \(owners) is given") }
    let aliases = Set(fields.map(\.alias))
    for name in cleared.subtracting(aliases).sorted() {
      check.refuseReference(
        Self.clearing, "\(InvalidInput.shown(name)) is no field of \(owners)")
    }
    for field in known where !free.contains(field.alias) {
      guard let text = values[field.alias], TokenText(text).isConstant else { continue }
      let moment = Moment(now: Date(timeIntervalSince1970: 0), zone: check.timeZone)
      check.value(Self.date(text, field, moment) ?? text, of: field)
    }
  }
}
