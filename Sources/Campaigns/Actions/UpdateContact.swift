import Contacts
import Foundation
import Postgres
import Users

/// Sets fields of contacts (`lead.updatelead`): values that hold no token are checked once and written for
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
    let tokens = try await TokenValues.read(
      contacts, names: names, fields: pass.engine.fields, on: pass.connection)
    var columns: [(field: Field, values: [Int64: String?])] = []
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
          // A wrong value does not become right by waiting (CAM-507).
          outcome.failures[contact] = ActionFailure(
            "\(field.alias): \(InvalidInput.shown(filled)) \(problem)", isFinal: true)
        }
      }
      columns.append((field, values))
    }
    present.removeAll { outcome.failures[$0] != nil }
    try await write(columns, present, pass)
    if let company = texts["company"] {
      try await setCompany(company, tokens, present, pass, definitions)
    }
    return outcome
  }

  /// One statement for all fields and contacts; only what differs is written.
  private func write(
    _ columns: [(field: Field, values: [Int64: String?])], _ contacts: [Int64],
    _ pass: CampaignTransaction
  ) async throws {
    guard !columns.isEmpty, !contacts.isEmpty else { return }
    var assignments: [SQL] = []
    var differences: [SQL] = []
    var arrays: [SQL] = ["\(contacts)::bigint[]"]
    var names: [SQL] = ["id"]
    for (index, column) in columns.enumerated() {
      let name: SQL = "\(identifier: "v\(index)")"
      let target: SQL = "\(identifier: column.field.column)"
      let value: SQL =
        "new.\(sql: name)::\(sql: SQL(unsafeText: column.field.columnType))"
      // Points are never missing.
      let kept: SQL =
        column.field.alias == "points" ? "coalesce(\(sql: value), 0)" : value
      assignments.append("\(sql: target) = \(sql: kept)")
      differences.append("c.\(sql: target) IS DISTINCT FROM \(sql: kept)")
      names.append(name)
      arrays.append("\(contacts.map { column.values[$0] ?? nil })::text[]")
    }
    let rows = try await pass.connection.query(
      """
      UPDATE contacts c SET \(sql: assignments.joined(separator: ", ")), date_modified = \(pass.now)
      FROM unnest(\(sql: arrays.joined(separator: ", "))) AS new (\(sql: names.joined(separator: ", ")))
      WHERE c.id = new.id AND (\(sql: differences.joined(separator: " OR ")))
      RETURNING c.id
      """)
    let changed = try rows.map { try $0.decode(at: 0, as: Int64.self) }.sorted()
    let topics = columns.map { ChangeTopic.column($0.field.column) } + [.column("date_modified")]
    try await ContactChanges.mark(changed, Set(topics), now: pass.now, on: pass.connection)
  }

  private func setCompany(
    _ text: TokenText, _ tokens: [Int64: [String: String]], _ contacts: [Int64],
    _ pass: CampaignTransaction,
    _ fields: FieldSet
  ) async throws {
    let links = CompanyLinks(rules: CompanyRules(), now: pass.now, on: pass.connection)
    let groups = Dictionary(grouping: contacts) { text.filled(tokens[$0] ?? [:]) }
    for (name, contacts) in groups.sorted(by: { $0.key < $1.key }) {
      if name.isEmpty {
        try await links.removePrimary(contacts)
      } else {
        let company = try await links.resolve(
          CompanyName(name), by: .system, fields: fields)
        try await links.setPrimary(contacts, to: company.id)
      }
    }
  }

  /// The fields and their texts.
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
