import Postgres

/// Simulates the company cells of a block: computes the companies of each contact in the end, and
/// which of them is primary (CON-31…33, IMP-54).
struct CompanyLinks {
  let run: ImportRun
  let layout: Layout
  let block: RowBlock
  let names: ResolvedNames

  /// The rows to write.
  struct Changes: Sendable {
    var new = CopyBuffer()
    /// The contacts whose primary company changes.
    var changed: [Int64] = []
    var deleted: [(contact: Int64, company: Int64)] = []
    var added: [(contact: Int64, company: Int64)] = []
    var primary: [(contact: Int64, company: Int64)] = []
  }

  private struct State {
    var links: [Children.Link]
    var primary: Int64?
    /// Whether the contact shows a company's name.
    var hasCompany: Bool
    var cleared = false
  }

  /// Also sets the mirror of the primary company's name where a row cleared it, since another
  /// company may have become primary.
  func simulate(
    _ operations: inout Operations, _ arena: inout [UInt8], _ loaded: LoadedTargets,
    _ children: Children
  ) -> Changes {
    var changes = Changes()
    guard layout.object == .contact, let slot = layout.companySlot else { return changes }
    for isNew in [false, true] {
      for target in operations.touched(new: isNew) {
        let id = operations.targets[target].id
        let before = isNew ? [] : children.links[id] ?? []
        var state = State(
          links: before, primary: before.first(where: \.isPrimary)?.company,
          hasCompany: !isNew && loaded.hasCompany[target])
        var touches = false
        operations.forEachRow(of: target) { row in
          let cell = block.cell(row, slot)
          guard !cell.isNone else { return }
          touches = true
          apply(cell, to: &state)
        }
        guard touches else { continue }
        if state.cleared { mirror(target, state, &operations, &arena) }
        if isNew {
          for link in state.links { append(link, id, state, &changes.new) }
        } else {
          note(id, before, state, &changes)
        }
      }
    }
    return changes
  }

  private func apply(_ cell: Cell, to state: inout State) {
    if run.rule.skipIfExists, state.hasCompany { return }
    if cell.state == .set {
      let company = names.companies[Int(cell.number)]
      if !state.links.contains(where: { $0.company == company.id }) {
        state.links.append(
          .init(
            company: company.id, isPrimary: false, dateAdded: run.startedMicroseconds,
            name: company.name))
      }
      state.primary = company.id
      state.hasCompany = true
    } else if !run.rule.skipIfExists {
      state.links.removeAll { $0.company == state.primary }
      let latest = state.links.max { ($0.dateAdded, $0.company) < ($1.dateAdded, $1.company) }
      state.primary = latest?.company
      state.hasCompany = latest != nil
      state.cleared = true
    }
  }

  private func mirror(
    _ target: Int, _ state: State, _ operations: inout Operations, _ arena: inout [UInt8]
  ) {
    guard let slot = layout.companyNameSlot else { return }
    let link = state.links.first { $0.company == state.primary }
    guard let name = link?.name else {
      operations.setCell(target, slot, .clear)
      return
    }
    let start = arena.count
    arena.append(contentsOf: name.utf8)
    operations.setCell(
      target, slot,
      Cell(
        start: start, length: arena.count - start,
        needsEscape: name.utf8.contains { CopyText.needsEscape($0) }))
  }

  private func append(
    _ link: Children.Link, _ contact: Int64, _ state: State, _ buffer: inout CopyBuffer
  ) {
    buffer.append(contact)
    buffer.append(link.company)
    buffer.append(link.company == state.primary)
    buffer.append(plain: Array(run.startedText.utf8))
    buffer.endRow()
  }

  private func note(
    _ contact: Int64, _ before: [Children.Link], _ state: State, _ changes: inout Changes
  ) {
    let old = before.first(where: \.isPrimary)?.company
    for link in before where !state.links.contains(where: { $0.company == link.company }) {
      changes.deleted.append((contact, link.company))
    }
    for link in state.links where !before.contains(where: { $0.company == link.company }) {
      changes.added.append((contact, link.company))
    }
    guard old != state.primary else { return }
    if old != nil { changes.changed.append(contact) }
    if let primary = state.primary { changes.primary.append((contact, primary)) }
  }
}

extension CompanyLinks.Changes {
  func write(_ run: ImportRun, on connection: PostgresConnection) async throws {
    try await new.copy(
      into: "COPY contact_companies (contact_id, company_id, is_primary, date_added) FROM STDIN",
      on: connection)
    if !changed.isEmpty {
      try await connection.query(
        """
        UPDATE contact_companies SET is_primary = false
        WHERE contact_id = ANY(\(changed)) AND is_primary
        """)
    }
    if !deleted.isEmpty {
      try await connection.query(
        """
        DELETE FROM contact_companies l
        USING unnest(\(deleted.map(\.contact)), \(deleted.map(\.company))) AS d(contact, company)
        WHERE l.contact_id = d.contact AND l.company_id = d.company
        """)
    }
    if !added.isEmpty {
      try await connection.query(
        """
        INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
        SELECT contact, company, false, \(run.started)
        FROM unnest(\(added.map(\.contact)), \(added.map(\.company))) AS a(contact, company)
        ON CONFLICT DO NOTHING
        """)
    }
    if !primary.isEmpty {
      try await connection.query(
        """
        UPDATE contact_companies l SET is_primary = true
        FROM unnest(\(primary.map(\.contact)), \(primary.map(\.company))) AS p(contact, company)
        WHERE l.contact_id = p.contact AND l.company_id = p.company
        """)
    }
  }
}
